//! Who approves events, where a target asks for that.

use std::collections::BTreeMap;

use super::walk::Walk;
use crate::config::shown;
use crate::config::yaml::{Content, Key, Node};

/// Most names of a list.
const MOST: usize = 200;

/// Whether a target's events wait until somebody approved them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// They do not.
    #[default]
    None,
    /// Anybody but who leaked the secret.
    Person,
    /// An owner of what the secret stands in.
    Owner,
}

impl Approval {
    /// How it is kept with an event; none where nobody has to approve.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Person => Some("person"),
            Self::Owner => Some("owner"),
        }
    }

    /// `true`, `false` or `owner`.
    pub fn read(walk: &mut Walk, key: &Key, node: &Node) -> Self {
        match &node.content {
            Content::Bare(text) if text.eq_ignore_ascii_case("true") => Self::Person,
            Content::Bare(text) if text.eq_ignore_ascii_case("false") => Self::None,
            Content::Text(text) if text == "owner" => Self::Owner,
            _ => {
                let message = format!("`{}` takes `true`, `false` or `owner`", shown(&key.name));
                walk.complain(node.place, message, "`owner`: an owner of the file approves, see `approval`");
                Self::None
            }
        }
    }
}

/// What the configuration says of owners. By default nobody is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalRules {
    /// Who owns what nobody else owns who could approve.
    pub default_owners: Vec<String>,
    /// Members of teams, and addresses of single handles, by `@org/team` or `@handle` in lower case.
    pub people: BTreeMap<String, Vec<String>>,
}

impl ApprovalRules {
    /// Who is meant by a team or a handle; nobody where nothing is said of it.
    pub fn members(&self, name: &str) -> &[String] {
        self.people.get(&name.to_ascii_lowercase()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Reads `approval:`.
    pub fn read(walk: &mut Walk, node: &Node) -> Self {
        let mut rules = Self::default();
        for (key, value) in walk.map(node, "`approval`", &["default_owner", "teams"]) {
            match key.name.as_str() {
                "default_owner" => rules.default_owners = names(walk, "`default_owner`", value),
                _ => rules.people = people(walk, value),
            }
        }
        let unknown = rules.default_owners.iter().find(|name| is_team(name) && rules.members(name).is_empty());
        if let Some(team) = unknown {
            let message = format!("`default_owner` is the team `{}`, and nothing says who is in it", shown(team));
            walk.complain(node.place, message, "name its members under `teams`");
        }
        rules
    }
}

/// A name or a list of them.
fn names(walk: &mut Walk, what: &str, node: &Node) -> Vec<String> {
    let items = match &node.content {
        Content::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    if items.len() > MOST {
        walk.complain(node.place, format!("more than {MOST} names"), "");
    }
    let mut found = Vec::new();
    for item in items {
        let Some(text) = walk.text_of(what, item, false) else { continue };
        let name = text.trim();
        if is_name(name) {
            found.push(name.to_owned());
        } else {
            walk.complain(item.place, format!("{what}: `{}` names nobody", shown(name)), "write `ann@example.org`, `@ann` or `@org/team`");
        }
    }
    found
}

fn people(walk: &mut Walk, node: &Node) -> BTreeMap<String, Vec<String>> {
    let Content::Map(entries) = &node.content else {
        walk.complain(node.place, "`teams` is a map from teams to their members", "such as `{\"@org/security\": [ann@example.org]}`");
        return BTreeMap::new();
    };
    let mut people = BTreeMap::new();
    for (key, value) in entries {
        let name = key.name.trim();
        if !name.starts_with('@') || !is_name(name) {
            walk.complain(key.place, format!("`{}` is no team", shown(name)), "write `\"@org/team\"`, in quotes, as CODEOWNERS has it");
            continue;
        }
        let members = names(walk, "a member", value);
        if let Some(team) = members.iter().find(|member| is_team(member)) {
            walk.complain(value.place, format!("`{}` is a team itself", shown(team)), "name people");
        }
        people.insert(name.to_ascii_lowercase(), members);
    }
    people
}

/// A handle, a team or an address, without spaces and control characters.
fn is_name(name: &str) -> bool {
    let is_plain = name.len() <= 200 && name.chars().all(|c| !c.is_whitespace() && !c.is_control());
    is_plain && name.contains('@') && name.len() > 1 && !name.ends_with('@')
}

fn is_team(name: &str) -> bool {
    name.starts_with('@') && name.contains('/')
}
