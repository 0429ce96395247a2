#!/usr/bin/env python3
"""Times keysieve on generated histories of several sizes and prints how time and memory grow. See README.md."""

import argparse
import os
import subprocess
import sys
import tempfile

import history
import measure

GENERATE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "history", "generate.py")
CHECK = os.path.join(os.path.dirname(GENERATE), "check.py")
SIZES = [0.1, 0.5, 1.0, 2.0, 5.0]
HEADER = ["history", "decode s", "keysieve s", "GB/s", "ratio to decode", "peak MiB", "full scan s", "warm cache s", "planted"]


def main():
    options = arguments()
    rows = []
    for size in options.size or SIZES:
        repository, manifest = generated(options.folder, size)
        print(f"{size:g} GB: measuring", file=sys.stderr, flush=True)
        rows.append(row(options, repository, manifest))
    print(measure.table(HEADER, rows))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where the histories are, or are made: about 40 MiB for each GB, and 15 times that while packing")
    parser.add_argument("--keysieve", default="target/release/keysieve", help="the program (default: %(default)s)")
    parser.add_argument("--size", type=float, action="append", metavar="GB", help="only this size (repeatable; default: 0.1 0.5 1 2 5)")
    parser.add_argument("--rounds", type=int, default=3, help="measured runs of each after one warm-up run (default: 3)")
    parser.add_argument("--decode-limit", metavar="COMMAND", help="as for compare.py; without it, git cat-file is the limit")
    return parser.parse_args()


def generated(folder, size):
    """Paths of a history of that size and of its manifest, made if they are not there."""
    repository, manifest = (os.path.join(folder, f"history-{size:g}.{kind}") for kind in ("git", "json"))
    if not os.path.exists(manifest):
        subprocess.run([sys.executable, GENERATE, repository, manifest, "--size", str(size)], check=True)
    return repository, manifest


def row(options, repository, manifest):
    """One line of the table."""
    compared = [tool for tool in history.tools(options.decode_limit) if tool.name.startswith(("decode only", "git cat-file", "keysieve"))]
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "report.json")
        runs = {tool.name: runner(tool, options, repository, report, scratch) for tool in compared}
        measure.rounds(1, runs)
        runs["keysieve"]()
        checked = subprocess.run([sys.executable, CHECK, manifest, report], capture_output=True, text=True, check=False)
        samples = measure.rounds(options.rounds, runs)
    limit = samples["decode only" if options.decode_limit else "git cat-file"]
    median = {name: measure.walls(all_of)[1] for name, all_of in samples.items()}
    extent = history.extent(repository)
    size = float(extent.split(" GB")[0].rsplit(" ", 1)[1])
    peak = max(sample.peak_mib for sample in samples["keysieve"])
    return [
        extent,
        f"{measure.walls(limit)[1]:.2f}",
        f"{median['keysieve']:.2f}",
        f"{size / median['keysieve']:.2f}",
        f"{measure.ratio(samples['keysieve'], limit):.2f}",
        f"{peak:.0f}",
        f"{median['keysieve, full scan']:.2f}",
        f"{median['keysieve, warm cache']:.2f}",
        "all as planted" if checked.returncode == 0 else checked.stdout.split("\n")[0],
    ]


def runner(tool, options, repository, report, scratch):
    program = os.path.abspath(options.keysieve) if tool.program == "keysieve" else tool.program
    environment = {name: value.format(scratch=scratch) for name, value in tool.environment.items()}
    output = report if tool.count else os.devnull
    return lambda: measure.run(tool.command(program, repository, report), environment=environment, output=output)


if __name__ == "__main__":
    main()
