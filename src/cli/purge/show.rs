//! What `purge-plan` says. Never a secret.

use std::fmt::Write as _;
use std::path::Path;

use keysieve::coverage::Gap;
use keysieve::finding::{Reach, RefName};
use keysieve::purge::{Counts, PurgePlan, REPLACE_TEXT_FILE, Verified};
use keysieve::report::escaped;

/// Refs and objects that are named; what is more is counted.
const NAMED: usize = 100;

/// There is nothing to plan.
pub fn nothing(not_found: &[String], incomplete: &[Gap]) -> String {
    let mut out = "nothing to purge: no plan was written\n".to_owned();
    missing(&mut out, not_found);
    gaps(&mut out, incomplete);
    out
}

/// A plan was written.
pub fn plan(plan: &PurgePlan, folder: &Path, has_secrets: bool) -> String {
    let mut out = String::new();
    for secret in &plan.secrets {
        let _ = writeln!(out, "{}  {}  {}", secret.name, secret.masked, secret.fingerprint);
        for (how, counts) in &secret.forms {
            let _ = writeln!(out, "    {how}: {}", places(*counts));
        }
        if let Some(risk) = secret.risk {
            let _ = writeln!(out, "    {}", risk.sentence());
        }
    }
    let _ = writeln!(out, "\nreached from: {}", refs(&plan.refs));
    if !plan.out_of_reach.is_empty() {
        let _ = writeln!(out, "a push leaves at the host: {}", refs(&plan.out_of_reach));
    }
    missing(&mut out, &plan.not_found);
    gaps(&mut out, &plan.incomplete);
    let _ = writeln!(out, "\nrotate first, purge second: the plan is in {}; nothing else was changed", folder.join("PLAN.md").display());
    if !has_secrets {
        let _ = writeln!(
            out,
            "{REPLACE_TEXT_FILE}, which git-filter-repo needs, was not written: it must hold the secrets themselves.\n\
             Run this again with --write-secrets --force to get it."
        );
    }
    out
}

/// What a person should know before using the files.
pub fn warn(plan: &PurgePlan, folder: &Path, has_secrets: bool) {
    if has_secrets {
        let file = folder.join(REPLACE_TEXT_FILE);
        anstream::eprintln!(
            "keysieve: warning: {} holds the secrets themselves, readable by you alone; delete it after the purge",
            file.display()
        );
        if let Some(top) = folder.ancestors().find(|above| above.join(".git").exists()) {
            anstream::eprintln!("keysieve: warning: it stands in another repository, {}: take care not to commit it", top.display());
        }
    }
    let left_out = plan.secrets.iter().filter(|secret| secret.left_out).count();
    if left_out > 0 {
        anstream::eprintln!(
            "keysieve: warning: {} could be an ordinary word, so replace-text.txt gets no line for it: PLAN.md says how to write one by hand",
            count(left_out as u64, "secret")
        );
    }
}

/// A purge was looked at.
pub fn verified(verified: &Verified, file: &Path) -> String {
    let mut out = String::new();
    if verified.left.is_empty() {
        let _ = writeln!(
            out,
            "no object holds it: {} read, {} looked for",
            count(verified.objects, "object"),
            count(verified.lines as u64, "line")
        );
        if verified.incomplete.is_empty() {
            let _ = writeln!(out, "delete {} once every clone is clean", file.display());
        }
    } else {
        let _ = writeln!(out, "{} of {} still hold a secret:", verified.left.len(), count(verified.objects, "object"));
        for one in verified.left.iter().take(NAMED) {
            let reach = match one.reach {
                Reach::Refs => "reached from refs",
                Reach::Reflog => "kept by a reflog, the index or the like",
                Reach::Unreachable => "unreachable",
            };
            let lines: Vec<String> = one.lines.iter().map(ToString::to_string).collect();
            let _ = writeln!(out, "  {} {}  {reach}  (line {})", one.id, one.kind, lines.join(", "));
        }
        if verified.left.len() > NAMED {
            let _ = writeln!(out, "  and {} more", verified.left.len() - NAMED);
        }
        let lines: Vec<RefName> =
            verified.refs.iter().map(|name| RefName { kind: name.kind, name: escaped(&name.name).into_owned() }).collect();
        let _ = writeln!(out, "reached from: {}", refs(&lines));
    }
    gaps(&mut out, &verified.incomplete);
    out
}

fn places(counts: Counts) -> String {
    let Counts { text_blobs, binary_blobs, messages, people, names } = counts;
    let all = [
        (text_blobs, "text blob"),
        (binary_blobs, "binary blob"),
        (messages, "message"),
        (people, "commit or tag header"),
        (names, "folder listing"),
    ];
    let words: Vec<String> = all.iter().filter(|(count, _)| *count > 0).map(|(number, what)| count(*number, what)).collect();
    words.join(", ")
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn refs(names: &[RefName]) -> String {
    if names.is_empty() {
        return "no ref".to_owned();
    }
    let mut words: Vec<String> = names.iter().take(NAMED).map(|name| name.name.clone()).collect();
    if names.len() > NAMED {
        words.push(format!("and {} more", names.len() - NAMED));
    }
    words.join(", ")
}

fn missing(out: &mut String, not_found: &[String]) {
    for fingerprint in not_found {
        let _ = writeln!(out, "not found any more: {fingerprint}");
    }
}

fn gaps(out: &mut String, incomplete: &[Gap]) {
    for gap in incomplete {
        let _ = writeln!(out, "incomplete: {}", escaped(&gap.sentence()));
    }
}
