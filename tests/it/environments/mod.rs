//! A secret that several environments share is a finding of its own, wherever it is seen and however it is written down.
//!
//! | module | what it tests |
//! |---|---|
//! | [`places`] | paths and structures that tell an environment, in files as people write them |
//! | [`sources`] | working trees, staged changes, ranges, histories, standard input |
//! | [`settings`] | what a configuration changes |
//! | [`status`] | exceptions, baselines, disabled rules, thresholds |
//! | [`reports`] | what each format says |
//! | [`compare`] | one secret in several repositories, by their reports |

mod compare;
mod places;
mod reports;
mod settings;
mod sources;
mod status;

use serde_json::Value;

use crate::support::{Folder, Said, list, text, token};

/// The rule.
const RULE: &str = "policy.shared-across-environments";

/// The findings of the rule that count, in a JSON report.
#[track_caller]
fn findings(said: &Said) -> Vec<Value> {
    let report = said.report();
    list(&report["findings"]).iter().filter(|finding| text(&finding["rule"]["id"]) == RULE).cloned().collect()
}

/// The environments of each such finding.
#[track_caller]
fn environments(said: &Said) -> Vec<String> {
    let of = |finding: &Value| list(&finding["sharing"]["environments"]).iter().map(text).collect::<Vec<_>>().join(" ");
    findings(said).iter().map(of).collect()
}

/// A folder with these files; `@` in them is one token, `%` another one.
fn with(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    write(&folder, files);
    folder
}

fn write(folder: &Folder, files: &[(&str, &str)]) {
    let (one, other) = (token("environments"), token("environments, another"));
    for (path, content) in files {
        folder.write(path, content.replace('@', &one).replace('%', &other));
    }
}

/// One token for staging and production.
fn shared() -> Folder {
    let folder = Folder::repository();
    write(&folder, &[(".env.staging", "T=@\n"), ("deploy/prod/app.yaml", "key: @\n")]);
    folder
}
