#!/usr/bin/env python3
"""Makes a git repository with a long history and planted tokens, the same one every time, and a manifest of what it holds. See README.md."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

from model import History

ENVIRONMENT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def main():
    options = arguments()
    commits = options.commits or max(200, round(20_000 * options.size))
    if os.path.exists(options.repository):
        sys.exit(f"{options.repository} is there already")
    if os.path.realpath(options.manifest).startswith(os.path.realpath(options.repository) + os.sep):
        sys.exit("the manifest holds every token: name a file outside of the repository")
    git(".", "init", "--quiet", "--bare", "--initial-branch=main", options.repository)
    history, ids = fill(options, commits)
    note(f"{history.marks:,} commits and {history.written / 1e9:.2f} GB of blobs written; packing")
    git(options.repository, "repack", "-q", "-a", "-d", "-F", f"--depth={options.depth}", f"--window={options.window}")
    git(options.repository, "pack-refs", "--all")
    with open(options.manifest, "w", encoding="utf-8") as file:
        json.dump(manifest(history, ids), file, indent=1)
    note(f"{options.repository}: {len(history.secrets)} tokens; {options.manifest} says where")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", help="folder to make")
    parser.add_argument("manifest", help="file to write what was planted to; not in the repository")
    parser.add_argument("--size", type=float, default=1.0, metavar="GB", help="text in all blobs, 0.1 to 5 (default: 1)")
    parser.add_argument("--commits", type=int, help="number of commits (default: 20,000 for each GB)")
    parser.add_argument("--secrets", type=int, default=100, help="number of tokens (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="another number makes another history (default: 1)")
    parser.add_argument("--depth", type=int, default=50, help="longest chain of deltas, as for git repack (default: 50)")
    parser.add_argument("--window", type=int, default=10, help="as for git repack (default: 10)")
    return parser.parse_args()


def fill(options, commits):
    """Imports the history; returns it and the ids of its commits by mark."""
    with tempfile.TemporaryDirectory() as scratch:
        marks = os.path.join(scratch, "marks")
        # Little compression: everything is packed again. One pack at the end, not many small ones.
        settings = ["-c", "pack.compression=1", "-c", "core.compression=1", "-c", "fastimport.unpackLimit=0"]
        command = ["git", "-C", options.repository, *settings, "fast-import", "--quiet", "--force", f"--export-marks={marks}"]
        importer = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, **ENVIRONMENT})
        history = History(random.Random(options.seed), importer.stdin, commits, options.size * 1e9, options.secrets)
        history.write()
        importer.stdin.close()
        if importer.wait() != 0:
            sys.exit("git fast-import failed")
        with open(marks, encoding="ascii") as file:
            pairs = (line.split() for line in file)
            return history, {int(mark[1:]): commit for mark, commit in pairs}


def manifest(history, ids):
    """What was planted, for check.py."""
    live = history.main.live
    return [
        {
            "token": secret.token,
            "place": secret.place,
            "paths": secret.paths,
            "first": ids[secret.first],
            "last": ids[secret.last],
            "commits": secret.commits,
            "blobs": len(secret.blobs),
            "in_head": number in live,
        }
        for number, secret in enumerate(history.secrets)
    ]


def git(folder, *command):
    subprocess.run(["git", "-C", folder, *command], env={**os.environ, **ENVIRONMENT}, check=True)


def note(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
