"""A model of a GitHub runner: runs the steps of a composite action's `run:` lines as the runner does, with its files, contexts and commands.

It knows the part of the expression language that action.yml uses and nothing of keysieve. Steps with `uses:` are recorded, not run.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

# What the runner takes for a command, and no more: any other `::word::` is text.
COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-output", "set-env", "save-state", "add-path",
            "stop-commands", "echo", "add-matcher", "remove-matcher", "save-state", "internal-set-repo-path"}

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<op>==|!=|&&|\|\||!|\(|\))|(?P<name>[A-Za-z_][\w.-]*))")


class Expression:
    """One `${{ … }}`: names, strings, ==, !=, &&, ||, ! and brackets, with the language's idea of truth."""

    def __init__(self, text, look_up):
        self.tokens, at = [], 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError(f"cannot read the expression `{text}`")
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        self.look_up = look_up

    def value(self):
        result = self.either()
        if self.tokens:
            raise ValueError(f"cannot read the expression from `{self.tokens[0][1]}` on")
        return result

    def takes(self, op):
        if self.tokens and self.tokens[0] == ("op", op):
            return self.tokens.pop(0)

    def either(self):
        left = self.both()
        while self.takes("||"):
            right = self.both()
            left = left or right
        return left

    def both(self):
        left = self.equal()
        while self.takes("&&"):
            right = self.equal()
            left = left and right
        return left

    def equal(self):
        left = self.single()
        if self.takes("=="):
            return as_text(left) == as_text(self.single())
        if self.takes("!="):
            return as_text(left) != as_text(self.single())
        return left

    def single(self):
        if self.takes("!"):
            return not self.single()
        if self.takes("("):
            inner = self.either()
            self.takes(")")
            return inner
        kind, text = self.tokens.pop(0)
        return text[1:-1].replace("''", "'") if kind == "text" else self.look_up(text)


def as_text(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Result:
    """What a run of the action left behind."""

    failed_with: int = 0
    log: str = ""
    commands: list = field(default_factory=list)
    outputs: dict = field(default_factory=dict)
    summary: str = ""
    used: list = field(default_factory=list)

    def said(self, kind):
        return [data for name, data in self.commands if name == kind]


class Runner:
    """Runs `action` in `workspace`; `github` is the context of that name, `environment` what the machine adds."""

    def __init__(self, action, workspace, temp, github, environment):
        self.action = Path(action)
        self.workspace, self.temp = Path(workspace), Path(temp)
        self.github = {"workspace": str(workspace), "server_url": "https://git.example.invalid", **github}
        self.environment = environment

    def run(self, inputs):
        document = yaml.safe_load((self.action / "action.yml").read_text())
        unknown = set(inputs) - set(document["inputs"])
        assert not unknown, f"inputs that the action does not have: {unknown}"
        self.inputs = {name: inputs.get(name, about.get("default", "")) for name, about in document["inputs"].items()}
        self.steps, result = {}, Result()
        for step in document["runs"]["steps"]:
            # As the runner: a step without a status function runs only if none before it failed.
            if result.failed_with or not self.expression(step.get("if", "!''")):
                continue
            if "uses" in step:
                result.used.append((step["uses"], {key: self.filled(text) for key, text in step["with"].items()}))
            else:
                self.step(step, result)
        result.outputs = {name: self.filled(about["value"]) for name, about in document["outputs"].items()}
        return result

    def expression(self, text):
        return Expression(text, self.look_up).value()

    def filled(self, text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: as_text(self.expression(match.group(1))), str(text))

    def look_up(self, name):
        head, *rest = name.split(".")
        here = {"inputs": self.inputs, "github": self.github, "steps": self.steps}[head]
        for part in rest:
            here = here.get(part) if isinstance(here, dict) else None
        return here

    def step(self, step, result):
        files = {name: self.temp / f"{name}-{len(list(self.temp.iterdir()))}" for name in ("output", "summary")}
        for path in files.values():
            path.touch()
        names = ["repository", "event_name", "sha", "ref", "server_url", "workspace"]
        environment = {
            **self.environment,
            **{f"GITHUB_{name.upper()}": as_text(self.github.get(name)) for name in names},
            "GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_ACTION_PATH": str(self.action), "GITHUB_ACTION_REPOSITORY": "",
            "GITHUB_OUTPUT": str(files["output"]), "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "RUNNER_TEMP": str(self.temp),
            **{name: self.filled(text) for name, text in step.get("env", {}).items()},
        }
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an expression in a script is a way in for its value"
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.workspace,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=120)
        log = done.stdout.decode("utf-8", "replace")
        result.log += log
        result.commands += commands(log)
        result.summary += files["summary"].read_text(errors="replace")
        if "id" in step:
            self.steps[step["id"]] = {"outputs": outputs(files["output"].read_text())}
        result.failed_with = done.returncode


def outputs(text):
    """Reads what a step wrote to GITHUB_OUTPUT, with the rules of the runner."""
    found, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        name, heredoc, end = line.partition("<<")
        if heredoc and "=" not in name:
            value = []
            while lines[0] != end:
                value.append(lines.pop(0))
            lines.pop(0)
            found[name] = "\n".join(value)
        elif line:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def commands(log):
    """The commands that the runner finds in a log: `::name …::data` at the start of a line, and the old `##[name]data` anywhere in it."""
    found, stopped = [], None
    for line in re.split(r"\r\n|\r|\n", log):
        new = re.match(r"\s*::([^ :]+)(?: [^\n]*?)?::(.*)", line)
        old = re.search(r"##\[([^\] ]+)[^\]]*\](.*)", line)
        known = COMMANDS | {stopped}
        match = next((match for match in (new, old) if match and match.group(1) in known), None)
        if not match:
            continue
        name, data = match.groups()
        if stopped:
            stopped = None if name == stopped else stopped
        elif name == "stop-commands":
            stopped = data
        else:
            found.append((name, data.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")))
    assert not stopped, "commands were stopped and never resumed"
    return found
