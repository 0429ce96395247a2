//! Which provider's credential an assigned value is: by the words in its name, near it, or in the file's path.
//!
//! Provider names are frequent words, so they are no literals of the prefilter: only a value that already looks random asks for them.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::keyvalue::syntax::Pair;
use super::words;
use crate::rules::schema::AssignmentMatch;
use crate::rules::{RuleIndex, RuleSet};

/// A context word this long may stand anywhere in a name; shorter ones must be a word of it.
const GLUED: usize = 4;
/// Most bytes before a value in which a context word may stand.
const REACH: usize = 2_048;

/// All assignment rules.
pub struct Naming {
    rules: Vec<NamedValue>,
}

struct NamedValue {
    index: RuleIndex,
    assignment: AssignmentMatch,
    context: Vec<String>,
    names: Vec<String>,
    value: OnceLock<Regex>,
}

/// Where the context word stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proximity {
    /// Some lines before.
    Nearby,
    /// In the file's path.
    Path,
    /// In the name itself.
    Name,
}

impl Naming {
    /// Collects the assignment rules of `rules`.
    pub fn new(rules: &RuleSet) -> Self {
        let rules = rules
            .iter()
            .filter_map(|(index, entry)| {
                let assignment = entry.rule.assignment.clone()?;
                let glued = |list: &[crate::rules::schema::Text]| list.iter().map(|word| glue(word.as_bytes())).collect();
                Some(NamedValue {
                    index,
                    context: glued(&assignment.context),
                    names: glued(&assignment.names),
                    assignment,
                    value: OnceLock::new(),
                })
            })
            .collect();
        Self { rules }
    }

    /// The rules whose value pattern fits the pair's value and whose provider is named, nearest context first.
    pub fn candidates(&self, text: &[u8], path: &[u8], pair: &Pair) -> Vec<(RuleIndex, Proximity)> {
        let name = pair.name.of(text);
        let value = pair.value.of(text);
        let glued_name = glue(name);
        let surroundings = Surroundings { text, path, pair, lines: OnceLock::new(), enclosing: OnceLock::new() };
        let mut found: Vec<_> = self
            .rules
            .iter()
            .filter(|rule| rule.names.is_empty() || rule.names.iter().any(|word| glued_name.contains(word.as_str())))
            .filter_map(|rule| Some((rule, rule.proximity(name, &glued_name, &surroundings)?)))
            .filter(|(rule, _)| rule.fits(value))
            .map(|(rule, proximity)| (rule.index, proximity))
            .collect();
        found.sort_by_key(|(index, proximity)| (std::cmp::Reverse(*proximity), *index));
        found
    }
}

impl NamedValue {
    fn proximity(&self, name: &[u8], glued_name: &str, surroundings: &Surroundings<'_>) -> Option<Proximity> {
        if self.context.iter().any(|word| is_in(word, name, glued_name)) {
            return Some(Proximity::Name);
        }
        if self.context.iter().any(|word| surroundings.enclosing().iter().any(|line| is_in(word, line, &glue(line)))) {
            return Some(Proximity::Name);
        }
        if self.context.iter().any(|word| word.len() >= GLUED && glue(file_name(surroundings.path)).contains(word.as_str())) {
            return Some(Proximity::Path);
        }
        let lines = self.assignment.within_lines as usize;
        if lines == 0 {
            return None;
        }
        let before = surroundings.before(lines);
        self.context.iter().any(|word| is_in(word, before, &surroundings.glued(lines))).then_some(Proximity::Nearby)
    }

    fn fits(&self, value: &[u8]) -> bool {
        let regex = self.value.get_or_init(|| {
            RegexBuilder::new(&format!("\\A(?:{})\\z", self.assignment.value))
                .unicode(false)
                .build()
                .expect("because the lint parsed this pattern before it became a rule")
        });
        regex.is_match(value)
    }
}

/// The lines before a pair, read only if a rule asks.
struct Surroundings<'a> {
    text: &'a [u8],
    path: &'a [u8],
    pair: &'a Pair,
    lines: OnceLock<(usize, String)>,
    enclosing: OnceLock<Vec<&'a [u8]>>,
}

impl<'a> Surroundings<'a> {
    /// The pair's own line up to its name, and `lines` lines before.
    fn before(&self, lines: usize) -> &'a [u8] {
        let end = self.pair.name.start;
        let low = end.saturating_sub(REACH);
        let start = memchr::memrchr_iter(b'\n', &self.text[low..end]).nth(lines).map_or(low, |lf| low + lf + 1);
        &self.text[start..end]
    }

    /// What stands before the name on its line, and the lines above it that are indented less and less: the keys that enclose it.
    fn enclosing(&self) -> &[&'a [u8]] {
        self.enclosing.get_or_init(|| {
            let start = self.pair.name.start;
            let low = start.saturating_sub(REACH);
            let mut lines = self.text[low..start].rsplit(|b| *b == b'\n');
            let own = lines.next().unwrap_or_default();
            let mut indent = own.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            let mut found = vec![own];
            for line in lines {
                let depth = line.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'-')).count();
                if depth < indent && depth < line.len() {
                    found.push(line);
                    indent = depth;
                }
                if indent == 0 {
                    break;
                }
            }
            found
        })
    }

    fn glued(&self, lines: usize) -> String {
        match self.lines.get_or_init(|| (lines, glue(self.before(lines)))) {
            (known, glued) if *known == lines => glued.clone(),
            _ => glue(self.before(lines)),
        }
    }
}

fn is_in(word: &str, text: &[u8], glued: &str) -> bool {
    if word.len() >= GLUED { glued.contains(word) } else { words::split(text).any(|part| part.eq_ignore_ascii_case(word.as_bytes())) }
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|b| *b == b'/').next().unwrap_or(path)
}

/// Lower case, letters and digits only.
fn glue(text: &[u8]) -> String {
    text.iter().filter(|b| b.is_ascii_alphanumeric()).map(|b| b.to_ascii_lowercase() as char).collect()
}
