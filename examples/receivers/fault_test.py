#!/usr/bin/env python3
"""Kills `keysieve rotate deliver` at random points while a receiver fails a third of the requests, and counts what arrived.

    python3 -m venv venv && venv/bin/pip install standardwebhooks
    venv/bin/python fault_test.py --keysieve ./target/release/keysieve --events 10000

Some secrets have three events: they are exposed again, twice, before anything is sent. Those have to arrive in this order.
Everything is on this machine: the receiver listens on 127.0.0.1, and only processes that this program started are ended, by their id.
"""

import argparse
import base64
import json
import os
import random
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def report(count, again=0, times=1):
    """A report of so many findings, of which the first `again` stand in so many files; fingerprints are digests of nothing."""
    places = lambda number: [f"src/{number}.py", *(f"copy{copy}/{number}.py" for copy in range(1, times if number < again else 1))]
    finding = lambda number: {
        "fingerprint": fingerprint(number),
        "rule": {"id": "github.personal-access-token", "name": "GitHub token", "provider": "GitHub", "description": ""},
        "severity": "high",
        "confidence": "high",
        "evidence": [],
        "status": {"state": "open"},
        "secret": {"masked": "ghp_****", "length": "32-63"},
        "identity": {},
        "locations": [
            {
                "path": path,
                "start": {"line": 1, "column": 1},
                "end": {"line": 1, "column": 9},
                "byte_range": {"start": 0, "end": 8},
                "kind": "file",
            }
            for path in places(number)
        ],
        "remediation": {"url": None, "steps": [], "references": []},
    }
    return {
        "version": 1,
        "tool": {"name": "keysieve", "version": "0.1.0", "ruleset": {"count": 1, "digest": "sha256:0"}, "fingerprints": {"keyed_by": "0123456789abcdef"}},
        "scope": {"kind": "worktree", "target": ["."]},
        "coverage": {"items": 1, "bytes": 1, "skipped": [], "incomplete": []},
        "findings": [finding(number) for number in range(count)],
        "below_threshold": 0,
        "min_confidence": "medium",
    }


def fingerprint(number):
    return f"v1:github:{number:032x}"


class Bench:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.key = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        self.environment = {**os.environ, "HOOK_KEY": self.key}
        self.store = folder / "received.sqlite"
        self.state = folder / "state.sqlite"
        self.receiver, self.port = self.receive(0)
        config = folder / "rotation.yaml"
        url = f"http://127.0.0.1:{self.port}/hook"
        config.write_text(f"targets: [{{name: t, url: '{url}', format: keysieve, signing_keys: [{{env: HOOK_KEY}}]}}]\n")
        self.places = ["--rotation-config", str(config), "--state", str(self.state)]

    def receive(self, port):
        program = [self.arguments.receiver] if self.arguments.receiver else [sys.executable, str(HERE / "receiver.py")]
        command = [*program, "--port", str(port), "--store", str(self.store), "--fail-rate", "0.3333"]
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return process, int(re.search(r":(\d+)/", process.stdout.readline())[1])

    def run(self, *arguments, **more):
        return subprocess.run([self.arguments.keysieve, "rotate", *arguments], env=self.environment, capture_output=True, text=True, **more)

    def enqueue(self, content):
        said = self.run("enqueue", "-", *self.places, input=json.dumps(content))
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    def fill(self):
        """Writes all events: first one for each secret, then those of secrets that were rotated and stand in one more file."""
        again = self.arguments.again
        secrets = self.arguments.events - 2 * again
        self.enqueue(report(secrets))
        for times in (2, 3):
            for number in range(again):
                closed = self.run("close", fingerprint(number), "--by", "fault-test", "--state", str(self.state))
                assert closed.returncode == 0, closed.stderr
            self.enqueue(report(secrets, again, times))
        pending = self.waiting()["pending"]
        assert pending == self.arguments.events, pending

    def deliver(self):
        command = [self.arguments.keysieve, "rotate", "deliver", "--now", *self.places]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def waiting(self):
        said = self.run("status", "--format", "json", "--state", str(self.state))
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)["events"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keysieve", required=True)
    parser.add_argument("--receiver", help="another receiver than receiver.py that has its options")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--again", type=int, default=100, help="secrets that have three events")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=900, help="give up after so long")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments, Path(folder))
        try:
            return judge(bench, chaos(bench))
        finally:
            bench.receiver.kill()
            bench.receiver.wait()


def chaos(bench):
    arguments, kills, runs, restarts = bench.arguments, 0, 0, 0
    bench.fill()
    began = time.monotonic()
    while time.monotonic() - began < arguments.seconds:
        process = bench.deliver()
        runs += 1
        try:
            if kills < arguments.kills:
                process.wait(random.uniform(0.01, 1.2))
            else:
                process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            if kills % 10 == 0:
                bench.receiver.kill()
                bench.receiver.wait()
                bench.receiver, _ = bench.receive(bench.port)
                restarts += 1
            continue
        events = bench.waiting()
        if events["pending"] == 0:
            break
        # What a killed process had claimed is free after its lease.
        time.sleep(0.5)
    return {"seconds": round(time.monotonic() - began, 1), "runs": runs, "of_which_killed": kills, "receiver_restarted": restarts}


def judge(bench, chaos):
    events = bench.waiting()
    store = sqlite3.connect(bench.store)
    received = store.execute("SELECT count(*), sum(times), count(DISTINCT id) FROM events").fetchone()
    disordered = out_of_order(json.loads(body) for (body,) in store.execute("SELECT body FROM events ORDER BY rowid"))
    log = bench.run("verify-log", "--state", str(bench.state))
    lines = [json.loads(line) for line in open(f"{bench.state}.audit.jsonl")]
    delivered = [line["event"] for line in lines if line["what"] == "delivered"]
    wanted = bench.arguments.events
    result = {
        **chaos,
        "events": wanted,
        "delivered": events["delivered"],
        "waiting": events["pending"],
        "given_up": events["dead"],
        "received": received[0],
        "out_of_order": disordered,
        "received_more_than_once": (received[1] or 0) - received[0],
        "logged_as_delivered": len(delivered),
        "log": "whole" if log.returncode == 0 else log.stdout,
    }
    print(json.dumps(result, indent=2))
    fine = (
        events["delivered"] == received[0] == len(delivered) == len(set(delivered)) == wanted
        and events["pending"] == events["dead"] == disordered == 0
        and log.returncode == 0
    )
    print("fine" if fine else "NOT FINE")
    return 0 if fine else 1


def out_of_order(events):
    """How many events arrived before an older one of their secret."""
    last, wrong = {}, 0
    for event in events:
        generation = event["data"]["generation"]
        wrong += generation != last.get(event["subject"], 0) + 1
        last[event["subject"]] = generation
    return wrong


if __name__ == "__main__":
    sys.exit(main())
