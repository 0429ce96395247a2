//! People as git names them, and whether one of them is meant by a name in `CODEOWNERS`.
//!
//! Commits know names and e-mail addresses, owners are handles: nobody can tell from a repository who is who. So this goes by signs, and
//! takes every sign for a proof: it is asked in order to refuse.

use std::collections::BTreeSet;

/// Where git looks for other names of people, see `git help mailmap`.
pub const MAILMAP: &str = ".mailmap";
/// Most lines of it that are read.
const MOST_LINES: usize = 20_000;
/// How often names lead to further names.
const MOST_ROUNDS: usize = 4;

/// Somebody as a commit or a configuration of git names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The name; may be empty.
    pub name: String,
    /// The e-mail address; may be empty.
    pub email: String,
}

/// Who else somebody is, by `.mailmap`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailmap {
    /// Each line's people: one person by several names.
    lines: Vec<Vec<Person>>,
}

impl Mailmap {
    /// Reads the text of the file. Lines without an address are passed over.
    pub fn parse(text: &[u8]) -> Self {
        let lines = text.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
        let lines = lines.filter(|line| !line.trim_start().starts_with('#')).map(|line| line_people(&line));
        Self { lines: lines.filter(|people| !people.is_empty()).take(MOST_LINES).collect() }
    }

    /// Whether there is a sign that `approver`, `@handle` or an e-mail address, is `person`. Who is in a team nobody can tell: never.
    pub fn is_same(&self, approver: &str, person: &Person) -> bool {
        let approver = approver.trim();
        let own = match approver.strip_prefix('@') {
            Some(handle) if handle.contains('/') => return false,
            Some(handle) => Person { name: handle.to_owned(), email: String::new() },
            None => Person { name: String::new(), email: approver.to_owned() },
        };
        let words = |people: &[Person]| -> BTreeSet<String> { people.iter().flat_map(signs).collect() };
        let (own, other) = (words(&self.aliases(own)), words(&self.aliases(person.clone())));
        !own.is_disjoint(&other)
    }

    /// All names of one person, that one first.
    pub fn aliases(&self, person: Person) -> Vec<Person> {
        let mut known = vec![person];
        for _ in 0..MOST_ROUNDS {
            let before = known.len();
            for line in &self.lines {
                let is_met =
                    line.iter().any(|one| known.iter().any(|own| !own.email.is_empty() && own.email.eq_ignore_ascii_case(&one.email)));
                if is_met {
                    line.iter().for_each(|one| {
                        if !known.contains(one) {
                            known.push(one.clone());
                        }
                    });
                }
            }
            if known.len() == before {
                break;
            }
        }
        known
    }
}

/// `Name <a@b> Other Name <c@d>`: those who are one.
fn line_people(line: &str) -> Vec<Person> {
    let mut people = Vec::new();
    let mut rest = line;
    while let Some((name, behind)) = rest.split_once('<') {
        let Some((email, after)) = behind.split_once('>') else { break };
        people.push(Person { name: name.trim().to_owned(), email: email.trim().to_owned() });
        rest = after;
        if people.len() == 2 {
            break;
        }
    }
    people
}

/// What two people who are one have in common.
fn signs(person: &Person) -> Vec<String> {
    let email = person.email.trim().to_lowercase();
    let mut signs = vec![plain(&person.name)];
    if let Some((local, host)) = email.rsplit_once('@') {
        // GitHub: 12345+handle@users.noreply.github.com, GitLab: 12345-handle@users.noreply.gitlab.com. Other mail: name+folder.
        let is_noreply = host.starts_with("users.noreply.");
        let behind_id = local.split_once(['+', '-']).filter(|(id, _)| is_noreply && id.bytes().all(|byte| byte.is_ascii_digit()));
        let local = behind_id.map_or_else(|| local.split('+').next().unwrap_or(local), |(_, handle)| handle);
        signs.push(plain(local));
    }
    if !email.is_empty() {
        signs.push(format!("<{email}>"));
    }
    signs.retain(|sign| !sign.is_empty());
    signs
}

/// A name without what is only spelling.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, email: &str) -> Person {
        Person { name: name.to_owned(), email: email.to_owned() }
    }

    #[test]
    fn every_sign_counts() {
        let none = Mailmap::default();
        for (approver, name, email) in [
            ("ann@example.org", "A", "Ann@Example.ORG"),
            ("@ann", "A", "123+Ann@users.noreply.github.com"),
            ("@ann", "A", "ann@users.noreply.github.com"),
            ("@ann", "A", "77-ann@users.noreply.gitlab.com"),
            ("@ann", "A", "ann@example.org"),
            ("@ann", "A", "ann+git@example.org"),
            ("@Ann-Lee", "Ann Lee", "x@example.org"),
            ("@ann.lee", "A", "ann-lee@example.org"),
            ("ann@one.example", "A", "9+ann@users.noreply.github.com"),
        ] {
            assert!(none.is_same(approver, &person(name, email)), "{approver} {name} {email}");
        }
    }

    #[test]
    fn others_are_others() {
        let none = Mailmap::default();
        for (approver, name, email) in [
            ("@ann", "Bob", "bob@example.org"),
            ("ann@example.org", "Bob", "bob@example.org"),
            ("@org/ann", "ann", "ann@example.org"),
            ("@ann", "", ""),
            ("@", "", ""),
            ("@--", "--", "--@example.org"),
        ] {
            assert!(!none.is_same(approver, &person(name, email)), "{approver} {name} {email}");
        }
    }

    #[test]
    fn a_mailmap_knows_further_names() {
        let map = Mailmap::parse(
            b"# people\nRobert Smith <robert@corp.example> <12+bob@users.noreply.github.com>\n<robert@corp.example> <rs@home.example>\nann <a.lee@corp.example>\nno address\n",
        );
        let robert = person("Robert Smith", "RS@home.example");
        assert!(map.is_same("@bob", &robert) && map.is_same("robert@corp.example", &robert));
        assert!(map.is_same("@ann", &person("A. Lee", "a.lee@corp.example")));
        assert!(map.is_same("rs@home.example", &person("bob", "")) || !map.is_same("@ann", &robert));
        assert!(!map.is_same("@ann", &robert));
    }
}
