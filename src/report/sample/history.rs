//! A report of a history: every kind of place in one, and every way in which a secret can be exposed.

use super::parts::{DAY_SECONDS, TODAY, at, blob, commit, exposure, id, name, refs};
use super::{clean, finding, place, random};
use crate::coverage::{Coverage, Gap};
use crate::finding::{Exposure, Finding, LocationKind, Reach, Severity};
use crate::report::{Report, Scope, ScopeKind};

/// Findings in a history, one for each shape of exposure.
pub fn report() -> Report {
    Report {
        scope: Scope { kind: ScopeKind::History, target: vec![".".to_owned()], range: None },
        coverage: Coverage {
            items: 94_856,
            bytes: 2_304_000_000,
            incomplete: vec![Gap::new("history before 3f1c2a9b7d", "the clone is shallow", "fetch the rest with `git fetch --unshallow`")],
            ..Coverage::default()
        },
        findings: vec![
            in_head(),
            gone(),
            on_a_branch(),
            dangling(),
            stashed(),
            in_a_reflog(),
            only_pulled(),
            in_a_message(),
            in_a_tag(),
            a_person(),
            a_file_name(),
            in_a_note(),
        ],
        seconds: Some(1.53),
        ..clean()
    }
}

/// Still in HEAD, on many branches and tags, pushed.
fn in_head() -> Finding {
    let token = ["ghp_", &random(21, 36)].concat();
    let mut finding = finding("github.personal-access-token", "GitHub personal access token (classic)", "GitHub", &token);
    finding.severity = Severity::Critical;
    finding.locations = vec![
        blob(place(b"deploy/settings.py", 14, "GITHUB = \"", &finding.masked, "\""), 1),
        blob(place(b"settings.py", 9, "", "", ""), 2),
    ];
    let held = refs(&["refs/heads/dev", "refs/heads/main", "refs/heads/release", "refs/remotes/origin/main", "refs/tags/v2.0"]);
    let mut reachable = refs(&["refs/heads/old", "refs/tags/v0.9", "refs/tags/v1.0"]);
    reachable.extend((0..15).map(|n| name(&format!("refs/tags/v1.{n}"))));
    finding.exposure = Some(Exposure {
        first: Some(commit(1, 0, "Ann", "Add deploy settings")),
        last: Some(commit(2, 400, "Bob Example", "Say in the settings what each of them means and where to look for more of them")),
        paths: vec![b"settings.py".to_vec(), b"deploy/settings.py".to_vec()],
        in_head: true,
        pushed: true,
        blobs: 4,
        commits: 23,
        ..exposure(held, reachable)
    });
    finding
}

/// Gone from HEAD, in the history of branches; hostile names.
fn gone() -> Finding {
    let mut finding = finding("aws.secret-access-key", "AWS secret access key", "Amazon Web Services", &random(22, 40));
    finding.locations = vec![blob(place(b"env/prod.tfvars", 3, "secret = ", &finding.masked, ""), 3)];
    let reachable = ["refs/heads/dev", "refs/heads/main", "refs/heads/\u{202e}##[error]x", "refs/heads/a", "refs/heads/b"];
    finding.exposure = Some(Exposure {
        first: Some(commit(3, 100, "M\u{202e}allory\n::error::x", "Add \x1b[31m##[error]forged \u{2066}state")),
        last: Some(commit(4, 130, "", "Remove the secret")),
        paths: vec![b"env/prod.tfvars".to_vec(), b"env/\n::error::\xff".to_vec()],
        blobs: 1,
        commits: 1_204,
        ..exposure(Vec::new(), refs(&reachable))
    });
    finding
}

/// Gone from HEAD, open on another branch, kept by refs of pull requests.
fn on_a_branch() -> Finding {
    let mut finding = finding("generic.password", "Password", "Generic", &random(23, 20));
    finding.locations = vec![blob(place(b"config/app.yml", 3, "db: ", &finding.masked, ""), 5)];
    finding.exposure = Some(Exposure {
        first: Some(commit(5, 401, "Ann", "日本語の設定を追加")),
        last: Some(commit(5, 401, "Ann", "日本語の設定を追加")),
        pushed: true,
        ..exposure(
            refs(&["refs/heads/feature/login-form-with-a-name-that-does-not-end-before-the-line-does-and-goes-on"]),
            refs(&["refs/pull/1/head", "refs/pull/1/merge", "refs/remotes/origin/login"]),
        )
    });
    finding
}

/// In a blob that nothing reaches and no commit holds.
fn dangling() -> Finding {
    let mut finding = finding("stripe.secret-key", "Stripe secret key", "Stripe", &["sk_live_", &random(24, 24)].concat());
    finding.locations = vec![blob(place(b"", 1, "key=", &finding.masked, ""), 6)];
    finding.locations[0].commit = None;
    finding.exposure =
        Some(Exposure { reach: Reach::Unreachable, days: None, commits: 0, paths: Vec::new(), ..exposure(Vec::new(), Vec::new()) });
    finding
}

fn stashed() -> Finding {
    let mut finding = finding("slack.bot-token", "Slack bot token", "Slack", &["xoxb-", &random(25, 48)].concat());
    finding.locations = vec![blob(place(b".env", 7, "SLACK=", &finding.masked, ""), 7)];
    let stash = refs(&["stash@{0}", "stash@{3}"]);
    let wip = commit(7, TODAY, "Ann", "WIP on main: 9f8e7d6 Tidy up");
    finding.exposure =
        Some(Exposure { first: Some(wip.clone()), last: Some(wip), days: Some(0), commits: 2, ..exposure(stash[..1].to_vec(), stash) });
    finding
}

fn in_a_reflog() -> Finding {
    let mut finding = finding("npm.access-token", "npm access token", "npm", &["npm_", &random(26, 36)].concat());
    finding.locations = vec![blob(place(b".npmrc", 1, "token=", &finding.masked, ""), 8)];
    let only = commit(8, 411, "Ann", "Publish");
    finding.exposure = Some(Exposure {
        first: Some(only.clone()),
        last: Some(only),
        days: Some(1),
        reach: Reach::Reflog,
        ..exposure(Vec::new(), Vec::new())
    });
    finding
}

fn only_pulled() -> Finding {
    let mut finding = finding("acme.key", "Acme key", "Acme", &random(27, 32));
    finding.locations = vec![blob(place(b"acme.toml", 2, "key = ", &finding.masked, ""), 9)];
    finding.locations[0].kind = LocationKind::SymlinkTarget;
    let first = Some(commit(9, i64::MAX / DAY_SECONDS - 100_000, "Eve", ""));
    finding.exposure = Some(Exposure { first, last: None, days: None, ..exposure(Vec::new(), refs(&["refs/pull/7/head"])) });
    finding
}

fn in_a_message() -> Finding {
    let mut finding =
        finding("gitlab.personal-access-token", "GitLab personal access token", "GitLab", &["glpat-", &random(28, 20)].concat());
    finding.locations = vec![at(LocationKind::CommitMessage, place(b"", 3, "Use ", &finding.masked, " for now"), 10)];
    let only = commit(10, 200, "Ann", "Pull from the mirror");
    let reachable = refs(&["refs/heads/main", "refs/remotes/origin/main"]);
    finding.exposure = Some(Exposure {
        first: Some(only.clone()),
        last: Some(only),
        pushed: true,
        blobs: 0,
        paths: Vec::new(),
        ..exposure(Vec::new(), reachable)
    });
    finding
}

fn in_a_tag() -> Finding {
    let mut finding = finding("pypi.api-token", "PyPI API token", "PyPI", &["pypi-", &random(29, 60)].concat());
    finding.locations = vec![at(LocationKind::TagMessage, place(b"refs/tags/v1.0", 4, "", &finding.masked, ""), 11)];
    let tag = refs(&["refs/tags/v1.0"]);
    finding.exposure = Some(Exposure { days: None, blobs: 0, commits: 0, paths: Vec::new(), ..exposure(tag.clone(), tag) });
    finding
}

fn a_person() -> Finding {
    let mut finding = finding("generic.password", "Password", "Generic", &random(30, 18));
    finding.severity = Severity::Medium;
    finding.locations = vec![at(LocationKind::Person, place(b"committer", 1, "Ann <ann:", &finding.masked, "@example.com>"), 12)];
    let (first, last) = (commit(12, 300, "Ann", "Start"), commit(13, 301, "Ann", "Go on"));
    let reachable = refs(&["refs/heads/main"]);
    finding.exposure = Some(Exposure {
        first: Some(first),
        last: Some(last),
        blobs: 0,
        commits: 2,
        paths: Vec::new(),
        in_head: true,
        ..exposure(reachable.clone(), reachable)
    });
    finding
}

fn a_file_name() -> Finding {
    let mut finding = finding("acme.key", "Acme key", "Acme", &random(31, 32));
    finding.severity = Severity::Low;
    let path = format!("keys/{}.pem", finding.masked);
    finding.locations = vec![at(LocationKind::FileName, place(path.as_bytes(), 1, "", &finding.masked, ".pem"), 14)];
    let only = commit(14, 50, "Bob", "Keep a copy of the key");
    finding.exposure = Some(Exposure {
        first: Some(only.clone()),
        last: Some(only),
        paths: vec![path.into_bytes()],
        ..exposure(Vec::new(), refs(&["HEAD", "refs/heads/main"]))
    });
    finding
}

fn in_a_note() -> Finding {
    let mut finding = finding("acme.key", "Acme key", "Acme", &random(32, 32));
    finding.severity = Severity::Low;
    finding.locations = vec![at(LocationKind::Note, place(id(3).as_bytes(), 2, "seen: ", &finding.masked, ""), 15)];
    let notes = refs(&["refs/notes/commits"]);
    finding.exposure = Some(Exposure { paths: Vec::new(), ..exposure(notes.clone(), notes) });
    finding
}
