//! Which forms of which secrets stand in a repository, where and how often: every line of the replace-text file is tested before it is written.

use std::collections::{BTreeMap, BTreeSet};

use super::forms::{Form, forms};
use super::lines;
use crate::coverage::Gap;
use crate::enrich;
use crate::finding::{Finding, RefName};
use crate::scan::Counters;
use crate::scan::history::{Hit, Needle, Search, Searching, search};
use crate::secret::Secret;
use crate::source::history::History;
use crate::source::history::graph::Bits;
use crate::source::{HistoryPart, SourceError};

/// How many objects hold something, by what of them does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Blobs that are text.
    pub text_blobs: u64,
    /// Blobs with a NUL near their beginning: git-filter-repo leaves them alone unless told otherwise.
    pub binary_blobs: u64,
    /// Messages of commits and tags.
    pub messages: u64,
    /// Headers of commits and tags, where people are named.
    pub people: u64,
    /// Trees in which a file or folder is called so.
    pub names: u64,
}

/// One form that stands in the repository.
#[derive(Clone, Debug)]
pub struct FormCount {
    /// Positions of the secrets that it is a form of: a key and the same key with escaped line ends are two.
    pub secrets: Vec<usize>,
    /// The form.
    pub form: Form,
    /// Where.
    pub counts: Counts,
    /// How often a letter or digit stands right beside it.
    pub inside_words: u64,
}

/// What was measured.
pub struct Measured {
    /// Every form that stands somewhere, in the order in which they are replaced: the longest first.
    pub forms: Vec<FormCount>,
    /// By position of the secret: blobs in which it stands as it is or in another character encoding.
    pub plain_blobs: Vec<u64>,
    /// Refs through which any form can be reached, sorted.
    pub refs: Vec<RefName>,
    /// Ids in hex of the blobs that hold any form, sorted.
    pub blobs: Vec<String>,
    /// Objects that were read.
    pub objects: u64,
    /// What could not be read.
    pub incomplete: Vec<Gap>,
}

/// Looks for every form of the secrets of `findings` in every object of `history`.
///
/// # Errors
/// No threads can be started, or the secrets are too many.
pub fn measure(history: &mut History, findings: &[Finding], how: &Searching, counters: &Counters) -> Result<Measured, SourceError> {
    let candidates = candidates(findings);
    let needles: Vec<Needle> = candidates.iter().map(|one| Needle { bytes: one.form.bytes.clone(), unit: one.form.unit.bytes }).collect();
    let Search { scan, hits } = search(history, &needles, how, counters)?;
    let mut objects = Bits::new(history.store.ids.len());
    for hit in &hits {
        objects.insert(hit.object);
    }
    let plain_blobs = findings.iter().map(|finding| plain_blobs(&finding.secret, &candidates, &hits)).collect();
    let blobs: BTreeSet<String> = hits.iter().filter(|hit| hit.part == HistoryPart::Blob).map(|hit| history.hex(hit.object)).collect();
    Ok(Measured {
        forms: counted(candidates, &hits),
        plain_blobs,
        refs: enrich::reaching(history, &scan.graph, &objects),
        blobs: blobs.into_iter().collect(),
        objects: scan.coverage.items,
        incomplete: scan.coverage.incomplete,
    })
}

/// Every form of every secret, each once, counted nowhere yet.
fn candidates(findings: &[Finding]) -> Vec<FormCount> {
    let mut known: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut list: Vec<FormCount> = Vec::new();
    for (secret, finding) in findings.iter().enumerate() {
        for form in forms(finding.secret.expose()) {
            let at = *known.entry(form.bytes.expose().to_vec()).or_insert(list.len());
            match list.get_mut(at) {
                Some(one) => one.secrets.push(secret),
                None => list.push(FormCount { secrets: vec![secret], form, counts: Counts::default(), inside_words: 0 }),
            }
        }
    }
    list
}

fn plain_blobs(secret: &Secret, candidates: &[FormCount], hits: &[Hit]) -> u64 {
    let wanted: Vec<Vec<u8>> = plain_forms(secret.expose()).into_iter().map(|form| form.bytes.expose().to_vec()).collect();
    let is_plain =
        |hit: &&Hit| hit.part == HistoryPart::Blob && wanted.iter().any(|bytes| bytes == candidates[hit.needle].form.bytes.expose());
    hits.iter().filter(is_plain).map(|hit| hit.object).collect::<BTreeSet<_>>().len() as u64
}

/// What a scan would have found, wherever it takes it for a credential.
fn plain_forms(secret: &[u8]) -> Vec<Form> {
    forms(secret).into_iter().filter(|form| form.unit.bytes > 1 || form.bytes.expose() == secret).collect()
}

/// Only what stands somewhere, the longest first: a shorter one may be a part of it.
fn counted(mut candidates: Vec<FormCount>, hits: &[Hit]) -> Vec<FormCount> {
    for hit in hits {
        let one = &mut candidates[hit.needle];
        one.inside_words += hit.inside_words;
        let counts = &mut one.counts;
        *match hit.part {
            HistoryPart::Blob | HistoryPart::SymlinkTarget | HistoryPart::Note if hit.is_binary => &mut counts.binary_blobs,
            HistoryPart::Blob | HistoryPart::SymlinkTarget | HistoryPart::Note => &mut counts.text_blobs,
            HistoryPart::CommitMessage | HistoryPart::TagMessage => &mut counts.messages,
            HistoryPart::Person => &mut counts.people,
            HistoryPart::FileName => &mut counts.names,
        } += 1;
    }
    candidates.retain(|one| one.counts != Counts::default());
    candidates.sort_by(|a, b| {
        let (a, b) = (a.form.bytes.expose(), b.form.bytes.expose());
        b.len().cmp(&a.len()).then_with(|| a.cmp(b))
    });
    candidates
}

impl Counts {
    /// Adds those of another form.
    pub fn absorb(&mut self, other: Self) {
        self.text_blobs += other.text_blobs;
        self.binary_blobs += other.binary_blobs;
        self.messages += other.messages;
        self.people += other.people;
        self.names += other.names;
    }
}

impl Measured {
    /// The forms that get a line when the secrets at the positions of `left_out` get none.
    pub fn written<'m>(&'m self, left_out: &'m [usize]) -> impl Iterator<Item = &'m FormCount> {
        self.forms.iter().filter(|one| one.secrets.iter().any(|secret| !left_out.contains(secret)))
    }

    /// The replace-text file. It holds the secrets: whoever writes it says so. Secrets at the positions of `left_out` have no line.
    pub fn replace_text(&self, left_out: &[usize]) -> zeroize::Zeroizing<Vec<u8>> {
        let mut file = zeroize::Zeroizing::new(Vec::new());
        let written: Vec<&FormCount> = self.written(left_out).collect();
        for (at, one) in written.iter().enumerate() {
            let own = one.form.bytes.expose();
            // Literals are replaced before patterns; one that is a part of a pattern's text would leave the rest of it standing.
            let is_part = |longer: &&FormCount| memchr::memmem::find(longer.form.bytes.expose(), own).is_some();
            let mut longer = written[..at].iter().copied();
            let as_pattern = longer.any(|longer| lines::is_pattern(&longer.form) && is_part(&longer));
            let line = zeroize::Zeroizing::new(lines::line(&one.form, as_pattern));
            file.extend_from_slice(&line);
        }
        file
    }
}
