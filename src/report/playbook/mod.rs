//! A playbook filled with what a finding knows, for people and for machines.
//!
//! Whatever a finding knows was written by others, so a value stands in a command only if no shell gives any of its characters a meaning;
//! otherwise the blank stays. Knows no rules beyond what the finding carries, and does no I/O.

mod defaults;
mod fill;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{escape, place};
use crate::finding::{Finding, Phase, Playbook, RuleRef, Severity, Step, Subject};
use fill::{BLANK_SECRET, blanks};

/// A playbook that can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// In the order in which they are done.
    pub steps: Vec<FilledStep>,
    /// What stops working meanwhile, and who notices. Empty where nothing does, or nobody said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub breaks: String,
    /// Why the exposed one is revoked before there is a new one, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke_first: Option<String>,
}

/// A step of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilledStep {
    /// What it is for.
    pub phase: Phase,
    /// What to do.
    pub text: String,
    /// Commands for a POSIX shell, one a line. What is not known stands in them in capitals; the secret never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The same with `{fact}` where a fact was filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Whether it can be taken back, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversible: Option<bool>,
    /// Whether it is none of the rule's, but one that follows from the finding.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
}

impl Filled {
    /// That of `finding`: with what its identity says, and with steps for the phases that its rule is silent about.
    pub fn of(finding: &Finding) -> Self {
        let playbook = &finding.remediation.playbook;
        Self::with(playbook, |name| finding.identity.get(name)).and(defaults::steps(finding))
    }

    /// That of a rule which finds `subject`, and whose provider has its page at `url`; no finding is known, and every fact is a blank.
    pub fn blank(playbook: &Playbook, url: Option<&str>, subject: Subject) -> Self {
        Self::with(playbook, |_| None).and(defaults::missing(playbook, url, subject, &[]))
    }

    /// With further steps, each in its place.
    fn and(mut self, further: Vec<FilledStep>) -> Self {
        self.steps.extend(further);
        let is_revoked_first = self.revoke_first.is_some();
        self.steps.sort_by_key(|step| match step.phase {
            Phase::Revoke if is_revoked_first => 0,
            phase => 1 + phase as usize,
        });
        self
    }

    fn with<'v>(playbook: &Playbook, fact: impl Fn(&str) -> Option<&'v str>) -> Self {
        let step = |step: &Step| {
            let command = step.command.as_deref().map(|command| lines(&fill::command(command, &fact)));
            let template = step.command.as_deref().map(lines).filter(|template| Some(template) != command.as_ref());
            FilledStep {
                phase: step.phase,
                text: escape::text(&step.text).into_owned(),
                command,
                template,
                reversible: step.reversible,
                added: false,
            }
        };
        Self {
            steps: playbook.steps.iter().map(step).collect(),
            breaks: escape::text(&playbook.breaks).into_owned(),
            revoke_first: playbook.revoke_first.as_deref().map(|why| escape::text(why).into_owned()),
        }
    }

    /// The steps of each phase, in the order in which they are done.
    pub fn phases(&self) -> Vec<(Phase, Vec<&FilledStep>)> {
        let mut phases: Vec<(Phase, Vec<&FilledStep>)> = Vec::new();
        for step in &self.steps {
            match phases.last_mut() {
                Some((phase, steps)) if *phase == step.phase => steps.push(step),
                _ => phases.push((step.phase, vec![step])),
            }
        }
        phases
    }

    /// Every command.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| step.command.as_deref())
    }
}

/// `text` with its line ends, and with everything else in it escaped that does not show itself.
pub fn lines(text: &str) -> String {
    text.split('\n').map(escape::text).collect::<Vec<_>>().join("\n")
}

/// What of a step can be taken back.
pub fn undo(step: &FilledStep) -> Option<&'static str> {
    Some(if step.reversible? { "can be undone" } else { "cannot be undone" })
}

/// A playbook as a document of its own.
#[derive(Serialize)]
pub struct Document<'a> {
    rule: &'a RuleRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    identity: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(flatten)]
    filled: &'a Filled,
}

impl<'a> Document<'a> {
    /// That of `filled`.
    pub fn of(about: About<'a>, filled: &'a Filled) -> Self {
        let finding = about.finding;
        Self {
            rule: about.rule,
            fingerprint: finding.map(|finding| finding.fingerprint.as_str()),
            severity: finding.map(|finding| finding.severity),
            identity: finding.iter().flat_map(|finding| finding.identity.iter()).collect(),
            places: finding.iter().flat_map(|finding| finding.locations.iter().map(place::words)).collect(),
            url: about.url,
            filled,
        }
    }
}

pub use text::{About, fenced, markdown, spans, terminal};

#[cfg(test)]
mod tests;
