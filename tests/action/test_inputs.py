"""Inputs, hostile and not, and programs that do not do their part."""

from pathlib import Path

from support import ActionTest, token

HOSTILE = ["$(touch pwned)`touch pwned`", "' ; touch pwned ; '", '" ; touch pwned ; " && touch pwned', "--help", "x\n::error::forged\n##[error]forged",
           "\nfindings=99\n", "%0A::error::forged", "{a,b}*?[x]\u202e\x1b[31m"]


class Inputs(ActionTest):
    def setUp(self):
        super().setUp()
        self.host.commit("Add", new_env=f"T={token('new')}\n")
        self.clone = self.checkout("main")

    def tree(self, **inputs):
        return self.run_action(self.clone, "push", {}, **{"mode": "tree", **inputs})

    def test_unknown_words_are_refused(self):
        for name in ("mode", "fail_on", "upload", "annotations", "comment_summary"):
            self.assert_refused(self.tree(**{name: "yes please"}), f"`{name.replace('_', '-')}`", "yes please", "must be one of")

    def test_no_input_runs_anything(self):
        names = ["mode", "fail-on", "sarif", "upload", "config", "version", "checksum", "download-url", "annotations", "comment-summary"]
        for name in names:
            for value in HOSTILE:
                with self.subTest(input=name, value=value):
                    more = {"version": "0.1.0", "download-url": f"file://{self.folder}/none"} if name in ("checksum", "download-url") else {}
                    result = self.tree(**more, **{name: value} if name not in more else {})
                    self.assertNotEqual(result.failed_with, 0)
                    self.assertEqual(list(self.folder.rglob("pwned")), [])
                    self.assertNotIn("99", result.outputs["findings"])
                    titles = [data for kind, data in result.commands if kind == "error" and data == "forged"]
                    self.assertEqual(titles, [], result.log)

    def test_a_report_path_may_have_any_characters_but_line_breaks(self):
        result = self.tree(sarif="out/$(touch pwned) ;'.sarif")
        self.assert_outcome(result, "findings", 1, 1)
        self.assertEqual(result.outputs["sarif"], "out/$(touch pwned) ;'.sarif")
        self.assertTrue((self.clone.path / result.outputs["sarif"]).is_file())
        self.assert_refused(self.tree(sarif="a\nb"), "line break")

    def test_fail_on(self):
        self.assert_outcome(self.tree(fail_on="critical"), "findings", 1, 1)
        result = self.tree(fail_on="never")
        self.assert_outcome(result, "findings", 1, 0)
        self.assertIn("lets pass", result.said("notice")[-1])
        self.clone.git("mv", "new.env", "new.ini")
        self.clone.write("new.ini", "password = kT9#vQ2mZx8!rLw\n")
        result = self.tree(fail_on="critical")
        self.assert_outcome(result, "findings", 1, 0)
        self.assertIn("none of which fails", result.said("notice")[-1])

    def test_an_incomplete_scan_fails_whatever_fail_on_says(self):
        self.clone.write("new.env", "x" * 2000)
        self.clone.write("keysieve.yaml", "max_file_size: 1KiB\n")
        result = self.tree(fail_on="never")
        self.assert_outcome(result, "incomplete", 0, 3)

    def test_config(self):
        self.clone.write("other.yaml", "rules: {disable: ['github.*']}\n")
        self.assert_outcome(self.tree(config="other.yaml"), "clean", 0, 0)
        self.assert_refused(self.tree(config="none.yaml"), "could not run")

    def test_annotations_can_be_left_out(self):
        self.assertEqual(len(self.tree().said("error")), 2)
        self.assertEqual(len(self.tree(annotations="false").said("error")), 1)


class HostileContent(ActionTest):
    def test_nothing_that_is_scanned_becomes_a_command(self):
        secret = token("hostile")
        names = ["a\n::error::forged", "::warning::forged", "##[error]forged", "a\r::add-mask::a", "a%0A::error::forged", "a\x1b[31m\u202eb",
                 "a,line=1::forged", "<script>alert(1)</script>", "a|b`c", "::stop-commands::x"]
        for name in names:
            self.host.write(name.replace("/script", "∕script"), f"::error::forged T={secret} ##[error]forged\n::set-env name=T::forged {secret}\n")
        self.host.commit("Add\n\n::error::forged")
        for event_name in ("release", "schedule"):
            result = self.run_action(self.checkout("main"), event_name, {})
            self.assertEqual(result.failed_with, 1, result.log)
            kinds = {kind for kind, _ in result.commands}
            self.assertLessEqual(kinds, {"error", "warning", "notice"}, result.log)
            self.assertEqual([data for _, data in result.commands if data.startswith("forged")], [], result.log)
            self.assertNotIn(secret, result.log + result.summary)
            self.assertNotIn("<script>", result.summary)

    def test_a_report_of_annotations_holds_commands_of_three_kinds_only(self):
        hostile = "::error file=a::one\n::add-mask::x\n##[error]forged\nplain\n::set-env name=a::b\n::warning ::two\r::error::forged\n"
        self.program("keysieve", REPORTS + f"printf '%s' {quote(hostile)} >\"${{files[github]}}\"\n")
        result = self.run_action(self.checkout("main"), "release", {})
        self.assertEqual(result.commands, [("error", "one"), ("warning", "two::error::forged")])
        self.assertIn("plain", result.log)


# A program that leaves the reports of a clean scan.
REPORTS = """
declare -A files
[[ "$1" != --version ]] || { echo keysieve 0.1.0; exit; }
while (($#)); do
    if [[ "$1" == --report ]]; then files["${2%%=*}"]="${2#*=}"; fi
    shift
done
echo '{}' | tee "${files[json]}" "${files[sarif]}" "${files[github]}" >"${files[markdown]}"
printf '{"type":"summary","outcome":"clean","coverage":{"incomplete":[]},"findings":0}\\n' >"${files[jsonl]}"
"""


def quote(text):
    return "$'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"


class Failures(ActionTest):
    def with_program(self, script):
        self.program("keysieve", script)
        return self.run_action(self.checkout("main"), "release", {}, upload="true")

    def test_the_stand_in_passes(self):
        self.assert_outcome(self.with_program(REPORTS), "clean", 0, 0)

    def test_a_program_that_ends_early_never_passes(self):
        version = '[[ "$1" != --version ]] || exit 0\n'
        for script, word in ((version, "no complete report"), (version + "exit 2", "could not run"), (version + "exit 101", "ended with 101"),
                             (version + "kill -KILL $$", "ended with 137"), ("exit 1", "does not run"),
                             (REPORTS + ': >"${files[jsonl]}"', "no complete report"), (REPORTS + 'rm "${files[sarif]}"', "no complete report")):
            result = self.with_program(script)
            self.assert_refused(result, word)
            self.assertEqual(result.used, [])

    def test_missing_reports_for_people_are_an_error(self):
        self.assert_refused(self.with_program(REPORTS + 'rm "${files[markdown]}"'), "summary.md")

    def test_a_summary_stays_below_the_limit(self):
        result = self.with_program(REPORTS + 'yes "| a line of the table |" | head -c 3000000 >"${files[markdown]}"')
        self.assertLess(len(result.summary), 1024 * 1024)
        self.assertIn("larger than GitHub shows", result.summary)

