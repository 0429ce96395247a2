"""Which commits each event scans, and how the action ends."""

import json
from pathlib import Path

from support import ZEROS, ActionTest, token


class PullRequests(ActionTest):
    def setUp(self):
        super().setUp()
        self.base = self.host.commit("Old news", old_env=f"T={token('old')}\n")
        self.host.git("checkout", "--quiet", "-b", "topic")

    def opened(self, head, *options, **more):
        self.host.git("update-ref", "refs/pull/7/merge", head)
        return self.run_action(self.checkout(head, *options), "pull_request", self.pull_request(self.base, head), **more)

    def test_what_it_brings_is_found(self):
        result = self.opened(self.host.commit("Add", new_env=f"T={token('new')}\n"))
        self.assert_outcome(result, "findings", 1, 1)
        self.assertEqual(result.outputs["incomplete"], "false")
        sarif = json.loads(Path(result.outputs["sarif"]).read_text())
        places = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in sarif["runs"][0]["results"]]
        self.assertEqual(places, ["new.env"])
        self.assertEqual(json.loads(Path(result.outputs["report"]).read_text())["outcome"], "findings")
        self.assertIn("1 finding.", result.said("error")[-1])
        self.assertIn("new.env", result.summary)
        self.assertIn("Scanned: the commits", result.summary)
        self.assertNotIn(token("new"), result.log + result.summary)

    def test_what_was_there_before_is_not(self):
        self.assert_outcome(self.opened(self.host.commit("Add", new_env="T=$TOKEN\n")), "clean", 0, 0)

    def test_one_commit_adds_it_the_next_removes_it(self):
        self.host.commit("Add", new_env=f"T={token('new')}\n")
        self.assert_outcome(self.opened(self.host.commit("Remove", new_env="\n")), "findings", 1, 1)

    def test_a_shallow_checkout_is_refused(self):
        head = self.host.commit("Add", new_env="T=1\n")
        merge = self.host.commit("Merge")
        clone = self.checkout(merge, "--depth=1")
        self.assert_refused(self.run_action(clone, "pull_request", self.pull_request(self.base, head)), head, "fetch-depth: 0")
        self.assert_refused(self.run_action(clone, "pull_request", self.pull_request(self.base, merge)), "shallow", "fetch-depth: 0")

    def test_upload_and_comment(self):
        self.program("gh", 'printf "%s\\n" "$*" >>"$HOME/gh"')
        result = self.opened(self.host.commit("Add", new_env=f"T={token('new')}\n"), upload="true", comment_summary="true")
        self.assert_outcome(result, "findings", 1, 1)
        [(action, options)] = result.used
        self.assertRegex(action, r"^github/codeql-action/upload-sarif@[0-9a-f]{40}$")
        self.assertEqual(options, {"sarif_file": result.outputs["sarif"]})
        self.assertEqual(self.category(result), "keysieve-range/")
        self.assertIn("POST repos/ann/shop/issues/7/comments", (self.folder / "home/gh").read_text())

    def test_an_earlier_comment_is_kept_up_to_date(self):
        self.program("gh", 'printf "%s\\n" "$*" >>"$HOME/gh"; [[ "$*" != *--paginate* ]] || printf "41\\n42\\n"')
        self.opened(self.host.commit("Add"), comment_summary="true")
        self.assertIn("PATCH repos/ann/shop/issues/comments/41 ", (self.folder / "home/gh").read_text())

    def test_a_comment_that_cannot_be_written_is_an_error(self):
        self.program("gh", "exit 1")
        result = self.opened(self.host.commit("Add"), comment_summary="true", annotations="false")
        self.assert_refused(result, "pull-requests: write")

    def test_a_fork_neither_uploads_nor_comments_and_still_fails(self):
        head = self.host.commit("Add", new_env=f"T={token('new')}\n")
        for repository, author in (("mallory/shop", "mallory"), (None, "ann"), ("ann/shop", "dependabot[bot]")):
            event = self.pull_request(self.base, head, repository, author)
            result = self.run_action(self.checkout(head), "pull_request", event, upload="true", comment_summary="true")
            self.assert_outcome(result, "findings", 1, 1)
            self.assertEqual(result.used, [])
            self.assertEqual(len(result.said("notice")), 2, result.log)

    def test_merge_queues(self):
        head = self.host.commit("Add", new_env=f"T={token('new')}\n")
        event = {"merge_group": {"base_sha": self.base, "head_sha": head}}
        self.assert_outcome(self.run_action(self.checkout(head), "merge_group", event), "findings", 1, 1)


class Pushes(ActionTest):
    def pushed(self, before, after, ref="refs/heads/main", **more):
        clone = more.pop("clone", None) or self.checkout(after)
        return self.run_action(clone, "push", {"before": before, "after": after}, github={"ref": ref}, **more)

    def test_a_push(self):
        head = self.host.commit("Add", new_env=f"T={token('new')}\n")
        self.assert_outcome(self.pushed(self.first, head), "findings", 1, 1)
        after = self.host.commit("Remove", new_env="\n")
        self.assert_outcome(self.pushed(head, after), "clean", 0, 0)

    def test_a_new_branch_brings_what_the_default_branch_does_not_have(self):
        self.host.commit("Old news", old_env=f"T={token('old')}\n")
        self.host.git("checkout", "--quiet", "-b", "topic")
        self.assert_outcome(self.pushed(ZEROS, self.host.git("rev-parse", "HEAD"), "refs/heads/topic"), "clean", 0, 0)
        head = self.host.commit("Add", new_env=f"T={token('new')}\n")
        self.assert_outcome(self.pushed(ZEROS, head, "refs/heads/topic"), "findings", 1, 1)

    def test_the_first_push_brings_everything(self):
        self.host.commit("Add", new_env=f"T={token('new')}\n")
        head = self.host.commit("Remove", new_env="\n")
        self.assert_outcome(self.pushed(ZEROS, head), "findings", 1, 1)

    def test_a_tag(self):
        head = self.host.commit("Add", new_env=f"T={token('new')}\n")
        self.host.git("tag", "-a", "v1", "-m", "First release")
        self.assert_outcome(self.pushed(ZEROS, self.host.git("rev-parse", "v1"), "refs/tags/v1"), "clean", 0, 0)
        self.host.git("update-ref", "refs/heads/main", self.first)
        self.assert_outcome(self.pushed(ZEROS, self.host.git("rev-parse", "v1"), "refs/tags/v1", clone=self.checkout(head)), "findings", 1, 1)

    def test_a_forced_push_names_a_commit_that_no_clone_has(self):
        lost = self.host.commit("Lost")
        self.host.git("reset", "--quiet", "--hard", self.first)
        head = self.host.commit("Add", new_env=f"T={token('new')}\n")
        result = self.pushed(lost, head)
        self.assert_outcome(result, "findings", 1, 1)
        self.assertIn("forced push", result.said("notice")[0])

    def test_a_shallow_clone_is_refused(self):
        head = self.host.commit("Add")
        clone = self.checkout("main", "--depth=1")
        self.assert_refused(self.pushed(self.first, head, clone=clone), "shallow", "fetch-depth: 0")

    def test_a_new_branch_in_a_shallow_clone_is_incomplete(self):
        head = self.host.commit("Add")
        result = self.pushed(ZEROS, head, clone=self.checkout("main", "--depth=1"))
        self.assert_outcome(result, "incomplete", 0, 3)
        self.assertEqual(result.outputs["incomplete"], "true")
        self.assertIn("fetch-depth: 0", result.said("error")[-1])

    def test_a_removed_branch_brings_nothing(self):
        result = self.run_action(self.checkout("main"), "push", {"before": self.first, "after": ZEROS}, upload="true")
        self.assert_outcome(result, "nothing", 0, 0)
        self.assertEqual(result.used, [])

    def test_an_event_that_is_no_event_of_git_is_refused(self):
        for event in ({}, {"before": self.first, "after": "main; touch pwned"}, {"before": "--help", "after": self.first}):
            result = self.run_action(self.checkout("main"), "push", event)
            self.assert_refused(result, "mode: tree")


class OtherEvents(ActionTest):
    def setUp(self):
        super().setUp()
        self.host.commit("Add", new_env=f"T={token('new')}\n")
        self.head = self.host.commit("Remove", new_env="\n")

    def test_a_schedule_scans_the_history(self):
        for name in ("schedule", "workflow_dispatch"):
            result = self.run_action(self.checkout("main"), name, {}, upload="true")
            self.assert_outcome(result, "findings", 1, 1)
            self.assertEqual(self.category(result), "keysieve-history/")
            self.assertIn("everything that the repository stores", result.summary)

    def test_a_shallow_history_is_incomplete(self):
        result = self.run_action(self.checkout("main", "--depth=1"), "schedule", {})
        self.assert_outcome(result, "incomplete", 0, 3)
        self.assertIn("fetch-depth: 0", result.said("error")[-1])

    def test_any_other_event_scans_the_tree(self):
        self.assert_outcome(self.run_action(self.checkout("main", "--depth=1"), "release", {}), "clean", 0, 0)

    def test_a_mode_goes_before_the_event(self):
        clone = self.checkout("main")
        self.assert_outcome(self.run_action(clone, "schedule", {}, mode="tree"), "clean", 0, 0)
        self.assert_outcome(self.run_action(clone, "release", {}, mode="history"), "findings", 1, 1)
        self.assert_refused(self.run_action(clone, "schedule", {}, mode="range"), "schedule", "no base commit")
