"""The snippets of docs/ci.md, each with the schema of the system that it is for, and the commands in them with keysieve's own help."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

from support import KEYSIEVE, ROOT

# First line of a snippet → built-in schema of check-jsonschema, which SchemaStore and the vendors publish.
SCHEMAS = {
    ".github/workflows/": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    "bitbucket-pipelines.yml": "vendor.bitbucket-pipelines",
    "azure-pipelines.yml": "vendor.azure-pipelines",
    ".circleci/config.yml": "vendor.circle-ci",
    ".buildkite/pipeline.yml": "vendor.buildkite",
}
# Places that only the reader can fill in.
FILLED_IN = {"OWNER/REPO@FULL_COMMIT_ID": "keysieve/keysieve@" + "0" * 40, "actions/checkout@FULL_COMMIT_ID": "actions/checkout@" + "0" * 40}


def snippets():
    text = (ROOT / "docs/ci.md").read_text()
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


class Snippets(unittest.TestCase):
    def test_each_system_has_one_and_reads_it(self):
        seen = set()
        for language, text in snippets():
            if language != "yaml":
                continue
            name = text.splitlines()[0].removeprefix("# ")
            schema = next((schema for start, schema in SCHEMAS.items() if name.startswith(start)), None)
            with self.subTest(snippet=name):
                self.assertIsNotNone(schema, "the first line must say which file it is")
                seen.add(schema)
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "snippet.yml"
                    path.write_text(filled_in(text))
                    # Some of these schemas have patterns that only this variant reads.
                    self.check(["check-jsonschema", "--regex-variant", "nonunicode", "--builtin-schema", schema, str(path)])
                    if schema == "vendor.github-workflows":
                        self.check(["zizmor", "--offline", "--quiet", str(path)])
        self.assertEqual(seen, set(SCHEMAS.values()))

    def check(self, command):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_inputs_of_the_action_are_there(self):
        known = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
        for language, text in snippets():
            if language == "yaml" and text.startswith("# .github"):
                steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
                for step in steps:
                    if step.get("uses", "").startswith("OWNER/REPO@"):
                        self.assertLessEqual(set(step.get("with", {})), set(known))

    def test_every_input_and_output_is_described(self):
        document = yaml.safe_load((ROOT / "action.yml").read_text())
        text = (ROOT / "docs/ci.md").read_text()
        for name in [*document["inputs"], *document["outputs"]]:
            self.assertIn(f"| `{name}` |", text)

    def test_flags_are_those_of_keysieve(self):
        helped = subprocess.run([KEYSIEVE, "scan", "--help"], capture_output=True, text=True, check=True).stdout
        for _, text in snippets():
            for line in re.findall(r"keysieve scan[^\n]*", text):
                for flag in re.findall(r"--[a-z-]+", line):
                    self.assertRegex(helped, rf"{flag}\b", line)
                for name in re.findall(r"--report (\w+)=", line):
                    self.assertRegex(helped, rf"\b{name}\b", line)


def filled_in(text):
    for place, value in FILLED_IN.items():
        text = text.replace(place, value)
    return text
