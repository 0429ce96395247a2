"""The programs that are compared: how each is called, how its findings are counted, how it is installed.

Whatever a program does beyond looking for secrets on this machine is switched off by its documented option: validation against the
provider, update checks, telemetry.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from typing import Callable


def json_list(path):
    """Length of a JSON list."""
    with open(path, encoding="utf-8") as file:
        return len(json.load(file) or [])


def json_findings(path):
    """keysieve: findings of a JSON report."""
    with open(path, encoding="utf-8") as file:
        return len(json.load(file)["findings"])


def _json_results(path):
    with open(path, encoding="utf-8") as file:
        return sum(len(found) for found in json.load(file)["results"].values())


def json_lines(path):
    """Kingfisher: one finding a line, then one line with the totals."""
    with open(path, encoding="utf-8") as file:
        return sum(1 for line in file if '"rule"' in line[:200])


def _lines(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)


@dataclass(frozen=True)
class Tool:
    """A program and how to call it; `{tree}` and `{report}` stand for paths, standard output is the report where `{report}` is not used.

    In the values of its environment, `{scratch}` stands for a folder that is the same for all runs. `count` is None for what finds nothing.
    """

    name: str
    program: str
    arguments: list[str]
    install: str
    count: Callable[[str], int] | None
    version: list[str] = field(default_factory=lambda: ["--version"])
    # Codes that mean "ran, and found nothing" and "ran, and found something".
    codes: tuple[int, ...] = (0, 1)
    environment: dict[str, str] = field(default_factory=dict)
    # Run in the tree with `.` as its path.
    inside: bool = False

    def command(self, program, tree, report):
        """The whole command."""
        return [program] + [part.format(tree="." if self.inside else tree, report=report) for part in self.arguments]


_KINGFISHER = ["scan", "{tree}", "--no-validate", "--no-update-check", "--git-history", "none", "--format", "jsonl", "--output", "{report}"]

TOOLS = [
    Tool("keysieve", "keysieve", ["scan", "{tree}", "--format", "json"], "`cargo build --release` in this repository", json_findings, codes=(0, 1, 3)),
    Tool("kingfisher", "kingfisher", _KINGFISHER, "PyPI package `kingfisher-bin`", json_lines, codes=(0, 200)),
    Tool(
        "kingfisher, text only",
        "kingfisher",
        _KINGFISHER + ["--no-extract-archives", "--no-base64"],
        "PyPI package `kingfisher-bin`",
        json_lines,
        codes=(0, 200),
    ),
    Tool("ripsecrets", "ripsecrets", ["{tree}"], "crate `ripsecrets`", _lines),
    Tool(
        "gitleaks",
        "gitleaks",
        ["dir", "{tree}", "--no-banner", "--redact", "--report-format", "json", "--report-path", "{report}"],
        "Go module `github.com/zricethezav/gitleaks/v8`",
        json_list,
        version=["version"],
    ),
    Tool(
        "betterleaks",
        "betterleaks",
        ["dir", "{tree}", "--no-banner", "--redact", "--report-format", "json", "--report-path", "{report}"],
        "Go module `github.com/betterleaks/betterleaks`",
        json_list,
        version=["version"],
    ),
    # Without `--all-files` it asks git which files there are; with it, it takes paths only below its own folder.
    Tool("detect-secrets", "detect-secrets", ["scan", "--all-files", "--no-verify", "{tree}"], "PyPI package `detect-secrets`", _json_results, inside=True),
]


def find(tool, given, folders):
    """Path of the tool's program: as given by name, else in one of `folders`, else on the path; None where it is not installed."""
    if tool.program in given:
        return os.path.abspath(given[tool.program])
    return next(filter(None, (shutil.which(tool.program, path=folder) for folder in [*folders, None])), None)
