#!/usr/bin/env python3
"""Has the Python package of Standard Webhooks check what keysieve signs.

tests/webhooks/check.py KEYSIEVE    KEYSIEVE is the program
Exit codes: 0 everything holds, 1 something does not, 77 the package cannot be installed

The package is installed into an environment of its own, which is removed at the end; this file then runs itself there.
"""

import base64
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import venv

HERE = pathlib.Path(__file__).resolve()
SECRETS = 3


def key(fill):
    """A shared key, made here: none stands in this file."""
    return "whsec" + "_" + base64.b64encode(bytes([fill]) * 32).decode()


class Receiver(http.server.BaseHTTPRequestHandler):
    """Remembers what it is sent."""

    seen = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def send(program, folder, url):
    """Finds secrets that are made here and has them sent, signed with two keys, as while one takes the place of the other."""
    for number in range(SECRETS):
        # In pieces, so that it is none in this file.
        word = "".join(["kT9#", "vQ2m", "Zx8!", f"rLw{number}"])
        (folder / f"{number}.ini").write_text(f"password = {word}\n")
    (folder / "rotation.yaml").write_text(
        f"targets: [{{name: t, url: '{url}', format: keysieve, signing_keys: [{{env: OLD_KEY}}, {{env: NEW_KEY}}]}}]\n"
    )
    report = folder / "found.json"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "USER": "ann", "OLD_KEY": key(1), "NEW_KEY": key(2)}

    def run(*arguments, code=0):
        done = subprocess.run([program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
        if done.returncode != code:
            sys.exit(f"webhooks: {arguments} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    files = [f"{number}.ini" for number in range(SECRETS)]
    report.write_text(run("scan", "--no-config", "--format", "json", *files, code=1))
    run("rotate", "enqueue", "found.json", "--rotation-config", "rotation.yaml", "--state", "state.sqlite")
    run("rotate", "deliver", "--rotation-config", "rotation.yaml", "--state", "state.sqlite")


def check(program):
    """Sends and checks; what does not hold."""
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        send(program, pathlib.Path(folder), f"http://127.0.0.1:{server.server_port}/hook")
    server.shutdown()

    def is_good(secret, headers, body):
        try:
            return Webhook(secret).verify(body, headers)["id"] == headers["webhook-id"]
        except WebhookVerificationError:
            return False

    wrong = [] if len(Receiver.seen) == SECRETS else [f"{len(Receiver.seen)} of {SECRETS} events arrived"]
    for headers, body in Receiver.seen:
        headers = {name.lower(): value for name, value in headers.items()}
        for what, expected, given in [
            ("the old key", True, (key(1), headers, body)),
            ("the new key", True, (key(2), headers, body)),
            ("another key", False, (key(3), headers, body)),
            ("another body", False, (key(1), headers, body + b" ")),
            ("another id", False, (key(1), {**headers, "webhook-id": "evt_0"}, body)),
        ]:
            if is_good(*given) != expected:
                wrong.append(f"{headers['webhook-id']}: {what} is {'refused' if expected else 'accepted'}")
    return wrong


def install(folder):
    """The package in an environment of its own; false where it cannot be had."""
    venv.create(folder, with_pip=True)
    packages = HERE.with_name("requirements.txt")
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--requirement", str(packages)]
    return subprocess.run(pip, capture_output=True, timeout=300).returncode == 0


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    if "--installed" in sys.argv:
        wrong = check(program)
        print("\n".join(wrong) or f"webhooks: {len(Receiver.seen)} events, each accepted with either key and with nothing changed")
        return 1 if wrong else 0
    with tempfile.TemporaryDirectory() as folder:
        if not install(pathlib.Path(folder)):
            print("SKIPPED: the package standardwebhooks cannot be installed, so its view of signatures was not tested", file=sys.stderr)
            return 77
        python = pathlib.Path(folder) / "bin" / "python"
        return subprocess.run([python, HERE, program, "--installed"], timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main())
