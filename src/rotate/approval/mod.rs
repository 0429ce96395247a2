//! Who has to agree before a secret is rotated: the owners of what it stands in, and not whoever leaked it.
//!
//! Owners are looked up when an event is enqueued, where the repository is at hand ([`owners`]), and are kept with the exposure. Whether somebody
//! may approve is judged later ([`may`]), with what the rotation configuration says of teams and of the default owner by then. Who somebody is
//! cannot be proven here: a name is a claim, and the audit log says who claimed it from where.

mod judge;
mod lookup;
mod report;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::owners::Person;

pub use judge::{four_eyes, may, told};
pub use lookup::{How, owners};
pub use report::{Asked, Place, asked};

/// Most owners of one secret.
const MOST_OWNERS: usize = 50;
/// Most names of those who leaked one secret.
const MOST_LEAKERS: usize = 100;
/// Longest name or reason that is kept, in characters.
const LONGEST: usize = 200;

/// By what somebody owns a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The file `CODEOWNERS` of HEAD says so.
    Codeowners,
    /// Last changed the line.
    Blame,
}

/// An owner of a place where a secret stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// `@user`, `@org/team` or an e-mail address.
    pub name: String,
    /// By what.
    pub basis: Basis,
    /// The same for people: a line of a file, or a commit.
    pub because: String,
}

/// Somebody who leaked a secret, by one of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaker {
    /// The name; may be empty.
    pub name: String,
    /// The e-mail address; may be empty.
    pub email: String,
}

impl Leaker {
    fn person(&self) -> Person {
        Person { name: self.name.clone(), email: self.email.clone() }
    }
}

/// Who owns a secret, and who leaked it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// Owners of all places where it stands: those of `CODEOWNERS` first, then who last changed the line.
    pub owners: Vec<Owner>,
    /// All names of whoever committed it.
    pub leakers: Vec<Leaker>,
    /// What is not known, and why.
    pub notes: Vec<String>,
}

impl Ownership {
    /// Nobody is known, because of this.
    pub fn unknown(why: &str) -> Self {
        let mut own = Self::default();
        own.note(why);
        own
    }

    /// As it is kept with an exposure.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was kept; nobody where that does not read.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::unknown("what is kept of its owners does not read"))
    }

    fn owner(&mut self, name: &str, basis: Basis, because: &str) {
        let name = cut(name);
        let is_known = self.owners.iter().any(|owner| owner.name.eq_ignore_ascii_case(&name));
        if !name.is_empty() && !is_known && self.owners.len() < MOST_OWNERS {
            self.owners.push(Owner { name, basis, because: cut(because) });
        }
    }

    fn leaker(&mut self, person: &Person) {
        let leaker = Leaker { name: cut(&person.name), email: cut(&person.email) };
        let is_nobody = leaker.name.is_empty() && leaker.email.is_empty();
        if !is_nobody && !self.leakers.contains(&leaker) && self.leakers.len() < MOST_LEAKERS {
            self.leakers.push(leaker);
        }
    }

    fn note(&mut self, why: &str) {
        let why = cut(why);
        if !self.notes.contains(&why) && self.notes.len() < 10 {
            self.notes.push(why);
        }
    }
}

/// Who owns which secret, by fingerprint.
#[derive(Clone, Debug, Default)]
pub struct Ownerships(HashMap<String, Ownership>);

impl Ownerships {
    /// Who owns the secret with this fingerprint, as far as it was asked.
    pub fn of(&self, fingerprint: &str) -> Option<&Ownership> {
        self.0.get(fingerprint)
    }

    /// Of each of `asked` nothing is known, because of this; but for what the report itself says of who leaked it.
    pub fn unknown(asked: &[Asked], why: &str) -> Self {
        let one = |asked: &Asked| {
            let mut own = Ownership::unknown(why);
            asked.first.iter().for_each(|person| own.leaker(person));
            (asked.fingerprint.clone(), own)
        };
        Self(asked.iter().map(one).collect())
    }
}

/// Foreign text: its beginning, without control characters.
fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>().trim().to_owned()
}
