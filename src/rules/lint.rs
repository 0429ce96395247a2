//! What must hold for every rule, checked before a rule is used: by `build.rs` for the built-in ones, at run time for the user's.
//!
//! This file is compiled into the build script as well; it knows the schema and `regex-syntax`, nothing else of the project.

use std::collections::BTreeMap;

use regex_syntax::hir::{self, Hir, HirKind, literal};

use super::phases;
use super::schema::{List, PathMatch, PatternFacts, Rule, RuleFile, Text, TokenMatch, ValueFacts};
use super::searchlint;

/// One thing that is wrong with a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the rule file, from 1.
    pub line: u32,
    /// Rule id, or the provider slug for what concerns the whole file.
    pub subject: String,
    /// What is wrong and what to do, one sentence.
    pub message: String,
}

/// Fewest positive and negative examples of a rule.
const EXAMPLES: usize = 2;
/// Shortest literal in bytes; shorter ones are too frequent to search for.
const SHORTEST_LITERAL: usize = 3;
/// Longest match a rule may declare, in bytes. Bounds windows and context.
const LONGEST_MATCH: u32 = 65_536;
/// Largest compiled pattern in bytes. The regex engine refuses what takes more than 10 MiB, and long before that it gets slow.
pub(super) const LARGEST_PATTERN: usize = 6 << 20;
/// The rule about secrets that several environments share: what it means is no data, so there is one.
const SHARED_RULE: &str = "policy.shared-across-environments";
/// Words that stand in every code base: a rule that needs one of them is an `assignment`, not a `token`.
const BROAD_WORDS: [&str; 12] =
    ["key", "token", "secret", "password", "passwd", "pwd", "auth", "api", "apikey", "access", "client", "user"];

/// Parses one rule file and checks everything that can be checked without the other files. Fills [`PatternFacts`].
///
/// # Errors
/// Every problem found, with its line; for YAML and schema errors just the first one.
pub fn parse(stem: &str, text: &str) -> Result<RuleFile, Vec<Problem>> {
    let mut file: RuleFile = serde_saphyr::from_str(text).map_err(|error| {
        let line = error.location().map_or(1, |location| u32::try_from(location.line()).unwrap_or(u32::MAX));
        vec![Problem { line, subject: stem.to_owned(), message: without_place(&first_line(&error.to_string())).to_owned() }]
    })?;
    let mut found = Vec::new();
    if file.provider.slug != stem {
        found.push((file.provider.slug.to_string(), format!("the slug must be the file's name, `{stem}`")));
    }
    if file.rules.is_empty() {
        found.push((file.provider.slug.to_string(), "a file needs at least one rule".to_owned()));
    }
    let slug = file.provider.slug.to_string();
    for rule in file.rules.to_mut() {
        let mut complain = |message: String| found.push((rule.id.to_string(), message));
        for message in describe_problems(&slug, rule) {
            complain(message);
        }
        if let Some(token) = &mut rule.token {
            match pattern_facts(&token.literals, &token.pattern, token.max_length) {
                Ok(facts) => {
                    token.facts = facts;
                    token.lengthened = lengthened(token);
                }
                Err(message) => complain(message),
            }
        }
        if let Some(assignment) = &mut rule.assignment {
            match value_facts(&assignment.value) {
                Ok(facts) => assignment.facts = facts,
                Err(error) => complain(format!("`assignment.value` is no valid pattern: {error}")),
            }
        }
    }
    found.extend(searchlint::too_many(file.rules.iter().filter_map(|rule| rule.search.as_ref())).map(|why| (slug.clone(), why)));
    if found.is_empty() {
        return Ok(file);
    }
    let mut seen = BTreeMap::new();
    Err(found
        .into_iter()
        .map(|(subject, message)| {
            let line = line_of(text, &subject, *seen.entry(subject.clone()).or_insert(0));
            Problem { line, subject, message }
        })
        .collect())
}

/// Problems that only show when all files are together: ids that stand twice, companions that are not there.
pub fn across_files<'a>(files: impl Iterator<Item = &'a RuleFile> + Clone) -> Vec<(String, String)> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in files.clone().flat_map(|file| file.rules.iter()) {
        *count.entry(&rule.id).or_default() += 1;
    }
    let mut found: Vec<_> = count
        .iter()
        .filter(|(_, n)| **n > 1)
        .map(|(id, n)| ((*id).to_owned(), format!("this id stands {n} times; ids are unique")))
        .collect();
    for rule in files.flat_map(|file| file.rules.iter()) {
        for companion in rule.companions.iter().filter(|companion| !count.contains_key(&*companion.rule)) {
            found.push((rule.id.to_string(), format!("its companion `{}` is no rule", companion.rule)));
        }
    }
    found
}

/// Line, from 1, on which `id: <subject>` stands in `text`, or 1.
pub fn line_of(text: &str, subject: &str, skip: usize) -> u32 {
    let is_here = |line: &str| {
        line.trim_start()
            .trim_start_matches("- ")
            .split_once(':')
            .is_some_and(|(key, value)| matches!(key.trim(), "id" | "slug") && value.trim().trim_matches(['"', '\'']) == subject)
    };
    let index = text.lines().enumerate().filter(|(_, line)| is_here(line)).nth(skip).map_or(0, |(index, _)| index);
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}

/// The words of a YAML error without the place in front of them, which the problem has itself: `error: line 3 column 9: unclosed quote`.
fn without_place(message: &str) -> &str {
    let place = message.strip_prefix("error: line ").and_then(|rest| rest.split_once(": "));
    place.map_or(message, |(_, words)| words)
}

fn describe_problems(slug: &str, rule: &Rule) -> Vec<String> {
    let mut found = Vec::new();
    let kind = rule.id.strip_prefix(slug).and_then(|rest| rest.strip_prefix('.'));
    if !kind.is_some_and(|kind| !kind.is_empty() && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))) {
        found.push(format!("an id is `{slug}.<kind>` with lower-case letters, digits and `-` in the kind"));
    }
    let ways = usize::from(rule.token.is_some())
        + usize::from(rule.assignment.is_some())
        + usize::from(rule.url.is_some())
        + usize::from(rule.grammar.is_some())
        + usize::from(rule.path.is_some())
        + usize::from(rule.search.is_some())
        + usize::from(rule.shared.is_some());
    if ways != 1 {
        found.push(format!(
            "a rule has exactly one of `token`, `assignment`, `url`, `grammar`, `path`, `search` and `shared`; this one has {ways}"
        ));
    }
    if rule.shared.is_some() && rule.id != SHARED_RULE {
        found.push(format!("`shared` is what the rule `{SHARED_RULE}` has, and no other"));
    }
    found.extend(example_problems(rule));
    if let Some(search) = &rule.search {
        found.extend(searchlint::problems(search));
        if rule.min_entropy.is_some() || rule.check.is_some() || !rule.files.is_empty() {
            found.push(
                "a rule with `search` has `above_entropy` and `paths`: `min_entropy`, `check` and `files` say nothing there".to_owned(),
            );
        }
    }
    found.extend(rule.path.iter().flat_map(path_problems));
    let matches_text = rule.path.is_none() && rule.shared.is_none();
    if !matches_text && (rule.min_entropy.is_some() || rule.check.is_some() || !rule.companions.is_empty() || !rule.files.is_empty()) {
        let nothing = "`min_entropy`, `check`, `companions` and `files` say nothing there";
        found.push(format!("a rule with `path` or `shared` matches no text: {nothing}"));
    }
    if rule.references.is_empty() && rule.grammar.is_none() && rule.url.is_none() && rule.search.is_none() {
        found.push("`references` is empty; name the provider's documentation that gives the format".to_owned());
    }
    found.extend(phases::problems(&rule.rotation));
    for (what, text) in [("name", &rule.name), ("description", &rule.description)] {
        if text.trim().is_empty() {
            found.push(format!("`{what}` is empty"));
        }
    }
    if let Some(file) = rule.files.iter().find(|file| file.contains('/')) {
        found.push(format!(
            "`files` has `{file}`; write the end of a file's name, without folders: a history knows a content's names first"
        ));
    }
    if rule.description.len() > 600 {
        found.push("`description` is longer than 600 bytes; keep it to two sentences".to_owned());
    }
    if let Some(assignment) = &rule.assignment
        && assignment.context.is_empty()
    {
        found.push("`assignment.context` is empty; without a provider's word this is the generic grammar's work".to_owned());
    }
    found
}

fn example_problems(rule: &Rule) -> Vec<String> {
    let examples = &rule.examples;
    let (texts, files) =
        ((examples.positive.len(), examples.negative.len()), (examples.positive_files.len(), examples.negative_files.len()));
    let (counts, others, wanted) = match (&rule.path, rule.shared) {
        (None, None) => (texts, files, "`positive` and `negative`"),
        _ => (files, texts, "`positive_files` and `negative_files`"),
    };
    let mut found = Vec::new();
    for (what, count) in [("positive", counts.0), ("negative", counts.1)] {
        if count < EXAMPLES && rule.search.is_none() {
            found.push(format!("{} {what} examples are missing; a rule needs at least {EXAMPLES}", EXAMPLES - count));
        }
    }
    if others != (0, 0) {
        found.push(format!("examples of such a rule stand in {wanted}"));
    }
    found
}

fn path_problems(path: &PathMatch) -> Vec<String> {
    let mut found = Vec::new();
    if path.names.is_empty() {
        found.push("`path.names` is empty; without a name every file would do".to_owned());
    }
    let is_wide = |name: &str| name.bytes().all(|byte| byte == b'*');
    for name in path.names.iter().filter(|name| name.split('/').any(is_wide) || name.matches('/').count() > 1) {
        found.push(format!("`path.names` has `{name}`; write the name of a file, or of a folder and a file in it"));
    }
    for name in path.except.iter().filter(|name| is_wide(name) || name.contains('/')) {
        found.push(format!("`path.except` has `{name}`; write the name of a file, without folders"));
    }
    if let Some(Err(error)) = path.pattern.as_deref().map(parse_pattern) {
        found.push(format!("`path.pattern` is no valid pattern: {error}"));
    }
    found
}

/// Parses a pattern as the matcher will: over bytes, ASCII classes, no Unicode. What it accepts can be compiled.
pub fn parse_pattern(pattern: &str) -> Result<Hir, String> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    let hir = parsed.map_err(|error| {
        first_line(&error.to_string().lines().rev().find(|line| line.starts_with("error")).map_or_else(|| error.to_string(), str::to_owned))
    })?;
    let size = compiled_size(&hir);
    if size > LARGEST_PATTERN {
        return Err(format!("compiled it takes about {size} bytes and the limit is {LARGEST_PATTERN}; shorten its repetitions"));
    }
    Ok(hir)
}

/// Bytes that the compiled pattern takes at most: a repetition is as many copies of what it repeats.
pub(super) fn compiled_size(hir: &Hir) -> usize {
    /// Of one state, of one range of bytes in it, and of what joins two states.
    const STATE: usize = 32;
    const RANGE: usize = 8;
    const JOINT: usize = 64;
    let sum = |parts: &[Hir]| parts.iter().fold(JOINT, |sum, part| sum.saturating_add(compiled_size(part)));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(STATE),
        HirKind::Class(hir::Class::Bytes(class)) => STATE + class.ranges().len() * RANGE,
        // A range of characters is several sequences of bytes.
        HirKind::Class(hir::Class::Unicode(class)) => class.ranges().len().saturating_mul(8 * STATE),
        HirKind::Capture(capture) => compiled_size(&capture.sub).saturating_add(JOINT),
        HirKind::Repetition(repetition) => {
            let copies = repetition.max.unwrap_or(repetition.min).max(1) as usize;
            compiled_size(&repetition.sub).saturating_add(JOINT).saturating_mul(copies)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

/// Checks a token's pattern and literals and works out what the matcher needs to know.
///
/// # Errors
/// One sentence for the first thing that is wrong.
pub fn pattern_facts(literals: &[Text], pattern: &str, declared: Option<u32>) -> Result<PatternFacts, String> {
    if literals.is_empty() {
        return Err("`token.literals` is empty; without a literal the prefilter cannot find it".to_owned());
    }
    for text in literals {
        if text.len() < SHORTEST_LITERAL || !text.is_ascii() {
            return Err(format!("the literal `{text}` is shorter than {SHORTEST_LITERAL} bytes or not ASCII"));
        }
        if BROAD_WORDS.contains(&text.to_ascii_lowercase().trim_matches(|c: char| !c.is_ascii_alphanumeric())) {
            return Err(format!("the literal `{text}` is a word that stands in every code base; use `assignment`"));
        }
    }
    let hir = parse_pattern(pattern).map_err(|error| format!("`token.pattern` is no valid pattern: {error}"))?;
    match secret_group(&hir) {
        None => return Err("`token.pattern` has no group named `secret`, as in `(?<secret>…)`".to_owned()),
        Some(0) => return Err("the group `secret` can match nothing at all; give it a least length".to_owned()),
        Some(_) => {}
    }
    let own = hir.properties().maximum_len().and_then(|length| u32::try_from(length).ok());
    let max_length = match (declared, own) {
        (None, None) => return Err("`token.pattern` has no longest match; bound its repetitions or declare `max_length`".to_owned()),
        (Some(declared), own) => own.map_or(declared, |own| own.min(declared)),
        (None, Some(own)) => own,
    };
    if max_length > LONGEST_MATCH {
        return Err(format!("its longest match is {max_length} bytes; the limit is {LONGEST_MATCH}"));
    }
    let ignore_case = pattern.starts_with("(?i");
    // Both cases of each letter would be more prefixes than anyone counts.
    let one_case = pattern.strip_prefix("(?i)").and_then(|rest| parse_pattern(rest).ok());
    Ok(PatternFacts {
        max_length,
        anchored: begins_with_literal(one_case.as_ref().unwrap_or(&hir), literals, ignore_case),
        word_start: begins_with_word_boundary(&hir),
        ignore_case,
    })
}

/// The literals of `token`, those that are short replaced by all texts that a match can begin with, if these are few.
fn lengthened(token: &TokenMatch) -> List<Text> {
    /// Literals of so many bytes are rare enough in ordinary text.
    const RARE: usize = 4;
    /// Texts for one rule: each takes a row of the automaton.
    const MOST: usize = 1_000;
    /// Characters of a class that is gone through.
    const WIDEST: usize = 32;
    let literals = token.literals.clone();
    let shortest = literals.iter().map(|text| text.len()).min().unwrap_or(RARE);
    if !token.facts.anchored || token.facts.ignore_case || shortest >= RARE {
        return literals;
    }
    let Ok(hir) = parse_pattern(&token.pattern) else { return literals };
    let mut best = literals;
    for length in shortest + 1..=RARE {
        let mut extractor = literal::Extractor::new();
        extractor.kind(literal::ExtractKind::Prefix).limit_class(WIDEST).limit_total(MOST).limit_literal_len(length);
        let prefixes = extractor.extract(&hir);
        let Some(prefixes) = prefixes.literals().filter(|prefixes| prefixes.iter().all(|prefix| prefix.len() >= length)) else { break };
        let mut texts: Vec<Text> =
            prefixes.iter().filter_map(|prefix| Some(std::str::from_utf8(&prefix.as_bytes()[..length]).ok()?.to_owned().into())).collect();
        texts.sort_unstable();
        texts.dedup();
        best = texts.into();
    }
    best
}

/// Works out what the pattern of an assigned value tells about itself.
///
/// # Errors
/// It is no valid pattern.
pub fn value_facts(pattern: &str) -> Result<ValueFacts, String> {
    let hir = parse_pattern(pattern)?;
    let length = |length: Option<usize>, other: u32| length.map_or(other, |length| u32::try_from(length).unwrap_or(u32::MAX));
    let properties = hir.properties();
    let (min_length, max_length) = (length(properties.minimum_len(), 0), length(properties.maximum_len(), u32::MAX));
    Ok(ValueFacts { min_length, max_length, bytes: ascii_bytes(&hir) })
}

/// The ASCII bytes that a match can hold: byte `n` is bit `n`.
fn ascii_bytes(hir: &Hir) -> u128 {
    let range = |start: u32, end: u32| (start..=end.min(127)).fold(0, |set, byte| set | 1 << byte);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.iter().filter(|byte| byte.is_ascii()).fold(0, |set, byte| set | 1 << byte),
        HirKind::Class(hir::Class::Bytes(class)) => {
            class.ranges().iter().fold(0, |set, one| set | range(one.start().into(), one.end().into()))
        }
        HirKind::Class(hir::Class::Unicode(class)) => {
            class.ranges().iter().fold(0, |set, one| set | range(one.start().into(), one.end().into()))
        }
        HirKind::Capture(capture) => ascii_bytes(&capture.sub),
        HirKind::Repetition(repetition) => ascii_bytes(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().fold(0, |set, part| set | ascii_bytes(part)),
    }
}

/// Least length of the group named `secret`, if there is one.
fn secret_group(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => Some(capture.sub.properties().minimum_len().unwrap_or(0)),
        HirKind::Capture(capture) => secret_group(&capture.sub),
        HirKind::Repetition(repetition) => secret_group(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(secret_group),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// Whether every match begins with one of the literals. `hir` is the pattern's, without its letters' other case where case does not count.
fn begins_with_literal(hir: &Hir, literals: &[Text], ignore_case: bool) -> bool {
    let longest = literals.iter().map(|text| text.len()).max().unwrap_or(0);
    let mut extractor = literal::Extractor::new();
    // What lies behind the longest literal only multiplies the prefixes.
    extractor.kind(literal::ExtractKind::Prefix).limit_class(64).limit_total(4_096).limit_repeat(64).limit_literal_len(longest);
    let prefixes = extractor.extract(hir);
    let Some(prefixes) = prefixes.literals() else { return false };
    let begins = |prefix: &[u8]| {
        literals.iter().any(|text| {
            let text = text.as_bytes();
            prefix.len() >= text.len()
                && if ignore_case { prefix[..text.len()].eq_ignore_ascii_case(text) } else { prefix.starts_with(text) }
        })
    };
    !prefixes.is_empty() && prefixes.iter().all(|prefix| begins(prefix.as_bytes()))
}

fn begins_with_word_boundary(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(look) => matches!(look, hir::Look::WordAscii | hir::Look::WordStartAscii),
        HirKind::Concat(parts) => parts.first().is_some_and(begins_with_word_boundary),
        HirKind::Capture(capture) => begins_with_word_boundary(&capture.sub),
        _ => false,
    }
}
