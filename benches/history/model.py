"""A history as a stream for `git fast-import`: files that are edited again and again, branches that are merged, tokens that come and go.

Keeps count of which commits hold which token, so that the manifest does not depend on any scanner. Knows nothing of git's objects.
"""

import hashlib
import math
from dataclasses import dataclass, field

from text import Text

START = 1_500_000_000
SMALLEST, LARGEST = 5_000, 180_000
MAIN = "refs/heads/main"


@dataclass
class Secret:
    """A planted token. Commits are named by their mark."""

    token: str
    place: str
    path: str | None
    paths: list = field(default_factory=list)
    first: int = 0
    last: int = 0
    commits: int = 0
    blobs: set = field(default_factory=set)


class File:
    """The lines of a file, and the secrets in them."""

    def __init__(self, lines):
        self.lines = lines
        self.secrets = []
        # Whether a branch that is not merged yet has changed it.
        self.locked = False
        # When the main branch last changed it, as a mark.
        self.edited = 0

    def content(self):
        """All of its bytes."""
        return b"".join(self.lines)


@dataclass
class Branch:
    """A line of commits: its tip, the secrets in it and, unless it is the main one, the paths that it has changed and when it began."""

    ref: str
    tip: int
    live: set = field(default_factory=set)
    removed: set = field(default_factory=set)
    changed: dict = field(default_factory=dict)
    begun: int = 0
    until: int = 0


class History:
    """Writes a stream of `commits` commits with about `size` bytes of blobs, in which `secrets` tokens are planted."""

    def __init__(self, random, out, commits, size, secrets):
        self.random, self.text, self.out = random, Text(random), out
        self.commits, self.size = commits, size
        self.marks, self.written, self.branches_made = 0, 0, 0
        self.files, self.secrets = {}, []
        self.main, self.features = Branch(MAIN, 0), []
        # When a token is planted, by number of commit; none in the very first commits.
        self.plans = sorted(random.sample(range(commits // 50 + 1, commits), secrets))
        self.removals = []

    def write(self):
        """Writes the whole stream."""
        self.out.write(b"feature done\n")
        self.begin()
        while self.marks < self.commits:
            self.step()
        self.end()
        self.out.write(b"done\n")

    def begin(self):
        """The first commit: every file that the project begins with."""
        count = max(20, self.commits // 40)
        for number in range(count):
            size = math.exp(self.random.uniform(math.log(SMALLEST), math.log(LARGEST)))
            self.files[f"src/{self.text.word()}/{self.text.word()}{number}.py"] = File(self.text.lines(size))
        self.commit(self.main, "Begin", {path: file.content() for path, file in self.files.items()})

    def step(self):
        """One commit: a merge, a plan of a secret, or an edit on some branch."""
        due = next((feature for feature in self.features if feature.until <= self.marks), None)
        if due:
            self.merge(due)
        elif self.plans and self.plans[0] <= self.marks:
            self.plans.pop(0)
            self.plant()
        elif self.removals and self.removals[0][0] <= self.marks:
            self.remove(self.removals.pop(0)[1])
        else:
            self.edit(self.branch())

    def branch(self):
        """Where the next edit goes; now and then to a new branch."""
        if len(self.features) < 3 and self.random.random() < 0.02:
            self.branches_made += 1
            ref = f"refs/heads/feature-{self.branches_made}"
            length = self.random.randint(5, 60)
            self.features.append(Branch(ref, self.main.tip, set(self.main.live), begun=self.marks, until=self.marks + length))
        return self.random.choice([self.main, self.main, *self.features])

    def edit(self, branch):
        """Edits files until the blobs are as large as they should be by now, at least one and at most three."""
        changes = {}
        for _ in range(3):
            branch, path, file = self.pick(branch, changes)
            self.change(file)
            changes[path] = file.content()
            self.count_blob(file, changes[path])
            share = self.size * (self.marks + 1) / self.commits
            if self.written + sum(map(len, changes.values())) >= share:
                break
        self.commit(branch, f"Change {len(changes)} files of {self.text.word()}", changes)

    def pick(self, branch, taken=()):
        """A file that no other branch is changing and that is on this one what it is on the main one; some are likelier than others.

        Where there is hardly any, or `taken` are on another branch, the file is one for the main branch. Returns branch, path and file.
        """
        paths = list(self.files)
        for attempt in range(1_000_000):
            if attempt == 200 and not taken:
                branch = self.main
            path = paths[int(len(paths) * self.random.random() ** 2)]
            file = self.files[path]
            free = not file.locked and (branch is self.main or file.edited <= branch.begun)
            if path not in taken and (free or path in branch.changed):
                break
        else:
            raise RuntimeError("every file is locked")
        if branch is not self.main:
            file.locked = True
            branch.changed[path] = None
        return branch, path, file

    def change(self, file):
        """Inserts or replaces a few lines, and removes some, never one with a secret."""
        for _ in range(self.random.randint(1, 4)):
            at = int(self.random.random() * len(file.lines))
            fresh = [self.text.line() for _ in range(self.random.choice([1, 1, 2, 3, 8, 20]))]
            # As much as comes, on average, so that files keep their sizes; nothing from the smallest.
            gone = self.random.choice([0, 1, 2, 3, 8, 20]) if len(file.lines) > 100 else 0
            kept = [line for line in file.lines[at : at + gone] if any(secret.token.encode() in line for secret in file.secrets)]
            file.lines[at : at + gone] = fresh + kept

    def plant(self):
        """A token in a file for a while, in a file for good, or in a message."""
        place = self.random.choice(["removed", "removed", "removed", "kept", "moved", "message"])
        branch = self.branch()
        secret = Secret(self.text.token(), place, None)
        self.secrets.append(secret)
        if place == "message":
            self.commit(branch, f"Use {secret.token} for now", {})
            secret.first = secret.last = self.marks
            secret.commits = 1
            return
        branch, path, file = self.pick(branch)
        secret.path, secret.paths = path, [path]
        at = self.random.randrange(len(file.lines) + 1)
        file.lines.insert(at, f'    GITHUB = "{secret.token}"\n'.encode())
        file.secrets.append(secret)
        branch.live.add(len(self.secrets) - 1)
        self.count_blob(file, file.content())
        self.commit(branch, f"Connect {self.text.word()}", {path: file.content()})
        if place != "kept":
            after = self.marks + self.random.randint(1, max(2, self.commits // 10))
            self.removals = sorted([*self.removals, (after, len(self.secrets) - 1)])

    def remove(self, number):
        """Takes a token out of its file, or moves the file first; waits while another branch has the file."""
        secret = self.secrets[number]
        file = self.files[secret.path]
        holder = next((feature for feature in self.features if secret.path in feature.changed), self.main)
        if number not in holder.live:
            self.removals = sorted([*self.removals, (self.marks + 20, number)])
            return
        if secret.place == "moved" and holder is self.main and not file.locked and secret.path.startswith("src/"):
            self.move(secret)
            self.removals = sorted([*self.removals, (self.marks + 100, number)])
            return
        file.lines = [line for line in file.lines if secret.token.encode() not in line]
        file.secrets.remove(secret)
        holder.live.discard(number)
        holder.removed.add(number)
        self.count_blob(file, file.content())
        self.commit(holder, f"Disconnect {self.text.word()}", {secret.path: file.content()})

    def move(self, secret):
        """Gives the file of a secret another name."""
        old, new = secret.path, secret.path.replace("src/", "lib/", 1)
        self.files[new] = self.files.pop(old)
        self.files[new].edited = self.marks + 1
        for other in self.files[new].secrets:
            other.path = new
            other.paths.append(new)
        self.commit(self.main, f"Move {old}", {}, (old, new))

    def merge(self, feature):
        """Joins a branch into the main one; no path was changed on both."""
        self.features.remove(feature)
        changes = {path: self.files[path].content() for path in feature.changed}
        self.main.live = (self.main.live - feature.removed) | {
            number for number in feature.live if self.secrets[number].path in feature.changed
        }
        for path in feature.changed:
            self.files[path].locked = False
        self.commit(self.main, f"Merge {feature.ref}", changes, merged=feature)

    def end(self):
        """Branches that are never merged keep their refs; the others lose theirs."""
        kept = {feature.ref for feature in self.features}
        for number in range(1, self.branches_made + 1):
            ref = f"refs/heads/feature-{number}"
            if ref not in kept:
                self.out.write(f"reset {ref}\nfrom {'0' * 40}\n\n".encode())

    def count_blob(self, file, content):
        """Notes that this version of a file holds its secrets. A version may come again: when a secret goes right after it came."""
        for secret in file.secrets:
            secret.blobs.add(hashlib.sha1(content).digest())

    def commit(self, branch, message, changes, renamed=None, merged=None):
        """Writes one commit and counts what it holds."""
        self.marks += 1
        mark, write = self.marks, self.out.write
        person = f"{self.text.words[mark % 40]} <{self.text.words[mark % 40]}@example.org> {START + mark * 600} +0000"
        write(f"commit {branch.ref}\nmark :{mark}\nauthor {person}\ncommitter {person}\ndata {len(message)}\n{message}\n".encode())
        if branch.tip:
            write(f"from :{branch.tip}\n".encode())
        if merged:
            write(f"merge :{merged.tip}\n".encode())
        if renamed:
            write(f"R {renamed[0]} {renamed[1]}\n".encode())
        for path, content in changes.items():
            write(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
            self.written += 0 if merged else len(content)
            if branch is self.main:
                self.files[path].edited = mark
        branch.tip = mark
        for number in branch.live:
            secret = self.secrets[number]
            secret.first = secret.first or mark
            secret.last = mark
            secret.commits += 1
