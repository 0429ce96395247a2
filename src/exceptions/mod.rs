//! Findings that do not count: who excepted what, why and until when.
//!
//! An exception never keeps anything from being found. It is held against the findings of a finished scan ([`matching`]), where it covers places;
//! a finding all of whose places are covered is suppressed, which is said with the reason. Knows nothing of where bytes come from, of files of
//! exceptions on disk, or of output.

mod approval;
pub mod baseline;
mod day;
mod exception;
pub mod foreign;
mod glob;
pub mod inline;
mod matching;
#[cfg(test)]
mod matching_tests;
mod policy;

pub use approval::{Approvals, Hand, Lookup, Written};
pub use day::{Day, NoDay};
pub use exception::{Exception, ExceptionEntry, InvalidException, LONGEST_TERM, Origin, Terms};
pub use glob::{Glob, LONGEST as LONGEST_GLOB};
pub use matching::{Matching, Scene};
pub use policy::Policy;

use baseline::Baseline;

/// Everything that is excepted in a scan.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// What people wrote down.
    pub listed: Vec<Exception>,
    /// Comments for other scanners count as well.
    pub honor_foreign: bool,
    /// What is asked of those, and of comments in the scanned text.
    pub policy: Policy,
    /// What is known of those who approve. Without it nothing is approved.
    pub approvals: Lookup,
    /// What was known when the baseline was made, and the name of its file.
    pub baseline: Option<(Baseline, String)>,
}

/// Which list an exception is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Written down by people.
    Listed,
    /// Part of the baseline.
    Baseline,
    /// A comment in the scanned text.
    Comment,
}

/// What became of an exception in a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionUse {
    /// Which list it is in.
    pub source: Source,
    /// What it is bound to, in words.
    pub subject: String,
    /// Where it is written down.
    pub origin: Origin,
    /// What people say of it.
    pub terms: Terms,
    /// Whether it counts.
    pub standing: Standing,
    /// Whether there is a place in the scan that it is about.
    pub is_used: bool,
}

/// Whether an exception counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    InForce,
    /// Its last day has passed.
    Expired,
    /// The policy asks for more. In words that follow "it".
    Refused(String),
    /// For some of the places that it is about, the policy asks for more. In words that follow "it".
    Partly(String),
}

impl Standing {
    /// What is asked for and not there.
    pub fn words(&self) -> Option<&String> {
        match self {
            Self::Refused(why) | Self::Partly(why) => Some(why),
            Self::InForce | Self::Expired => None,
        }
    }

    /// The same, to be changed.
    pub fn words_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Refused(why) | Self::Partly(why) => Some(why),
            Self::InForce | Self::Expired => None,
        }
    }
}

impl Exceptions {
    /// What keeps listed exception number `at` from being approved anywhere, in words that follow "it"; none if nothing does, or it need not be.
    fn unapproved(&self, at: usize) -> Option<String> {
        let approver = self.listed[at].terms.approved_by.as_deref().filter(|_| self.policy.require_approval)?;
        match self.approvals.get() {
            Some(approvals) => approvals.refusal(at, approver),
            None => Some("was approved, but nobody looked by whom and of what".to_owned()),
        }
    }
}

impl ExceptionUse {
    /// Why it does not count, in words that follow its place; none if it does.
    pub fn complaint(&self) -> Option<String> {
        match &self.standing {
            Standing::InForce => None,
            Standing::Expired => {
                let day = self.terms.expires.map(|day| format!(" on {day}")).unwrap_or_default();
                Some(format!("the exception for {} expired{day} and hides nothing", self.subject))
            }
            Standing::Refused(why) => Some(format!("the exception for {} hides nothing: it {why}", self.subject)),
            Standing::Partly(why) => Some(format!("the exception for {} does not count everywhere: it {why}", self.subject)),
        }
    }
}
