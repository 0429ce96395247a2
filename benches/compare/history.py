"""What is compared on a whole history: keysieve in its ways, git and a decoder as limits, other scanners. Knows nothing of measuring.

Scanners read every commit that refs reach; keysieve and git read all objects. The history of benches/history has none that no ref reaches.
"""

import shlex
import subprocess

from tools import Tool, json_findings, json_lines, json_list

_BUILD = "`cargo build --release` in this repository"


def tools(decode_limit):
    """All of them; with the command `decode_limit`, if it is not None, as the first: what it takes only to decode every object."""
    limits = [_decoder(decode_limit)] if decode_limit else []
    return limits + [
        Tool("git cat-file", "git", ["-C", "{tree}", "cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"], "git", None),
        _keysieve("keysieve", "--no-cache"),
        _keysieve("keysieve, full scan", "--no-cache", "--full-scan"),
        # The warm-up run fills the cache.
        _keysieve("keysieve, warm cache"),
        Tool(
            "kingfisher",
            "kingfisher",
            ["scan", "{tree}", "--no-validate", "--no-update-check", "--git-history", "full", "--format", "jsonl", "--output", "{report}"],
            "PyPI package `kingfisher-bin`",
            json_lines,
            codes=(0, 200),
        ),
        Tool(
            "gitleaks",
            "gitleaks",
            ["git", "{tree}", "--no-banner", "--redact", "--log-opts=--all", "--report-format", "json", "--report-path", "{report}"],
            "Go module `github.com/zricethezav/gitleaks/v8`",
            json_list,
            version=["version"],
        ),
    ]


def _keysieve(name, *options):
    arguments = ["scan", "--history", "{tree}", "--format", "json", *options]
    return Tool(name, "keysieve", arguments, _BUILD, json_findings, codes=(0, 1, 3), environment={"XDG_CACHE_HOME": "{scratch}/cache"})


def _decoder(command):
    """The limit: objects decoded, in whatever order is fastest, and nothing else done."""
    program, *arguments = (part.replace("{repository}", "{tree}") for part in shlex.split(command))
    return Tool("decode only", program, arguments, _BUILD, None, version=[], codes=(0,))


def extent(repository):
    """How much history there is, in words."""
    kinds, size = {}, 0
    for line in _git(repository, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)").splitlines():
        kind, bytes_of = line.split()
        kinds[kind] = kinds.get(kind, 0) + 1
        size += int(bytes_of) if kind == "blob" else 0
    stored = dict(line.split(": ", 1) for line in _git(repository, "count-objects", "-v").splitlines())
    packed = int(stored["size-pack"]) / 1024
    return f"{kinds.get('commit', 0):,} commits, {kinds.get('blob', 0):,} blobs, {size / 1e9:.2f} GB of text in {packed:,.0f} MiB of packs"


def _git(repository, *command):
    return subprocess.run(["git", "-C", repository, *command], capture_output=True, text=True, check=True).stdout
