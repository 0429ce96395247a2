//! Secrets of a history as they are counted: each once, with the objects that hold it.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::detect::Match;
use crate::finding::{Confidence, Evidence, Identity};
use crate::rules::RuleIndex;
use crate::secret::Secret;
use crate::source::HistoryPart;
use crate::source::history::names::Name;

/// Where in a history a secret stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder {
    /// Number of the blob, commit or tag. For a name: that name's number.
    pub object: u32,
    /// What of it holds the secret.
    pub part: HistoryPart,
    /// Under which name a blob was looked at; none for what has no name.
    pub name: Option<Name>,
}

/// One secret of one rule.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which rule saw it.
    pub rule: RuleIndex,
    /// The credential.
    pub secret: Secret,
    /// The credential as it may be shown.
    pub masked: String,
    /// How sure, where it is surest.
    pub confidence: Confidence,
    /// Why, there.
    pub evidence: Vec<Evidence>,
    /// What it says about itself.
    pub identity: Identity,
    /// Which object that is, by its id: numbers change with what else is stored.
    best: Vec<u8>,
    /// Everything that holds it, sorted once all is seen.
    pub holders: Vec<Holder>,
}

/// All secrets seen so far.
#[derive(Debug, Default)]
pub struct Tally(HashMap<(RuleIndex, [u8; 32]), Seen>);

impl Tally {
    /// Counts a match in `text`, which `holder` holds; `id` are the bytes of its id.
    pub fn add(&mut self, found: &Match, text: &[u8], holder: Holder, id: &[u8]) {
        let secret = found.secret.of(text);
        let key = (found.rule, Sha256::digest(secret).into());
        let seen = self.0.entry(key).or_insert_with(|| {
            let secret = Secret::new(secret);
            Seen {
                rule: found.rule,
                masked: secret.masked(found.public_prefix),
                secret,
                confidence: found.confidence,
                evidence: found.evidence.clone(),
                identity: found.identity.clone(),
                best: id.to_vec(),
                holders: Vec::new(),
            }
        });
        if (found.confidence, std::cmp::Reverse(id)) > (seen.confidence, std::cmp::Reverse(&seen.best)) {
            seen.confidence = found.confidence;
            seen.evidence.clone_from(&found.evidence);
            seen.identity = found.identity.clone();
            seen.best = id.to_vec();
        }
        if seen.holders.last() != Some(&holder) {
            seen.holders.push(holder);
        }
    }

    /// Takes in what another thread counted.
    pub fn absorb(&mut self, other: Self) {
        for (key, theirs) in other.0 {
            match self.0.entry(key) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(theirs);
                }
                std::collections::hash_map::Entry::Occupied(mut ours) => ours.get_mut().absorb(theirs),
            }
        }
    }

    /// All secrets with sorted holders, in no order.
    pub fn into_seen(self) -> Vec<Seen> {
        let mut all: Vec<Seen> = self.0.into_values().collect();
        for seen in &mut all {
            seen.holders.sort_unstable();
            seen.holders.dedup();
        }
        all
    }
}

impl Seen {
    fn absorb(&mut self, theirs: Self) {
        if (theirs.confidence, std::cmp::Reverse(&theirs.best)) > (self.confidence, std::cmp::Reverse(&self.best)) {
            self.confidence = theirs.confidence;
            self.evidence = theirs.evidence;
            self.identity = theirs.identity;
            self.best = theirs.best;
        }
        self.holders.extend(theirs.holders);
    }
}
