//! The phases of a rotation's steps: worked out from the sentences, and what must hold of them.
//!
//! A sentence begins with a verb, and most verbs say what the step is for; some mean another thing once the new credential is in use. A step
//! for which this table is wrong names its phase in the rule. This file is compiled into the build script as well.

use super::schema::Rotation;
use super::step::{Step, command_problems};
use crate::finding::Phase;

/// What a verb says of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Makes something new: create.
    Make,
    /// Makes something new in the place of the old: create, but revoke once the new one is deployed.
    Renew,
    /// Create, but verify once the new one is deployed or the old one gone: then it is about what else was exposed.
    Replace,
    /// Deploy.
    Deploy,
    /// Revoke.
    Revoke,
    /// Finds something out: create as the first step, else verify.
    Look,
}

/// The table: what verbs mean. `rules/README.md` shows it.
pub const VERBS: [(Meaning, &[&str]); 6] = [
    (
        Meaning::Make,
        &[
            "add",
            "authorize",
            "connect",
            "create",
            "derive",
            "duplicate",
            "enroll",
            "generate",
            "get",
            "grant",
            "issue",
            "make",
            "obtain",
            "reconnect",
            "register",
            "reinstall",
            "reissue",
            "renew",
            "request",
            "set",
        ],
    ),
    (Meaning::Renew, &["ask", "change", "promote", "refresh", "regenerate", "rekey", "reset", "roll", "shorten"]),
    (Meaning::Replace, &["replace", "rotate"]),
    (
        Meaning::Deploy,
        &[
            "activate",
            "apply",
            "assign",
            "configure",
            "deploy",
            "encrypt",
            "enter",
            "flash",
            "give",
            "hand",
            "install",
            "move",
            "put",
            "rebuild",
            "redeploy",
            "reload",
            "restart",
            "save",
            "ship",
            "store",
            "switch",
            "update",
        ],
    ),
    (
        Meaning::Revoke,
        &[
            "cancel",
            "deactivate",
            "deauthorize",
            "delete",
            "destroy",
            "disable",
            "discard",
            "disconnect",
            "drop",
            "end",
            "expire",
            "inactive",
            "invalidate",
            "lock",
            "log",
            "pause",
            "remove",
            "retire",
            "revoke",
            "stop",
            "suspend",
            "terminate",
            "unpublish",
            "withdraw",
            "withdrawn",
        ],
    ),
    (
        Meaning::Look,
        &[
            "check",
            "compare",
            "confirm",
            "decode",
            "export",
            "filter",
            "find",
            "keep",
            "limit",
            "list",
            "look",
            "prefer",
            "query",
            "read",
            "reconcile",
            "restrict",
            "review",
            "search",
            "see",
            "take",
            "tell",
            "use",
            "warn",
            "watch",
        ],
    ),
];

/// Beginnings that mean something else than their first word.
pub const BEGINNINGS: [(&str, Meaning); 3] = [("make sure", Meaning::Look), ("set it ", Meaning::Deploy), ("sign out", Meaning::Revoke)];

/// Works out the phases that the author did not name.
pub fn settle(steps: &mut [Step]) {
    let mut before = None;
    for step in steps {
        if !step.is_named {
            step.phase = of_sentence(&step.text, before);
        }
        before = Some(step.phase);
    }
}

/// The phase of a step: by its first word if the table has that, else by the first word in it that the table has, also as a participle
/// (`choose`, `open`, `have it disabled`), else that of the step before.
pub fn of_sentence(sentence: &str, before: Option<Phase>) -> Phase {
    let lower = sentence.to_ascii_lowercase();
    let words = || lower.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty());
    let beginning = BEGINNINGS.iter().find(|(beginning, _)| lower.starts_with(beginning)).map(|(_, meaning)| *meaning);
    let first = || words().next().and_then(meaning);
    let meaning = beginning.or_else(first).or_else(|| words().find_map(participle));
    let is_out = before.is_some_and(|phase| phase > Phase::Create);
    match meaning {
        None => before.unwrap_or(Phase::Create),
        Some(Meaning::Make) => Phase::Create,
        Some(Meaning::Renew) if before == Some(Phase::Verify) => Phase::Verify,
        Some(Meaning::Renew) if is_out => Phase::Revoke,
        Some(Meaning::Replace) if is_out => Phase::Verify,
        Some(Meaning::Look) if before.is_some() => Phase::Verify,
        Some(Meaning::Renew | Meaning::Replace | Meaning::Look) => Phase::Create,
        Some(Meaning::Deploy) => Phase::Deploy,
        Some(Meaning::Revoke) => Phase::Revoke,
    }
}

fn meaning(word: &str) -> Option<Meaning> {
    VERBS.iter().find(|(_, words)| words.binary_search(&word).is_ok()).map(|(meaning, _)| *meaning)
}

fn participle(word: &str) -> Option<Meaning> {
    [Some(word), word.strip_suffix('d'), word.strip_suffix("ed")].into_iter().flatten().find_map(meaning)
}

/// What is wrong with a rotation, one sentence each.
pub fn problems(rotation: &Rotation) -> Vec<String> {
    let mut found = Vec::new();
    if rotation.steps.is_empty() {
        found.push("`rotation.steps` is empty; say how to get rid of an exposed one".to_owned());
    }
    for (what, text) in [("breaks", &rotation.breaks), ("revoke_first", &rotation.revoke_first)] {
        if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
            found.push(format!("`rotation.{what}` is empty"));
        }
    }
    let rank = |phase: Phase| match phase {
        Phase::Revoke if rotation.revoke_first.is_some() => 0,
        other => 1 + other as usize,
    };
    if let Some(pair) = rotation.steps.windows(2).find(|pair| rank(pair[0].phase) > rank(pair[1].phase)) {
        let (before, after) = (pair[0].phase.as_str(), pair[1].phase.as_str());
        let order = if rotation.revoke_first.is_some() { "revoke, create, deploy, verify" } else { "create, deploy, revoke, verify" };
        let remedy = "write a phase down, as in `- deploy: …`, or say under `rotation.revoke_first` why the exposed one goes first";
        found
            .push(format!("the step `{}` is for {after} and stands behind one for {before}; the order is {order}: {remedy}", pair[1].text));
    }
    if rotation.revoke_first.is_some() && rotation.steps.first().is_some_and(|step| step.phase != Phase::Revoke) {
        found.push("`rotation.revoke_first` is there, and the first step revokes nothing".to_owned());
    }
    for step in rotation.steps.iter() {
        if step.text.trim().is_empty() {
            found.push("a step of `rotation.steps` is empty".to_owned());
        }
        found.extend(step.command.iter().flat_map(|command| command_problems(command)));
    }
    found
}

#[cfg(test)]
#[path = "phases_tests.rs"]
mod tests;
