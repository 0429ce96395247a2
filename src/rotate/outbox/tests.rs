use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::rotate::audit;
use crate::rotate::config::{RotationConfig, read};
use crate::rotate::sample::{self, exposure, finding, report};

/// A configuration of targets with these names and further keys.
pub fn config(targets: &[(&str, &str)]) -> RotationConfig {
    let line = |(name, more): &(&str, &str)| format!("- {{name: {name}, url: 'https://a.example/', format: slack{more}}}\n");
    let text = format!("targets:\n{}", targets.iter().map(line).collect::<String>());
    read("rotation.yaml", Path::new("."), text.as_bytes()).expect("because it is fine")
}

struct Bench {
    folder: tempfile::TempDir,
    outbox: Outbox,
    config: RotationConfig,
}

impl Bench {
    fn new(targets: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let outbox = Outbox::open(&folder.path().join("state")).expect("because it can be made");
        Self { folder, outbox, config: config(targets) }
    }

    fn enqueue(&mut self, report: &Value, now_ms: i64) -> Enqueued {
        let report = sample::read(report);
        let given = Given { report: &report, config: &self.config, source: "/app", owners: None, has_secrets: false, now_ms };
        self.outbox.enqueue(given).expect("because it can be written")
    }

    fn claim(&mut self, lease: Lease, target: &str, now_ms: i64) -> Vec<Claim> {
        let target = self.config.target(target).expect("because it is there");
        self.outbox.claim(lease, target, Mode::Due, 100, now_ms).expect("because it can be written")
    }

    fn settle(&mut self, lease: Lease, claim: &Claim, at_ms: i64, outcome: Outcome) {
        self.outbox.settle(lease, "t", &[Settled { seq: claim.seq, at_ms, outcome }]).expect("because it can be written");
    }

    fn exposure(&self, digest: &str) -> ExposureRow {
        match self.outbox.find(&format!("{digest:0>32}")).expect("because it can be read") {
            Found::Exposure(id) => self.outbox.exposure(id).expect("because it is there"),
            other => panic!("{other:?} for {digest}"),
        }
    }
}

fn digests(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const WHO: Who<'static> = Who { name: "bob@example.org", from: "test", now_ms: 900 };

fn failed(next_ms: Option<i64>) -> Outcome {
    Outcome::Failed { http: Some(500), why: "x".to_owned(), next_ms, slow_until_ms: None, disables: false }
}

#[test]
fn the_same_secret_is_one_event_for_each_target() {
    let mut bench = Bench::new(&[("t", ""), ("u", ", select: {min_severity: critical}"), ("v", ", require_approval: true")]);
    let found = report("worktree", &digests(&["a", "b"]));
    assert_eq!(bench.enqueue(&found, 1), Enqueued { new: 2, events: 4, held: 2, ..Enqueued::default() });
    assert_eq!(bench.enqueue(&found, 2), Enqueued { known: 2, ..Enqueued::default() });
    bench.config = config(&[("t", ""), ("w", "")]);
    assert_eq!(bench.enqueue(&found, 3), Enqueued { known: 2, events: 2, ..Enqueued::default() });
    let counts = bench.outbox.counts().expect("because it can be read");
    assert_eq!((counts.pending, counts.held), (4, 2));
}

#[test]
fn a_claim_is_held_by_one_process_until_its_lease_ends() {
    let mut bench = Bench::new(&[("t", "")]);
    bench.enqueue(&report("worktree", &digests(&["a", "b"])), 0);
    let mut other = Outbox::open(bench.outbox.path()).expect("because it is there");
    let (first, second) = (bench.outbox.lease(0).expect("because it can"), other.lease(0).expect("because it can"));
    let claims = bench.claim(first, "t", 0);
    assert_eq!((claims.len(), bench.claim(second, "t", 5_000).len()), (2, 0));
    assert!(bench.outbox.renew(first, 9_000).expect("because it can"));
    assert_eq!(bench.claim(second, "t", 15_000).len(), 0);
    // The first one is gone; what it says of a failure afterwards does not count, a delivery does.
    let taken = bench.claim(second, "t", 19_001);
    assert_eq!(taken.iter().map(|claim| &claim.id).collect::<Vec<_>>(), claims.iter().map(|claim| &claim.id).collect::<Vec<_>>());
    bench.settle(first, &claims[0], 20_000, failed(None));
    bench.settle(first, &claims[1], 20_000, Outcome::Delivered { http: 200, signature: None, answer: None });
    bench.settle(second, &taken[1], 20_001, failed(Some(30_000)));
    let counts = bench.outbox.counts().expect("because it can be read");
    assert_eq!((counts.pending, counts.delivered, counts.dead), (1, 1, 0));
    bench.outbox.release(second).expect("because it can");
    assert_eq!(bench.claim(first, "t", 20_002).len(), 1);
}

#[test]
fn events_of_one_secret_go_out_in_order() {
    let mut bench = Bench::new(&[("t", "")]);
    let found = report("worktree", &digests(&["a"]));
    bench.enqueue(&found, 0);
    let lease = bench.outbox.lease(0).expect("because it can");
    let id = bench.exposure("a").id;
    assert_eq!(bench.outbox.close(id, WHO, 500, Some("key 2")).expect("because it can"), Closed::Done);
    let mut elsewhere = found.clone();
    elsewhere["findings"][0]["locations"][0]["path"] = "other.py".into();
    assert_eq!(bench.enqueue(&elsewhere, 1_000).again, 1);
    let first = bench.claim(lease, "t", 2_000);
    assert_eq!(first.len(), 1, "the second event waits for the first");
    bench.settle(lease, &first[0], 2_000, failed(Some(9_000)));
    assert_eq!(bench.claim(lease, "t", 3_000).len(), 0);
    let first = bench.claim(lease, "t", 9_000);
    bench.settle(lease, &first[0], 9_000, Outcome::Delivered { http: 200, signature: None, answer: None });
    let second = bench.claim(lease, "t", 9_000);
    assert!(second.len() == 1 && second[0].id != first[0].id);
    let body: Value = serde_json::from_str(&second[0].body).expect("because it is JSON");
    assert_eq!(body["type"], "dev.keysieve.secret.reexposed");
}

#[test]
fn a_rotated_secret_is_exposed_again_only_where_it_was_not_or_after_it_was_gone() {
    let mut bench = Bench::new(&[("t", "")]);
    let found = report("worktree", &digests(&["a"]));
    let none = report("worktree", &[]);
    bench.enqueue(&found, 0);
    let id = bench.exposure("a").id;
    bench.outbox.close(id, WHO, 500, None).expect("because it can");
    assert_eq!(bench.enqueue(&found, 1_000), Enqueued { known: 1, ..Enqueued::default() });
    // Another look sees more; that is no new exposure.
    let mut history = report("history", &digests(&["a"]));
    history["findings"][0]["locations"][0]["path"] = "old.py".into();
    assert_eq!(bench.enqueue(&history, 2_000).again, 0);
    assert_eq!(bench.enqueue(&none, 3_000).gone, 1);
    assert_eq!(bench.exposure("a").state(), State::Gone);
    assert_eq!(bench.enqueue(&none, 3_500).gone, 0);
    let again = bench.enqueue(&found, 4_000);
    assert_eq!((again.again, again.events), (1, 1));
    assert_eq!((bench.exposure("a").generation, bench.exposure("a").state()), (2, State::Detected));
}

#[test]
fn only_the_same_whole_look_with_the_same_rules_says_that_a_secret_is_gone() {
    let mut bench = Bench::new(&[("t", "")]);
    bench.enqueue(&report("worktree", &digests(&["a"])), 0);
    let none = report("worktree", &[]);
    let mut incomplete = none.clone();
    incomplete["coverage"]["incomplete"] = json!([{"what": "x", "why": "y", "remedy": "z"}]);
    let mut elsewhere = none.clone();
    elsewhere["scope"]["target"] = json!(["src"]);
    let mut rules = none.clone();
    rules["tool"]["ruleset"]["digest"] = "sha256:1".into();
    let mut excepted = none.clone();
    let mut known = finding("a");
    known["status"] = json!({"state": "suppressed"});
    excepted["suppressed"] = json!([known]);
    for (report, unsure) in [(incomplete, 0), (elsewhere, 0), (excepted, 0), (report("staged", &[]), 0), (rules, 1)] {
        assert_eq!(bench.enqueue(&report, 10), Enqueued { unsure, ..Enqueued::default() });
    }
    assert_eq!(bench.enqueue(&none, 20).gone, 1);
    // It was not rotated: gone from the files is not the end of it, and back is not a new exposure.
    assert_eq!(bench.exposure("a").state(), State::Detected);
    assert_eq!(bench.enqueue(&report("worktree", &digests(&["a"])), 30), Enqueued { known: 1, ..Enqueued::default() });
    assert_eq!(bench.exposure("a").gone_ms, None);
}

#[test]
fn an_answer_moves_the_exposure_on_and_a_rejection_ends_it() {
    let mut bench = Bench::new(&[("t", ""), ("u", "")]);
    bench.enqueue(&report("worktree", &digests(&["a", "b"])), 0);
    let lease = bench.outbox.lease(0).expect("because it can");
    let claims = bench.claim(lease, "t", 100);
    let answer = |state, rotated_ms| Outcome::Delivered {
        http: 200,
        signature: None,
        answer: Some(Answer { state, rotated_ms, note: Some("n".to_owned()) }),
    };
    bench.settle(lease, &claims[0], 100, answer(AnswerState::Acknowledged, None));
    assert_eq!(bench.exposure("a").state(), State::Acknowledged);
    bench.settle(lease, &claims[1], 100, answer(AnswerState::Rotated, Some(99_999)));
    let rotated = bench.exposure("b");
    assert_eq!((rotated.state(), rotated.rotated_ms, rotated.replacement.as_deref()), (State::Rotated, Some(100), Some("n")));
    assert_eq!(bench.outbox.reject(rotated.id, WHO, "no").expect("because it can"), Closed::Already);
    let id = bench.exposure("a").id;
    assert_eq!(bench.outbox.reject(id, WHO, "an example").expect("because it can"), Closed::Done);
    assert_eq!(bench.outbox.counts().expect("because it can be read").rejected, 1);
    assert_eq!(bench.enqueue(&report("worktree", &digests(&["a"])), 200).known, 1);
}

#[test]
fn nobody_approves_what_they_leaked_themselves() {
    let mut bench = Bench::new(&[("t", ", require_approval: true")]);
    let mut found = report("history", &digests(&["a"]));
    found["findings"][0]["exposure"] = exposure("Bob", "Bob@example.org");
    bench.enqueue(&found, 0);
    let lease = bench.outbox.lease(0).expect("because it can");
    assert_eq!(bench.claim(lease, "t", 10).len(), 0);
    let id = bench.exposure("a").id;
    let rules = crate::rotate::config::ApprovalRules::default();
    let right = Right { rules: &rules, forced: None };
    for name in [WHO.name, "BOB@example.org", "bob", "@bob"] {
        let refused = bench.outbox.approve(id, Who { name, ..WHO }, right).expect("because it can");
        assert!(matches!(&refused, Closed::Refused(why) if why.contains("somebody else")), "{name}: {refused:?}");
    }
    assert_eq!(bench.outbox.approve(id, Who { name: "ann@example.org", ..WHO }, right).expect("because it can"), Closed::Done);
    assert_eq!(bench.claim(lease, "t", 1_000).len(), 1);
}

#[test]
fn a_rate_is_kept_over_all_processes() {
    let mut bench = Bench::new(&[("t", ", rate_limit: 10/s")]);
    let many: Vec<String> = (0..50).map(|n| format!("{n:x}")).collect();
    bench.enqueue(&report("worktree", &many), 0);
    let lease = bench.outbox.lease(0).expect("because it can");
    let target = bench.config.targets[0].clone();
    assert_eq!(bench.claim(lease, "t", 100_000).len(), 10);
    assert_eq!(bench.claim(lease, "t", 100_050).len(), 0);
    assert!(bench.outbox.wait(&target, Mode::Due, 100_050).expect("because it can").total_ms().is_some_and(|ms| ms <= 100));
    assert_eq!(bench.claim(lease, "t", 100_300).len(), 3);
}

#[test]
fn a_target_that_is_gone_is_left_alone_until_a_person_says_otherwise() {
    let mut bench = Bench::new(&[("t", "")]);
    bench.enqueue(&report("worktree", &digests(&["a", "b"])), 0);
    let lease = bench.outbox.lease(0).expect("because it can");
    let claims = bench.claim(lease, "t", 0);
    bench.settle(
        lease,
        &claims[0],
        1,
        Outcome::Failed { http: Some(410), why: "gone".to_owned(), next_ms: Some(1), slow_until_ms: None, disables: true },
    );
    bench.settle(lease, &claims[1], 1, Outcome::Untried);
    assert_eq!(bench.claim(lease, "t", 9_999).len(), 0);
    assert_eq!(bench.outbox.retry(None, Some("t"), WHO).expect("because it can"), 2);
    assert_eq!(bench.claim(lease, "t", 10_000).len(), 2);
}

#[test]
fn a_clock_that_was_set_back_stops_nothing() {
    let mut bench = Bench::new(&[("t", "")]);
    let day = 86_400_000;
    bench.enqueue(&report("worktree", &digests(&["a"])), 1_000 * day);
    assert_eq!(bench.outbox.mend_clock(10 * day, 2 * day).expect("because it can"), 1);
    let lease = bench.outbox.lease(10 * day).expect("because it can");
    assert_eq!(bench.claim(lease, "t", 10 * day).len(), 1);
}

#[test]
fn the_log_says_all_of_it_and_is_written_once() {
    let mut bench = Bench::new(&[("t", "")]);
    bench.enqueue(&report("worktree", &digests(&["a"])), 0);
    assert_eq!(bench.outbox.flush_log().expect("because it can"), 2);
    assert_eq!(bench.outbox.flush_log().expect("because it can"), 0);
    let lease = bench.outbox.lease(0).expect("because it can");
    let claims = bench.claim(lease, "t", 0);
    bench.settle(lease, &claims[0], 1, failed(None));
    bench.outbox.retry(None, None, WHO).expect("because it can");
    assert_eq!(bench.outbox.flush_log().expect("because it can"), 2);
    let text = std::fs::read_to_string(bench.outbox.log_path()).expect("because it was written");
    let whats: Vec<_> = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("because it is JSON")["what"].clone()).collect();
    assert_eq!(whats, ["detected", "enqueued", "given-up", "retried"]);
    let head = bench.outbox.log_head().expect("because it can be read");
    assert_eq!(audit::verify(&bench.outbox.log_path(), head.as_ref()).expect("because it is there").wrong, None);
}

#[test]
fn a_new_log_follows_the_old_one_whatever_became_of_it() {
    let mut bench = Bench::new(&[("t", "")]);
    let who = |now_ms| Who { now_ms, ..WHO };
    assert_eq!(bench.outbox.begin_log(who(0)).expect("because it can"), None);
    bench.enqueue(&report("worktree", &digests(&["a"])), 0);
    let first = bench.outbox.begin_log(who(1_000)).expect("because it can").expect("because there is a log");
    assert_eq!((first.entries, first.wrong.clone()), (2, None));
    // Then it is damaged, with entries that wait, and at last it is gone.
    bench.enqueue(&report("worktree", &digests(&["a", "b"])), 0);
    bench.outbox.flush_log().expect("because it can");
    std::fs::write(bench.outbox.log_path(), "{}\n").expect("because it can be written");
    bench.enqueue(&report("worktree", &digests(&["a", "b", "c"])), 0);
    let second = bench.outbox.begin_log(who(2_000)).expect("because it can").expect("because there is a log");
    assert!((second.entries, second.wrong.as_deref()) == (0, Some("line 1: this is no entry")), "{second:?}");
    std::fs::remove_file(bench.outbox.log_path()).expect("because it is there");
    let third = bench.outbox.begin_log(who(3_000)).expect("because it can").expect("because there was a log");
    assert_eq!((third.file, third.wrong.as_deref()), (None, Some("it was not there")));
    bench.enqueue(&report("worktree", &digests(&["a", "b", "c", "d"])), 0);
    bench.outbox.flush_log().expect("because it can");
    let head = bench.outbox.log_head().expect("because it can be read");
    let last = audit::walk(&bench.outbox.log_path(), head.as_ref()).expect("because it is there");
    assert_eq!((last.len(), last[0].found.as_ref().map(|found| (found.entries, found.wrong.clone()))), (1, Some((3, None))));
    // What waited for the damaged log is in the one after it, behind its first entry.
    let aside = |name: Option<String>| bench.outbox.log_path().with_file_name(name.expect("because it was kept"));
    let kept = audit::walk(&aside(first.file), None).expect("because it is there");
    assert!(kept.len() == 1 && kept[0].wrong().is_none());
    assert_eq!(std::fs::read_to_string(aside(second.file)).expect("because it was kept"), "{}\n");
}

#[test]
fn a_new_log_that_a_crash_left_half_begun_goes_on_with_the_next_entry() {
    let mut bench = Bench::new(&[("t", "")]);
    bench.enqueue(&report("worktree", &digests(&["a"])), 0);
    bench.outbox.flush_log().expect("because it can");
    let log = bench.outbox.log_path();
    let before = std::fs::read(&log).expect("because it was written");
    bench.outbox.begin_log(Who { now_ms: 1_000, ..WHO }).expect("because it can");
    // As if the process had ended with the state written, and the file not yet renamed, or renamed and nothing written.
    let connection = rusqlite::Connection::open(bench.outbox.path()).expect("because it is there");
    let aside = log.with_file_name("state.audit.19700101T000001Z.jsonl");
    let entry = std::fs::read_to_string(&log).expect("because it was written");
    let first: Value = serde_json::from_str(&entry).expect("because it is one entry");
    for is_renamed in [false, true] {
        let half = format!(
            "DELETE FROM journal; INSERT INTO journal VALUES ({0}, '{{\"what\":\"log-begun\",\"before\":{1}}}');
             REPLACE INTO meta VALUES ('log_aside', 'state.audit.19700101T000001Z.jsonl'), ('log_seq', 2), ('log_hash', '{2}');",
            first["seq"],
            first["before"],
            first["prev"].as_str().unwrap_or_default()
        );
        connection.execute_batch(&half).expect("because it can be written");
        let _ = std::fs::remove_file(&log);
        if !is_renamed {
            std::fs::rename(&aside, &log).expect("because it is there");
        }
        bench.outbox.flush_log().expect("because it can");
        assert_eq!(std::fs::read(&aside).expect("because it was kept"), before);
        let head = bench.outbox.log_head().expect("because it can be read");
        let walked = audit::walk(&log, head.as_ref()).expect("because it is there");
        assert!(walked.len() == 2 && walked.iter().all(|log| log.wrong().is_none()), "{walked:?}");
    }
}

#[test]
fn what_is_no_outbox_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let path = folder.path().join("state");
    let said = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("because it can be written");
        let said = Outbox::open(&path).err().expect("because it is none").to_string();
        assert_eq!(std::fs::read(&path).expect("because it is there"), bytes);
        said
    };
    assert!(said(&b"no database at all, but long enough to be one. ".repeat(50)).contains("damaged"));
    let other = |sql: &str| {
        let _ = std::fs::remove_file(&path);
        let connection = Connection::open(&path).expect("because it can be made");
        connection.execute_batch(sql).expect("because it is SQL");
        drop(connection);
        std::fs::read(&path).expect("because it is there")
    };
    assert!(said(&other("CREATE TABLE bookmarks (url)")).contains("another program"));
    let newer = format!("PRAGMA application_id = {}; PRAGMA user_version = 9; CREATE TABLE x (y)", schema::APPLICATION);
    assert!(said(&other(&newer)).contains("version 9"));
    assert!(Outbox::open(folder.path()).is_err_and(|error| error.to_string().contains("--state")));
    assert!(Outbox::open(&folder.path().join("none/state")).is_err());
    assert!(Outbox::open_existing(&folder.path().join("none")).is_ok_and(|found| found.is_none()));
}

#[test]
fn a_damaged_outbox_is_told_and_nothing_panics() {
    let mut bench = Bench::new(&[("t", "")]);
    let many: Vec<String> = (0..200).map(|n| format!("{n:x}")).collect();
    bench.enqueue(&report("worktree", &many), 0);
    let path = bench.outbox.path().to_owned();
    drop(bench.outbox);
    let bytes = std::fs::read(&path).expect("because it is there");
    for step in 1..40 {
        let mut damaged = bytes.clone();
        let from = bytes.len() * step / 40;
        let to = (from + 3_000).min(damaged.len());
        damaged[from..to].iter_mut().for_each(|byte| *byte ^= 0x5a);
        std::fs::write(&path, &damaged).expect("because it can be written");
        let Ok(mut outbox) = Outbox::open(&path) else { continue };
        let _ = outbox.exposures(|_| true);
        let _ = outbox.flush_log();
        if let Ok(lease) = outbox.lease(0) {
            let _ = outbox.claim(lease, &bench.config.targets[0], Mode::Due, 500, 0);
        }
    }
    drop(bench.folder);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_state_and_the_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut bench = Bench::new(&[("t", "")]);
    bench.enqueue(&report("worktree", &digests(&["a"])), 0);
    bench.outbox.flush_log().expect("because it can");
    for entry in std::fs::read_dir(bench.folder.path()).expect("because it is there") {
        let entry = entry.expect("because it is there");
        let mode = entry.metadata().expect("because it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
    }
}
