//! Rules of the source as rules of ours. A rule that cannot be said as a whole is left as a whole, unless what is lost only lets it find more.

use std::collections::{BTreeMap, BTreeSet};

use super::allow::{self, Allowed};
use super::names;
use super::read::{Allowlist, Rule as Written, Source};
use super::write;
use super::{SLUG, Tool};
use crate::finding::{Confidence, Severity};
use crate::import::Outcome;
use crate::rules::lint;
use crate::rules::schema::{Companion, Examples, FileExample, IdentityClass, Lifetime, List, PathMatch, Rotation, Rule, Text};
use crate::rules::search::{Allow, SearchMatch};
use crate::rules::step::Step;

/// Lines within which a neighbor may stand that may stand anywhere.
const ANYWHERE: u32 = 1_000_000;
/// Longest name, and longest description, in bytes.
const LONGEST_NAME: usize = 80;
const LONGEST_DESCRIPTION: usize = 500;

/// Rules that were taken.
#[derive(Debug, Default)]
pub struct Taken {
    /// In the order of the source.
    pub rules: Vec<Rule>,
    /// Our ids of those that report nothing themselves.
    pub silent: Vec<String>,
}

/// Translates every rule of `source` with what `global` allows in each.
pub fn translate(source: &Source, global: &[Allow], tool: Tool, outcome: &mut Outcome) -> Taken {
    let ids = ids(source);
    let mut made = BTreeMap::new();
    for (at, written) in source.rules.iter().enumerate() {
        if source.rules[at + 1..].iter().any(|later| later.id == written.id && !written.id.is_empty()) {
            outcome.leave(named(written), Some(written.line), "a later rule has the same id and takes its place");
            continue;
        }
        match rule(source, written, &ids, tool, outcome) {
            Ok(mut rule) => {
                if let Some(search) = &mut rule.search {
                    search.allow.to_mut().extend(global.iter().cloned());
                }
                match first_problem(&rule, tool) {
                    None => drop(made.insert(at, rule)),
                    Some(why) => outcome.leave(named(written), Some(written.line), why),
                }
            }
            Err(why) => outcome.leave(named(written), Some(written.line), why),
        }
    }
    leave_incomplete(source, &mut made, outcome);
    let mut taken = Taken::default();
    for (at, rule) in made {
        let written = &source.rules[at];
        let kind = if rule.path.is_some() { ", about files by their names" } else { "" };
        let silent = if written.is_not_reported { ", which is not reported itself" } else { "" };
        outcome.take(named(written), Some(written.line), format!("rule `{}`{kind}{silent}", rule.id));
        if written.is_not_reported {
            taken.silent.push(rule.id.to_string());
        }
        taken.rules.push(rule);
    }
    taken
}

fn named(rule: &Written) -> String {
    if rule.id.is_empty() { "a rule without an id".to_owned() } else { format!("rule `{}`", rule.id) }
}

/// Our id for each of theirs.
fn ids(source: &Source) -> BTreeMap<&str, String> {
    let mut used = BTreeSet::new();
    let mut ids = BTreeMap::new();
    for rule in &source.rules {
        let lower = rule.id.to_lowercase();
        let kind: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let kind = match kind.trim_matches('-') {
            "" => "rule",
            kind => kind,
        };
        let kind: String = kind.chars().take(LONGEST_NAME).collect();
        ids.entry(rule.id.as_str()).or_insert_with(|| {
            let mut own = kind.clone();
            let mut number = 2;
            while !used.insert(own.clone()) {
                own = format!("{kind}-{number}");
                number += 1;
            }
            format!("{SLUG}.{own}")
        });
    }
    ids
}

fn rule(source: &Source, written: &Written, ids: &BTreeMap<&str, String>, tool: Tool, outcome: &mut Outcome) -> Result<Rule, String> {
    let id = ids.get(written.id.as_str()).filter(|_| !written.id.is_empty()).ok_or("a rule needs an id")?;
    let mut made = blank(id, written, tool);
    match (&written.regex, &written.path) {
        (Some(regex), path) => {
            let mut search = search(written, regex, outcome)?;
            if let Some(path) = path {
                search.paths = vec![allow::checked(path).map_err(|why| format!("its path cannot be said: {why}"))?.into()].into();
            }
            search.allow = allows(source, written, outcome).into();
            made.search = Some(search);
        }
        (None, Some(path)) => about_files(&mut made, written, path, outcome)?,
        (None, None) => {
            let hint =
                super::defaults::same(&written.id).map_or_else(String::new, |ours| format!("; the built-in rule `{ours}` stays as it is"));
            return Err(format!(
                "it has neither regex nor path: it changes a rule that comes with {}, which is not imported{hint}",
                tool.name()
            ));
        }
    }
    let mut companions = Vec::new();
    for required in &written.required {
        let Some(rule) = ids.get(required.id.as_str()) else {
            return Err(format!("it requires the rule `{}`, which the file does not have", required.id));
        };
        if required.within_columns.is_some() {
            let why = "columns are not counted: the rule finds more here, wherever the other one stands within the lines";
            outcome.leave(format!("`withinColumns` of {}", named(written)), Some(required.line), why);
        }
        let within_lines = required.within_lines.unwrap_or(ANYWHERE).min(ANYWHERE);
        companions.push(Companion { rule: rule.clone().into(), within_lines, required: true });
    }
    made.companions = companions.into();
    Ok(made)
}

fn blank(id: &str, written: &Written, tool: Tool) -> Rule {
    let said = written.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = if said.is_empty() || said.len() > LONGEST_NAME { written.id.clone() } else { said.trim_end_matches('.').to_owned() };
    let mut description =
        if said.is_empty() { format!("Found by the rule `{}`, imported from {}.", written.id, tool.name()) } else { said };
    if !written.tags.is_empty() {
        description = format!("{}. Tags: {}.", description.trim_end_matches('.'), written.tags.join(", "));
    }
    let within = |length: &mut usize, c: char| {
        *length += c.len_utf8();
        (*length <= LONGEST_DESCRIPTION).then_some(c)
    };
    let description: String = description.chars().scan(0, within).collect();
    let steps =
        ["Find out what the credential gives access to and who uses it.", "Issue a new one, take it into use, and revoke this one."];
    Rule {
        id: id.to_owned().into(),
        name: name.into(),
        description: description.into(),
        severity: Severity::High,
        confidence: Confidence::High,
        lifetime: Lifetime::Long,
        identity: IdentityClass::ServiceAccount,
        token: None,
        assignment: None,
        url: None,
        grammar: None,
        path: None,
        search: None,
        shared: None,
        min_entropy: None,
        check: None,
        companions: List::default(),
        files: List::default(),
        rotation: Rotation { url: None, steps: steps.map(Step::sentence).to_vec().into(), breaks: None, revoke_first: None },
        references: List::default(),
        examples: Examples::default(),
    }
}

fn search(written: &Written, regex: &str, outcome: &mut Outcome) -> Result<SearchMatch, String> {
    let pattern = allow::checked(regex).map_err(|why| format!("its regex cannot be said: {why}"))?;
    let mut keywords: Vec<Text> = written.keywords.iter().filter(|word| !word.is_empty()).map(|word| word.to_lowercase().into()).collect();
    if keywords.is_empty() && !written.keywords.is_empty() {
        return Err("its only keyword is empty, so it never ran".to_owned());
    }
    if keywords.iter().any(|word| !word.is_ascii()) {
        keywords.clear();
        let why = "keywords are ASCII: the rule searches every file here";
        outcome.leave(format!("`keywords` of {}", named(written)), Some(written.line), why);
    }
    let above_entropy = (written.entropy > 0.0).then_some(written.entropy as f32);
    Ok(SearchMatch {
        pattern: pattern.into(),
        keywords: keywords.into(),
        secret_group: written.secret_group,
        above_entropy,
        paths: List::default(),
        allow: List::default(),
    })
}

/// What does not count for the rule: by its own lists, and by global ones that name it.
fn allows(source: &Source, written: &Written, outcome: &mut Outcome) -> Vec<Allow> {
    let own = written.allowlists.iter().map(|list| (list, format!("the allowlist of {}", named(written))));
    let aimed = source.allowlists.iter().filter(|list| list.target_rules.contains(&written.id));
    let aimed = aimed.map(|list: &Allowlist| (list, format!("the global allowlist for {}", named(written))));
    let mut all = Vec::new();
    for (list, of) in own.chain(aimed) {
        let Allowed { entries, paths } = allow::translate(list, &of, outcome);
        let description = (!list.description.is_empty()).then(|| Text::from(list.description.clone()));
        all.extend((!paths.is_empty()).then(|| Allow { description, paths: paths.into(), ..Allow::default() }));
        all.extend(entries);
    }
    all
}

/// A rule that has a path only.
fn about_files(made: &mut Rule, written: &Written, path: &str, outcome: &mut Outcome) -> Result<(), String> {
    let names = allow::checked(path)?;
    let Some(names) = names::of(&names) else {
        return Err(
            "it is about files by their paths, and rules about files know names only; exclude or review such files by hand".to_owned()
        );
    };
    for (key, is_there) in [("keywords", !written.keywords.is_empty()), ("allowlists", !written.allowlists.is_empty())] {
        if is_there {
            outcome.leave(format!("`{key}` of {}", named(written)), Some(written.line), "a rule about files has none: it finds more here");
        }
    }
    let example = |path: String, content: &str| FileExample { path: path.into(), content: content.to_owned().into() };
    let first = names.first().map_or_else(String::new, |name| name.replace('*', "a"));
    let (in_root, below) = (first.clone(), format!("folder/{first}"));
    made.examples.positive_files = vec![example(in_root.clone(), "content"), example(below.clone(), "content")].into();
    made.examples.negative_files = vec![example(in_root, ""), example(below, " ")].into();
    made.references = vec![Text::from("https://github.com/gitleaks/gitleaks#configuration")].into();
    made.path = Some(PathMatch { names: names.into_iter().map(Text::from).collect(), ..PathMatch::default() });
    Ok(())
}

/// What keeps the rule from being used.
fn first_problem(rule: &Rule, tool: Tool) -> Option<String> {
    let text = write::rule_file(SLUG, tool.name(), std::slice::from_ref(rule));
    lint::parse(SLUG, &text).err().map(|problems| problems.first().map_or_else(String::new, |problem| problem.message.clone()))
}

/// A rule goes if one that it requires is not there.
fn leave_incomplete(source: &Source, made: &mut BTreeMap<usize, Rule>, outcome: &mut Outcome) {
    loop {
        let there: BTreeSet<String> = made.values().map(|rule| rule.id.to_string()).collect();
        let lacks = |rule: &Rule| rule.companions.iter().any(|companion| !there.contains(&*companion.rule));
        let Some(at) = made.iter().find(|(_, rule)| lacks(rule)).map(|(at, _)| *at) else { return };
        made.remove(&at);
        outcome.leave(named(&source.rules[at]), Some(source.rules[at].line), "it requires a rule that was not taken");
    }
}
