//! Whether somebody may approve.
//!
//! An owner is who is written down, letter by letter but for the case of ASCII letters: no other likeness makes one. Who leaked it is refused by
//! every sign that two names are of one person.

use super::{Basis, Leaker, Owner, Ownership};
use crate::owners::Mailmap;
use crate::rotate::config::ApprovalRules;

/// Names that are told at most.
const MOST_TOLD: usize = 8;

/// Those of whom one has to approve.
struct Candidate<'c> {
    name: &'c str,
    because: &'c str,
}

/// Whether `name` may approve: as what, or why not and who may.
///
/// # Errors
/// They may not; in words that follow their name.
pub fn may(ownership: Option<&Ownership>, rules: &ApprovalRules, name: &str) -> Result<String, String> {
    let candidates = candidates(ownership, rules);
    four_eyes(ownership, rules, name).map_err(|why| format!("{why}; {}", told(ownership, rules)))?;
    for candidate in &candidates {
        let is_team = is_team(candidate.name);
        if !is_team && candidate.name.eq_ignore_ascii_case(name) {
            return Ok(format!("owner by {}", candidate.because));
        }
        if rules.members(candidate.name).iter().any(|member| member.eq_ignore_ascii_case(name)) {
            let what = if is_team { "member of" } else { "known as" };
            return Ok(format!("{what} {}, owner by {}", candidate.name, candidate.because));
        }
    }
    Err(match candidates.is_empty() {
        true => told(ownership, rules),
        false => format!("not an owner; {}", told(ownership, rules)),
    })
}

/// Whether `name` is not of whoever leaked the secret.
///
/// # Errors
/// They are; in words that follow their name.
pub fn four_eyes(ownership: Option<&Ownership>, rules: &ApprovalRules, name: &str) -> Result<(), String> {
    let Some(ownership) = ownership else { return Ok(()) };
    let names = identities(rules, name);
    match ownership.leakers.iter().find(|leaker| names.iter().any(|name| is_same(name, leaker))) {
        Some(leaker) => Err(format!("committed the secret, as {}, and somebody else has to agree", shown(leaker))),
        None => Ok(()),
    }
}

/// Who may approve, or why nobody may, in words.
pub fn told(ownership: Option<&Ownership>, rules: &ApprovalRules) -> String {
    let able = |candidate: &&Candidate<'_>| !is_out(ownership, rules, candidate.name);
    let candidates = candidates(ownership, rules);
    let mut told: Vec<String> = candidates.iter().filter(able).take(MOST_TOLD).map(|candidate| one(ownership, rules, candidate)).collect();
    if candidates.len() > MOST_TOLD {
        told.push("others".to_owned());
    }
    if !told.is_empty() {
        return format!("who may: {}", told.join(", "));
    }
    let notes = ownership.map(|own| own.notes.join(", ")).filter(|notes| !notes.is_empty());
    let why = match (notes, rules.default_owners.is_empty()) {
        (Some(notes), _) => format!(" ({notes})"),
        (None, _) if ownership.is_some_and(|own| !own.owners.is_empty()) => " (every owner committed it)".to_owned(),
        _ => String::new(),
    };
    format!("nobody may so far{why}: name somebody in the rotation configuration, `approval: {{default_owner: ann@example.org}}`")
}

fn one(ownership: Option<&Ownership>, rules: &ApprovalRules, candidate: &Candidate<'_>) -> String {
    let Candidate { name, because } = candidate;
    let able = |member: &&String| four_eyes(ownership, rules, member).is_ok();
    let members: Vec<&str> = rules.members(name).iter().filter(able).take(MOST_TOLD).map(String::as_str).collect();
    match members.as_slice() {
        [] if is_team(name) => format!(
            "whom the rotation configuration names as members of {name} ({because}): `approval: {{teams: {{\"{name}\": [ann@example.org]}}}}`"
        ),
        [] => format!("{name} ({because})"),
        members => format!("{name} ({because}; {})", members.join(", ")),
    }
}

/// The owners by `CODEOWNERS`; if none of them can approve, who last changed the line; if they cannot either, the default owners.
fn candidates<'c>(ownership: Option<&'c Ownership>, rules: &'c ApprovalRules) -> Vec<Candidate<'c>> {
    for basis in [Basis::Codeowners, Basis::Blame] {
        let own = |owner: &&Owner| owner.basis == basis;
        let found: Vec<_> = ownership.iter().flat_map(|ownership| ownership.owners.iter().filter(own)).collect();
        if found.iter().any(|owner| !is_out(ownership, rules, &owner.name)) {
            return found.into_iter().map(|owner| Candidate { name: &owner.name, because: &owner.because }).collect();
        }
    }
    rules.default_owners.iter().map(|name| Candidate { name, because: "default owner" }).collect()
}

/// Whether everybody whom `name` stands for leaked it. Of a team without members nobody knows.
fn is_out(ownership: Option<&Ownership>, rules: &ApprovalRules, name: &str) -> bool {
    if !is_team(name) {
        return four_eyes(ownership, rules, name).is_err();
    }
    let members = rules.members(name);
    !members.is_empty() && members.iter().all(|member| four_eyes(ownership, rules, member).is_err())
}

/// All names of one person that the configuration knows: a handle and its addresses are one person, a team is several.
fn identities<'n>(rules: &'n ApprovalRules, name: &'n str) -> Vec<&'n str> {
    let mut names = vec![name];
    for (key, members) in rules.people.iter().filter(|(key, _)| !is_team(key)) {
        let all = || std::iter::once(key.as_str()).chain(members.iter().map(String::as_str));
        if all().any(|own| own.eq_ignore_ascii_case(name)) {
            names.extend(all());
        }
    }
    names
}

fn is_same(name: &str, leaker: &Leaker) -> bool {
    // A bare name is held to be a handle.
    let name = if name.contains('@') { name.to_owned() } else { format!("@{name}") };
    Mailmap::default().is_same(&name, &leaker.person())
}

fn is_team(name: &str) -> bool {
    name.starts_with('@') && name.contains('/')
}

fn shown(leaker: &Leaker) -> String {
    match (leaker.name.as_str(), leaker.email.as_str()) {
        (name, "") => name.to_owned(),
        ("", email) => email.to_owned(),
        (name, email) => format!("{name} <{email}>"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn rules(default: &[&str], people: &[(&str, &[&str])]) -> ApprovalRules {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let people: BTreeMap<_, _> = people.iter().map(|(key, members)| (key.to_ascii_lowercase(), list(members))).collect();
        ApprovalRules { default_owners: list(default), people }
    }

    fn owned(code: &[&str], blame: &[&str], leakers: &[&str]) -> Ownership {
        let mut own = Ownership::default();
        code.iter().for_each(|name| own.owner(name, Basis::Codeowners, "CODEOWNERS:1"));
        blame.iter().for_each(|name| own.owner(name, Basis::Blame, "last changed the line, commit 0"));
        let leaker = |email: &&str| Leaker { name: String::new(), email: (*email).to_owned() };
        own.leakers = leakers.iter().map(leaker).collect();
        own
    }

    #[test]
    fn owners_come_before_the_last_author_and_that_one_before_the_default() {
        let rules = rules(&["sec@example.org"], &[]);
        let all = owned(&["@ann", "eve@example.org"], &["bob@example.org"], &["eve@example.org"]);
        assert_eq!(may(Some(&all), &rules, "@ANN"), Ok("owner by CODEOWNERS:1".to_owned()));
        for name in ["bob@example.org", "sec@example.org", "eve@example.org", "@eve", "eve", "ann", "ann@example.org", ""] {
            let why = may(Some(&all), &rules, name).expect_err(name);
            assert!(why.ends_with("who may: @ann (CODEOWNERS:1)"), "{name}: {why}");
        }
        let blamed = owned(&["@eve"], &["bob@example.org"], &["eve@example.org"]);
        assert!(may(Some(&blamed), &rules, "bob@example.org").is_ok() && may(Some(&blamed), &rules, "sec@example.org").is_err());
        let alone = owned(&["@eve"], &["eve@example.org"], &["eve@example.org"]);
        assert!(may(Some(&alone), &rules, "sec@example.org").is_ok_and(|what| what == "owner by default owner"));
        assert!(may(None, &rules, "sec@example.org").is_ok() && may(None, &rules, "bob@example.org").is_err());
        let nobody = may(Some(&alone), &ApprovalRules::default(), "sec@example.org").expect_err("because nobody is named");
        assert!(nobody.starts_with("nobody may so far (every owner committed it)") && nobody.contains("default_owner"), "{nobody}");
    }

    #[test]
    fn a_team_is_who_the_configuration_says() {
        let own = owned(&["@Org/Security"], &["bob@example.org"], &["eve@example.org"]);
        let why = may(Some(&own), &ApprovalRules::default(), "ann@example.org").expect_err("because nobody knows the team");
        assert!(why.contains("teams: {\"@Org/Security\": [ann@example.org]}"), "{why}");
        let rules = rules(&[], &[("@org/security", &["ann@example.org", "eve@example.org"]), ("@ann", &["ann@example.org"])]);
        assert_eq!(may(Some(&own), &rules, "Ann@Example.org"), Ok("member of @Org/Security, owner by CODEOWNERS:1".to_owned()));
        for name in ["@org/security", "eve@example.org", "bob@example.org", "@ann"] {
            assert!(may(Some(&own), &rules, name).is_err(), "{name}");
        }
    }

    #[test]
    fn one_person_by_a_handle_and_by_addresses_is_one() {
        let rules = rules(&[], &[("@ann", &["a.lee@corp.example", "al@home.example"])]);
        let own = owned(&["@ann", "@bob"], &[], &["al@home.example"]);
        for name in ["@ann", "a.lee@corp.example", "al@home.example"] {
            assert!(may(Some(&own), &rules, name).is_err_and(|why| why.contains("committed the secret")), "{name}");
        }
        let own = owned(&["@ann"], &[], &["eve@example.org"]);
        assert_eq!(may(Some(&own), &rules, "a.lee@corp.example"), Ok("known as @ann, owner by CODEOWNERS:1".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn nobody_but_owners_may(name in "(?i)[aknſK@./ ıİ\u{e4}a\u{308}\u{200b}+-]{0,8}(@[exK.\u{ff45}]{1,4})?") {
            let owners = ["ank@k.x", "@kan", "@a/k", "näk@e.x"];
            let rules = rules(&["k@k.k"], &[("@a/k", &["kk@e.x"])]);
            let own = owned(&owners, &[], &["n@n.n"]);
            let listed = ["ank@k.x", "@kan", "näk@e.x", "kk@e.x"];
            let is_listed = listed.iter().any(|own| own.len() == name.len() && own.bytes().zip(name.bytes()).all(|(a, b)| a == b || (b.is_ascii_uppercase() && a == b + 32)));
            if may(Some(&own), &rules, &name).is_ok() {
                proptest::prop_assert!(is_listed, "{}", name);
            }
        }
    }
}
