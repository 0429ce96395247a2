//! What is to be done, as data: secrets, refs that hold them, commands, and what no command can do.

use std::path::Path;

use serde::Serialize;

use super::forms::LEAST_BYTES;
use super::measure::{Counts, Measured};
use super::notes::notes;
use super::steps::{self, Step};
use crate::coverage::Gap;
use crate::finding::{Finding, RefKind, RefName};
use crate::report::escaped;
use crate::source::history::layout::Layout;

/// Secrets of less bytes may be words.
pub(super) const LEAST_DISTINCTIVE_BYTES: usize = 16;

/// Everything that a person needs to know to purge secrets from a history. Holds no secret.
#[derive(Clone, Debug, Serialize)]
pub struct PurgePlan {
    /// 1.
    pub version: u32,
    /// Version of keysieve.
    pub keysieve: &'static str,
    /// Where the repository is.
    pub repository: String,
    /// What is to be removed.
    pub secrets: Vec<PlannedSecret>,
    /// Fingerprints that were asked for and that nothing in the repository has.
    pub not_found: Vec<String>,
    /// Every ref through which a secret can be reached, in any form, sorted.
    pub refs: Vec<RefName>,
    /// Those of them that a push leaves at the host.
    pub out_of_reach: Vec<RefName>,
    /// Rewrite the history.
    pub rewrite: Vec<Step>,
    /// Clean up where that was done, and in every clone.
    pub clean: Vec<Step>,
    /// Send it to the remotes.
    pub push: Vec<Step>,
    /// Prove it.
    pub verify: Step,
    /// What is special about this repository; one sentence each.
    pub notes: Vec<String>,
    /// Ids of the blobs that hold a secret, sorted: some hosts remove blobs by id.
    pub blobs: Vec<String>,
    /// Objects that were read.
    pub objects: u64,
    /// Why the plan may miss something. Not empty means: it is incomplete.
    pub incomplete: Vec<Gap>,
}

/// One secret of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedSecret {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The rule that found it.
    pub rule: String,
    /// The rule's name for people.
    pub name: String,
    /// The secret as it may be shown.
    pub masked: String,
    /// The provider's page for rotating it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_url: Option<String>,
    /// How to rotate it.
    pub rotation: Vec<String>,
    /// Each form in which it stands in the repository, and where.
    pub forms: Vec<(String, Counts)>,
    /// Refs whose own commit holds it, sorted.
    pub held_by: Vec<RefName>,
    /// Refs through whose history it can be reached, sorted.
    pub reachable_from: Vec<RefName>,
    /// Whether the replace-text file has no line for it.
    pub left_out: bool,
    /// What speaks against replacing it everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
}

/// What speaks against replacing a secret wherever its bytes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// It is so short that it stands in other text by chance.
    TooShort,
    /// It stands inside of longer words: so often.
    InsideWords(u64),
    /// It is a word, and stands in so many blobs where it is no credential.
    Word(u64),
    /// It is short, and stands in so many blobs where nothing says that it is a credential.
    Elsewhere(u64),
}

impl Risk {
    /// Whether the replace-text file has no line for it.
    pub fn is_left_out(self) -> bool {
        !matches!(self, Self::Elsewhere(_))
    }

    /// In words.
    pub fn sentence(self) -> String {
        match self {
            Self::TooShort => format!("It has less than {LEAST_BYTES} bytes and stands in other text by chance."),
            Self::InsideWords(count) => format!("It stands {count} times inside of a longer word, which would be destroyed."),
            Self::Word(blobs) => format!("It is a plain word and stands in {blobs} more blobs where it is no credential."),
            Self::Elsewhere(blobs) => {
                format!("It also stands in {blobs} blobs where nothing says that it is a credential, and is replaced there as well.")
            }
        }
    }
}

/// Plans the purge of `findings`, of which `measured` tells where they stand. `folder` is where the plan's files will be.
pub fn plan(findings: &[Finding], measured: &Measured, layout: &Layout, folder: &Path, not_found: Vec<String>) -> PurgePlan {
    let names = RefNames { measured };
    let secrets: Vec<PlannedSecret> = findings.iter().enumerate().map(|(at, finding)| names.secret(at, finding)).collect();
    let refs = names.shown(&measured.refs);
    let left_out = left_out(&secrets);
    let mut needs = Counts::default();
    measured.written(&left_out).for_each(|one| needs.absorb(one.counts));
    let is_kept = |name: &&RefName| name.kind == RefKind::Pull;
    let quoted = |path: &Path| steps::quoted(&path.to_string_lossy());
    let place = layout.top.as_ref().unwrap_or(&layout.common_dir);
    let verify = format!("keysieve purge-plan {} --verify --out {}", quoted(place), quoted(folder));
    PurgePlan {
        version: 1,
        keysieve: env!("CARGO_PKG_VERSION"),
        repository: place.to_string_lossy().into_owned(),
        not_found,
        out_of_reach: refs.iter().filter(is_kept).cloned().collect(),
        rewrite: steps::rewrite(layout, folder, needs),
        clean: steps::clean(layout),
        push: steps::push(layout, &names.plain(&measured.refs)),
        verify: Step::new("Reads every object and looks for every line of the file.", verify),
        notes: notes(layout, &measured.refs, measured.refs.iter().any(|name| names.holds(&name.name))),
        blobs: measured.blobs.clone(),
        objects: measured.objects,
        incomplete: measured.incomplete.clone(),
        secrets,
        refs,
    }
}

fn left_out(secrets: &[PlannedSecret]) -> Vec<usize> {
    secrets.iter().enumerate().filter(|(_, secret)| secret.left_out).map(|(at, _)| at).collect()
}

impl PurgePlan {
    /// Positions of the secrets that get no line in the replace-text file.
    pub fn left_out(&self) -> Vec<usize> {
        left_out(&self.secrets)
    }
}

/// Names of refs are foreign text and may hold a secret themselves.
struct RefNames<'m> {
    measured: &'m Measured,
}

impl RefNames<'_> {
    fn holds(&self, name: &str) -> bool {
        self.measured.forms.iter().any(|one| memchr::memmem::find(name.as_bytes(), one.form.bytes.expose()).is_some())
    }

    /// As they may be shown.
    fn shown(&self, names: &[RefName]) -> Vec<RefName> {
        let shown = |name: &RefName| {
            let hidden = "(a ref with a secret in its name)".to_owned();
            let shown = if self.holds(&name.name) { hidden } else { escaped(&name.name).into_owned() };
            RefName { kind: name.kind, name: shown }
        };
        names.iter().map(shown).collect()
    }

    /// Those that a command may name: they show themselves, and hold no secret.
    fn plain(&self, names: &[RefName]) -> Vec<RefName> {
        names.iter().filter(|name| !self.holds(&name.name) && escaped(&name.name) == name.name).cloned().collect()
    }

    fn secret(&self, at: usize, finding: &Finding) -> PlannedSecret {
        let exposure = finding.exposure.as_ref();
        let own = self.measured.forms.iter().filter(|one| one.secrets.contains(&at));
        let mut forms: Vec<(String, Counts)> = Vec::new();
        for one in own {
            match forms.iter_mut().find(|(how, _)| *how == one.form.how) {
                Some((_, counts)) => counts.absorb(one.counts),
                None => forms.push((one.form.how.clone(), one.counts)),
            }
        }
        let risk = self.risk(at, finding);
        PlannedSecret {
            fingerprint: finding.fingerprint.to_string(),
            rule: finding.rule.id.clone(),
            name: finding.rule.name.clone(),
            masked: finding.masked.clone(),
            rotation_url: finding.remediation.url.clone(),
            rotation: finding.remediation.steps.clone(),
            forms,
            held_by: exposure.map_or_else(Vec::new, |exposure| self.shown(&exposure.held_by)),
            reachable_from: exposure.map_or_else(Vec::new, |exposure| self.shown(&exposure.reachable_from)),
            left_out: risk.is_some_and(Risk::is_left_out),
            risk,
        }
    }

    fn risk(&self, at: usize, finding: &Finding) -> Option<Risk> {
        let secret = finding.secret.expose();
        if secret.len() < LEAST_BYTES {
            return Some(Risk::TooShort);
        }
        if secret.len() >= LEAST_DISTINCTIVE_BYTES {
            return None;
        }
        let inside = self.measured.forms.iter().filter(|one| one.form.bytes.expose() == secret).map(|one| one.inside_words).sum();
        let known = finding.exposure.as_ref().map_or(0, |exposure| exposure.blobs);
        let elsewhere = self.measured.plain_blobs[at].saturating_sub(known);
        let is_word = secret.iter().all(u8::is_ascii_lowercase) || secret.iter().all(u8::is_ascii_alphabetic);
        match (inside, elsewhere) {
            (1.., _) => Some(Risk::InsideWords(inside)),
            (0, 1..) if is_word => Some(Risk::Word(elsewhere)),
            (0, 1..) => Some(Risk::Elsewhere(elsewhere)),
            (0, 0) => None,
        }
    }
}
