"""Callbacks for git-filter-repo, for what --replace-text and --replace-message leave alone: binary content, people, file names.

Reads replace-text.txt, which stands beside this file. Holds no secret.
"""

import os
import re


def _read():
    patterns = []
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "replace-text.txt")
    with open(path, "rb") as lines:
        for line in lines:
            line = line.rstrip(b"\r\n")
            find, replacement = line, b"***REMOVED***"
            if b"==>" in line:
                find, replacement = line.rsplit(b"==>", 1)
            if find.startswith(b"glob:"):
                continue
            if find.startswith(b"regex:"):
                patterns.append((1, re.compile(find[6:]), replacement))
                continue
            if find.startswith(b"literal:"):
                find = find[8:]
            if find:
                patterns.append((0, re.compile(re.escape(find)), replacement))
    # Literals before patterns, as git-filter-repo does it.
    patterns.sort(key=lambda one: one[0])
    return [(pattern, _unit(replacement)) for _, pattern, replacement in patterns]


def _unit(replacement):
    """One star in the code units of a replacement: binary content keeps its length."""
    found = re.match(rb"(?:\\000)+\*|\*(?:\\000)+|\*", replacement)
    return found.group().replace(b"\\000", b"\0") if found else b"*"


_PATTERNS = _read()


def text(value):
    """A name, an e-mail or a path without the secrets."""
    if value is None:
        return value
    for pattern, _ in _PATTERNS:
        value = pattern.sub(b"REMOVED", value)
    return value


def blob(blob):
    """Overwrites the secrets in content that git-filter-repo takes for binary."""
    if b"\0" not in blob.data[0:8192]:
        return
    for pattern, unit in _PATTERNS:
        blob.data = pattern.sub(lambda found: (unit * len(found.group()))[: len(found.group())], blob.data)
