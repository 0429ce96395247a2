//! One secret of one rule, with all its places, and the words for judging it.
//!
//! Knows nothing of where bytes come from, how they were matched or how a report looks.

mod confidence;
mod evidence;
mod exposure;
mod facts;
mod fingerprint;
mod identity;
mod location;
mod phase;
mod playbook;
mod severity;
mod sharing;
mod status;
mod suppression;
mod threshold;
mod withheld;

pub use confidence::Confidence;
pub use evidence::Evidence;
pub use exposure::{CommitInfo, Exposure, Reach, RefKind, RefName, Unlisted};
pub use facts::FACTS;
pub use fingerprint::{Fingerprint, FingerprintKey};
pub use identity::Identity;
pub use location::{Location, LocationKind, Snippet};
pub use phase::Phase;
pub use playbook::{Playbook, Step};
pub use severity::Severity;
pub use sharing::{Sharing, Surroundings};
pub use status::{Status, StatusState};
pub use suppression::{ForeignMarker, Marker, Suppression, SuppressionKind};
pub use threshold::Threshold;
pub use withheld::Withheld;

use std::cmp::{Ordering, Reverse};

use crate::secret::Secret;

/// What a finding is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// A credential.
    #[default]
    Secret,
    /// A file that git stores and should not, whatever stands in it. What stands for the secret is its path from the top of its repository.
    File,
    /// That a credential which other findings are about stands in places of several environments.
    Sharing,
}

/// One secret that one rule found, with every place where it was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Names the secret across moves, rebases and re-indentation; see [`Fingerprint`].
    pub fingerprint: Fingerprint,
    /// What it is about.
    pub subject: Subject,
    /// Which rule found it.
    pub rule: RuleRef,
    /// How much its holder can do.
    pub severity: Severity,
    /// How sure it is that this is a live-looking credential.
    pub confidence: Confidence,
    /// Why the confidence is what it is, strongest first.
    pub evidence: Vec<Evidence>,
    /// Open, or why not.
    pub status: Status,
    /// The credential itself, or what stands for it.
    pub secret: Secret,
    /// The bytes by which the secret stands where it is encoded, each once: nobody may see those either.
    pub written: Vec<Secret>,
    /// The secret as it may be shown; for a file its name.
    pub masked: String,
    /// What the credential says about itself without asking anyone.
    pub identity: Identity,
    /// All places, sorted by path, then offset. Never empty.
    pub locations: Vec<Location>,
    /// Since when and where it stands in the history of a repository; none where no history was looked at.
    pub exposure: Option<Exposure>,
    /// For [`Subject::Sharing`] what shares it.
    pub sharing: Option<Sharing>,
    /// What to do about it.
    pub remediation: Remediation,
}

impl Finding {
    /// The order of a report: worst and surest first, then by place.
    pub fn order(&self, other: &Self) -> Ordering {
        let rank = |finding: &Self| (Reverse(finding.severity), Reverse(finding.confidence));
        rank(self).cmp(&rank(other)).then_with(|| self.locations.cmp(&other.locations)).then_with(|| self.rule.id.cmp(&other.rule.id))
    }

    /// Whether it was found in a history: what only that holds is in no file. Told by its places, which a report has in any detail.
    pub fn is_of_history(&self) -> bool {
        use LocationKind::{Blob, CommitMessage, Note, Person, TagMessage};
        let of_history = |kind| matches!(kind, Blob | CommitMessage | Note | Person | TagMessage);
        self.locations.iter().any(|place| place.commit.is_some() || of_history(place.kind))
    }

    /// The secret, and the other bytes by which it stands somewhere. None of a file: its path is no secret.
    pub fn spellings(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.secret).chain(&self.written).filter(|_| self.subject != Subject::File)
    }
}

/// The rule of a finding, as far as a report names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct RuleRef {
    /// `<provider slug>.<kind>`.
    pub id: String,
    /// Name for people, such as `GitHub personal access token (classic)`.
    pub name: String,
    /// Who issues the credential, such as `GitHub`.
    pub provider: String,
    /// What the credential is and what its holder can do; one or two sentences.
    pub description: String,
}

/// How to get rid of an exposed credential.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Remediation {
    /// The provider's page for rotating or revoking, if it has one.
    pub url: Option<String>,
    /// Steps in order, imperative sentences.
    pub steps: Vec<String>,
    /// Where the facts come from.
    pub references: Vec<String>,
    /// The steps with their phases and commands, and what fails meanwhile.
    pub playbook: Playbook,
}
