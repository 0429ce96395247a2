"""The commit hook beside git itself, in a scratch repository. Knows nothing of other scanners."""

import os
import random
import subprocess
import tempfile

import measure

FILES = 1_700
CHANGED = 2
HEADER = ["command", "ms: min", "median", "max", "less `true`", "ratio", "CPU ms", "peak MiB", "exit"]

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@example.com",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}
# Of whatever repository the script was started in.
FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")


def compare(keysieve, rounds):
    """Times `scan --staged` against `git diff --cached`, and start-up against `true`; returns the report."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as root:
        make_repository(root)
        commands = {
            "true": ["true"],
            "keysieve --version": [keysieve, "--version"],
            "git diff --cached": ["git", "diff", "--cached"],
            "keysieve scan --staged": [keysieve, "scan", "--staged"],
        }
        runs = {name: runner(command, root) for name, command in commands.items()}
        measure.rounds(2, runs)
        samples = measure.rounds(rounds, runs)
    base = {"keysieve --version": "true", "keysieve scan --staged": "git diff --cached"}
    rows = [row(name, samples, base.get(name)) for name in commands]
    title = f"{FILES:,} files, {CHANGED} staged changes; {rounds} interleaved rounds; ratio to the line above"
    return f"{title}\n\n{measure.table(HEADER, rows)}"


def runner(command, root):
    return lambda: measure.run(command, environment=ENVIRONMENT, folder=root)


def row(name, samples, base):
    """One line of the table; times in milliseconds."""
    times = [1000 * seconds for seconds in measure.walls(samples[name])]
    floor = 1000 * measure.walls(samples["true"])[1]
    ratio = f"{measure.ratio(samples[name], samples[base]):.2f}" if base else "–"
    codes = ", ".join(str(code) for code in sorted({sample.code for sample in samples[name]}, key=str))
    cpu = 1000 * sorted(sample.cpu for sample in samples[name])[len(samples[name]) // 2]
    peak = max(sample.peak_mib for sample in samples[name])
    return [f"`{name}`", *(f"{time:.2f}" for time in times), f"{times[1] - floor:.2f}", ratio, f"{cpu:.2f}", f"{peak:.0f}", codes]


def make_repository(root):
    """A repository with one commit and a few staged changes; the same content every time."""
    source = random.Random(1)
    paths = [os.path.join(root, f"part{number % 40}", f"file{number}.py") for number in range(FILES)]
    for path in paths:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, source, "w", 20 + source.randrange(200))
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    for path in source.sample(paths, CHANGED):
        write(path, source, "a", 12)
    git(root, "add", "--all")


def write(path, source, mode, lines):
    names = ["value", "index", "buffer", "request", "handler", "total", "entry"]
    with open(path, mode, encoding="utf-8") as file:
        for _ in range(lines):
            file.write(f"{source.choice(names)} = {source.choice(names)}({source.randrange(10_000)})\n")


def git(root, *arguments):
    subprocess.run(["git", "-C", root, *arguments], env={**os.environ, **ENVIRONMENT}, check=True)
