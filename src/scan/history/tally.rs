//! Secrets of a history as they are counted: each once, with the objects that hold it.

use std::cmp::Reverse;
use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::cache::KnownSeen;
use crate::detect::Match;
use crate::finding::{Confidence, Evidence, Identity};
use crate::location::ByteSpan;
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

/// Which text of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOf {
    /// A blob as it stands, or a name.
    Whole,
    /// What a blob in UTF-16 or UTF-32 says.
    Decoded,
    /// The author's or tagger's name and e-mail.
    Author,
    /// The committer's name and e-mail.
    Committer,
    /// The message.
    Message,
    /// Further lines of the header.
    Header,
}

/// Where exactly a secret was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The object, and as what.
    pub holder: Holder,
    /// Which of its texts.
    pub text: TextOf,
    /// Where in that text, in bytes.
    pub span: ByteSpan,
    /// Whether the bytes there are not the secret itself but stand for it.
    pub is_encoded: bool,
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
    /// Where that is, and the id of the object there: numbers change with what else is stored.
    pub best: (Vec<u8>, Place),
    /// Everything that holds it, sorted once all is seen.
    pub holders: Vec<Holder>,
}

/// All secrets seen so far.
#[derive(Debug, Default)]
pub struct Tally(HashMap<(RuleIndex, [u8; 32]), Seen>);

impl Tally {
    /// Counts a match in the bytes `text`, a text of `holder`; `id` are the bytes of its id.
    pub fn add(&mut self, found: &Match, text: &[u8], holder: Holder, of: TextOf, id: &[u8]) {
        let secret = found.secret_in(text);
        let place = Place { holder, text: of, span: found.secret, is_encoded: found.encoded.is_some() };
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
                best: (id.to_vec(), place),
                holders: Vec::new(),
            }
        });
        if (found.confidence, Reverse(id)) > (seen.confidence, Reverse(seen.best.0.as_slice())) {
            seen.confidence = found.confidence;
            seen.evidence.clone_from(&found.evidence);
            seen.identity = found.identity.clone();
            seen.best = (id.to_vec(), place);
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

    /// All secrets, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.0.values()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some secret stands in `text`. The shortest are words, and are in everything.
    pub fn is_part_of(&self, text: &[u8]) -> bool {
        const SHORTEST: usize = 6;
        let secrets = self.0.values().map(|seen| seen.secret.expose()).filter(|secret| secret.len() >= SHORTEST);
        // Too many for one automaton is too many to be sure.
        aho_corasick::AhoCorasick::new(secrets).map_or(true, |secrets| secrets.is_match(text))
    }

    /// Takes in one secret that is known from before.
    pub fn take(&mut self, seen: Seen) {
        let key = (seen.rule, Sha256::digest(seen.secret.expose()).into());
        self.absorb(Self(HashMap::from([(key, seen)])));
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
    /// A secret that stands in `holders`, for tests of what follows from that.
    #[cfg(test)]
    pub(crate) fn held_by(holders: Vec<Holder>) -> Self {
        let place = Place { holder: holders[0], text: TextOf::Whole, span: ByteSpan::new(0, 6), is_encoded: false };
        Self {
            rule: RuleIndex(0),
            secret: Secret::new(b"secret"),
            masked: String::new(),
            confidence: Confidence::High,
            evidence: Vec::new(),
            identity: Identity::default(),
            best: (Vec::new(), place),
            holders,
        }
    }

    /// What of it may be kept.
    pub fn without_secret(&self) -> KnownSeen {
        let holders = self.holders.iter().filter(|holder| holder.part != HistoryPart::FileName).copied().collect();
        KnownSeen { rule: self.rule, confidence: self.confidence, best: self.best.1, holders }
    }

    fn absorb(&mut self, theirs: Self) {
        if (theirs.confidence, Reverse(&theirs.best.0)) > (self.confidence, Reverse(&self.best.0)) {
            self.confidence = theirs.confidence;
            self.evidence = theirs.evidence;
            self.identity = theirs.identity;
            self.best = theirs.best;
        }
        self.holders.extend(theirs.holders);
    }
}
