#!/usr/bin/env python3
"""Times keysieve beside other secret scanners on the same tree or history, or its hook beside git. See README.md."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile

import history
import hook
import measure
import tools

HEADER = ["tool", "version", "wall s: min", "median", "max", "ratio to keysieve", "CPU s", "peak MiB", "exit", "findings"]


def main():
    options = arguments()
    given = dict(pair.split("=", 1) for pair in options.program)
    if options.mode == "hook":
        keysieve = tools.find(tools.TOOLS[0], given, options.folder)
        if keysieve is None:
            sys.exit("keysieve is not installed; name it with --program keysieve=PATH")
        print(hook.compare(keysieve, options.rounds or 30))
    elif options.mode == "history":
        print(whole_history(options, given))
    else:
        print(tree(options, given))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", nargs="?", choices=["tree", "history", "hook"], default="tree", help="what to compare (default: tree)")
    parser.add_argument("--tree", help="folder to scan (default: the Go toolchain's sources, `go env GOROOT`)")
    parser.add_argument("--repository", default=".", help="repository whose history is scanned (default: the current one)")
    parser.add_argument("--decode-limit", metavar="COMMAND", help="history: a command that only decodes every object; {repository} stands for the path")
    parser.add_argument("--rounds", type=int, help="measured runs of each after one warm-up run (default: 5; hook: 30)")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a run is stopped; a tool that needs longer is left out")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="compare only these tools (repeatable)")
    parser.add_argument("--program", action="append", default=[], metavar="NAME=PATH", help="where a tool's program is (repeatable)")
    parser.add_argument("--folder", action="append", default=[], help="a folder to look for programs in before PATH (repeatable)")
    return parser.parse_args()


def tree(options, given):
    """Compares whole scans of one tree and returns the report."""
    root = os.path.realpath(options.tree or go_root())
    files, size = extent(root)
    return scans(options, given, tools.TOOLS, root, f"{files:,} files, {size / 1e6:.0f} MB")


def whole_history(options, given):
    """Compares whole scans of one history and returns the report."""
    root = os.path.realpath(options.repository)
    return scans(options, given, history.tools(options.decode_limit), root, history.extent(root))


def scans(options, given, compared, root, what):
    """Compares `compared` on `root` and returns the report."""
    rounds = options.rounds or 5
    with tempfile.TemporaryDirectory() as scratch:
        contenders, rows = warm_up(options, given, compared, root, scratch)
        if not contenders:
            sys.exit("nothing to measure")
        note(f"{rounds} rounds of {', '.join(contenders)}")
        samples = measure.rounds(rounds, {name: run for name, (_, run, _) in contenders.items()})
    base = samples.get("keysieve")
    rows = [row(*contenders[name][::2], samples[name], base) for name in contenders] + rows
    title = f"{what}; {rounds} interleaved rounds after a warm-up; {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{title}\n\n{measure.table(HEADER, rows)}"


def warm_up(options, given, compared, root, scratch):
    """Runs every installed tool of `compared` once. Returns those to measure (name to tool, run, findings) and the rows of those too slow for it."""
    contenders, rows = {}, []
    for tool in compared:
        if options.only and tool.name not in options.only:
            continue
        program = tools.find(tool, given, options.folder)
        if program is None:
            note(f"{tool.name}: not installed, left out; to install: {tool.install}")
            continue
        note(f"{tool.name}: warm-up")
        report, output = (os.path.join(scratch, f"{len(contenders)}.{kind}") for kind in ("report", "output"))
        output = os.devnull if tool.count is None else output
        environment = {name: value.format(scratch=scratch) for name, value in tool.environment.items()}
        run = runner(tool, tool.command(program, root, report), root, output, environment, options.limit)
        first = run()
        if first.code is None:
            rows.append([tool.name, version(tool, program), f"> {options.limit:.0f}"] + ["–"] * (len(HEADER) - 3))
            continue
        contenders[tool.name] = ((tool, program), run, findings(tool, report, output))
    return contenders, rows


def runner(tool, command, root, output, environment, limit):
    folder = root if tool.inside else None
    return lambda: measure.run(command, environment=environment, folder=folder, output=output, limit=limit)


def row(found, count, samples, base):
    """One line of the table."""
    tool, program = found
    codes = {sample.code for sample in samples}
    shown = ", ".join(f"{code}" if code in tool.codes else f"{code} (failed?)" for code in sorted(codes, key=str))
    times = [f"{seconds:.3f}" for seconds in measure.walls(samples)]
    ratio = f"{measure.ratio(samples, base):.1f}" if base else "–"
    cpu = sorted(sample.cpu for sample in samples)[len(samples) // 2]
    peak = max(sample.peak_mib for sample in samples)
    return [tool.name, version(tool, program), *times, ratio, f"{cpu:.2f}", f"{peak:.0f}", shown, count]


def findings(tool, report, output):
    """Number of findings as the tool counts them, or `?`; a dash for what does not look for any."""
    if tool.count is None:
        return "–"
    try:
        return str(tool.count(report if os.path.exists(report) else output))
    except (OSError, ValueError, KeyError, TypeError):
        return "?"


def version(tool, program):
    """The last word of the first line that the tool says about its version; a dash where it says none."""
    if not tool.version:
        return "–"
    said = subprocess.run([program, *tool.version], capture_output=True, text=True, check=False).stdout.split("\n")[0].split()
    return said[-1] if said and any(letter.isdigit() for letter in said[-1]) else "?"


def extent(root):
    """Number of files below `root` and their bytes."""
    sizes = [os.lstat(os.path.join(folder, name)).st_size for folder, _, names in os.walk(root) for name in names]
    return len(sizes), sum(sizes)


def go_root():
    try:
        return subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        sys.exit("no Go toolchain to take the sources of; name a folder with --tree")


def note(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
