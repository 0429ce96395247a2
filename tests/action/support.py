"""Repositories, events and programs for the tests of the action. Git is the real one; keysieve is the one that `KEYSIEVE` names."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import zlib
from pathlib import Path

from runner import Runner

ROOT = Path(__file__).resolve().parents[2]
KEYSIEVE = os.environ["KEYSIEVE"]
ZEROS = "0" * 40
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def token(seed):
    """A token as a provider makes them, with its checksum: no such text may stand in this repository."""
    number, digits = zlib.crc32(seed.encode()) * 2654435761**5, ""
    for _ in range(30):
        number, digit = divmod(number, 62)
        digits += ALPHABET[digit]
    check, encoded = zlib.crc32(digits.encode()), ""
    while check:
        check, digit = divmod(check, 62)
        encoded = ALPHABET[digit] + encoded
    return "ghp_" + digits + encoded.rjust(6, "0")


class Repository:
    """A git repository in a folder of its own, that knows no configuration of this machine."""

    def __init__(self, path, environment):
        self.path, self.environment = Path(path), environment
        self.path.mkdir(parents=True, exist_ok=True)

    def git(self, *words):
        done = subprocess.run(["git", *words], cwd=self.path, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"git {words}: {done.stderr}"
        return done.stdout.strip()

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, message, **files):
        """Writes `files`, a `_` in a name standing for a dot, and commits; the id of the commit."""
        for name, text in files.items():
            self.write(name.replace("_", "."), text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


class ActionTest(unittest.TestCase):
    """A host with one repository, of which the tests clone as actions/checkout does."""

    maxDiff = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="keysieve-action-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.temp, self.bin = self.folder / "temp", self.folder / "bin"
        for path in (self.temp, self.bin, self.folder / "home"):
            path.mkdir()
        self.environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}", "HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com",
            "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com",
            "GIT_AUTHOR_DATE": "2026-03-05T12:00:00Z", "GIT_COMMITTER_DATE": "2026-03-05T12:00:00Z",
            "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
        }
        self.program("keysieve", f'exec "{KEYSIEVE}" "$@"')
        self.host = Repository(self.folder / "host", self.environment)
        self.host.git("init", "--quiet", "--initial-branch", "main")
        self.host.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.first = self.host.commit("First", README_md="Read me.\n")

    def program(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/usr/bin/env bash\n{script}\n")
        path.chmod(0o755)
        return path

    def checkout(self, ref, *options):
        """A clone with `ref` checked out and all remote branches, or a shallow one with `--depth=1`."""
        clone = Repository(self.folder / f"clone-{len(list(self.folder.iterdir()))}", self.environment)
        clone.git("init", "--quiet", "--initial-branch", "main")
        clone.git("remote", "add", "origin", f"file://{self.host.path}")
        if options:
            clone.git("fetch", "--quiet", *options, "origin", ref)
        else:
            clone.git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", ref)
        clone.git("checkout", "--quiet", "--force", "FETCH_HEAD" if options else ref)
        return clone

    def run_action(self, clone, event_name, event, action=ROOT, environment=None, github=None, **inputs):
        """Runs the action with keysieve from the PATH unless `version` is given; `_` in inputs stands for `-`."""
        event = {"repository": {"default_branch": "main"}, **event}
        context = {"repository": "ann/shop", "action_repository": "keysieve/keysieve", "event_name": event_name, "event": event, "token": "none",
                   "sha": clone.git("rev-parse", "HEAD"), **(github or {})}
        runner = Runner(action, clone.path, self.temp, context, {**self.environment, **(environment or {})})
        return runner.run({"version": "installed", **{name.replace("_", "-"): value for name, value in inputs.items()}})

    def pull_request(self, base, head, repository="ann/shop", author="ann"):
        return {"pull_request": {"number": 7, "base": {"sha": base}, "head": {"sha": head, "repo": {"full_name": repository}}, "user": {"login": author}}}

    def category(self, result):
        """The category that code scanning keeps the SARIF report under."""
        return json.loads(Path(result.outputs["sarif"]).read_text())["runs"][0]["automationDetails"]["id"]

    def assert_outcome(self, result, outcome, findings, code):
        said = (result.outputs["outcome"], result.outputs["findings"], result.failed_with)
        self.assertEqual(said, (outcome, str(findings), code), result.log)

    def assert_refused(self, result, *words):
        """The action failed with one error that has all of `words`."""
        self.assertEqual(result.failed_with, 2, result.log)
        errors = result.said("error")
        self.assertEqual(len(errors), 1, result.log)
        for word in words:
            self.assertIn(word, errors[0])
