"""Runs a command and says what it took. Knows nothing of which programs are compared."""

import os
import signal
import statistics
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One run: seconds of wall and processor time, peak resident set in MiB, exit code (None: stopped after the time limit)."""

    wall: float
    cpu: float
    peak_mib: float
    code: int | None


def run(command, *, environment=None, folder=None, output=os.devnull, limit=None):
    """Runs `command` with its standard output in `output` and its standard error nowhere, stopped after `limit` seconds."""
    here = os.getcwd()
    if folder:
        os.chdir(folder)
    try:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        start = time.perf_counter()
        # A group of its own, so that the time limit stops the program's children as well.
        pid = os.posix_spawnp(command[0], command, {**os.environ, **(environment or {})}, file_actions=actions, setpgroup=0)
    finally:
        os.chdir(here)
    stopped = threading.Event()
    timer = threading.Timer(limit, _stop, (pid, stopped)) if limit else None
    if timer:
        timer.start()
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if timer:
        timer.cancel()
    code = None if stopped.is_set() else os.waitstatus_to_exitcode(status)
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code)


def _stop(pid, stopped):
    stopped.set()
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def rounds(number, runs):
    """Runs every entry of `runs` (name to function returning a Sample) `number` times, interleaved, first one a different one each round."""
    samples = {name: [] for name in runs}
    names = list(runs)
    for turn in range(number):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            samples[name].append(runs[name]())
    return samples


def ratio(samples, base):
    """Median of the wall time ratios of runs of the same round."""
    return statistics.median(mine.wall / theirs.wall for mine, theirs in zip(samples, base))


def walls(samples):
    """Least, median and most wall seconds."""
    times = sorted(sample.wall for sample in samples)
    return times[0], statistics.median(times), times[-1]


def table(header, rows):
    """A Markdown table; the first column is text, the others are right-aligned."""
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
