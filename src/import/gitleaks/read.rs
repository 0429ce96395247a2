//! TOML as what the language says, each part with its line. Keys count without their case, as gitleaks reads them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Unreadable;
use crate::import::Outcome;

/// A configuration.
#[derive(Debug, Default)]
pub struct Source {
    pub title: Option<String>,
    pub extend: Extend,
    pub rules: Vec<Rule>,
    pub allowlists: Vec<Allowlist>,
}

/// `[extend]`.
#[derive(Debug, Default)]
pub struct Extend {
    pub line: u32,
    pub use_default: bool,
    pub path: Option<String>,
    pub disabled: Vec<(String, u32)>,
}

/// `[[rules]]`.
#[derive(Debug, Default)]
pub struct Rule {
    pub line: u32,
    pub id: String,
    pub description: String,
    pub regex: Option<String>,
    pub path: Option<String>,
    pub secret_group: u32,
    pub entropy: f64,
    pub keywords: Vec<String>,
    pub tags: Vec<String>,
    pub allowlists: Vec<Allowlist>,
    pub required: Vec<Required>,
    pub is_not_reported: bool,
}

/// `[[rules.required]]`.
#[derive(Debug, Default)]
pub struct Required {
    pub line: u32,
    pub id: String,
    pub within_lines: Option<u32>,
    pub within_columns: Option<u32>,
}

/// `[[allowlists]]` and `[[rules.allowlists]]`.
#[derive(Clone, Debug, Default)]
pub struct Allowlist {
    pub line: u32,
    pub description: String,
    /// Whether all of its lists must fit.
    pub is_and: bool,
    pub commits: Vec<String>,
    pub paths: Vec<String>,
    /// `secret`, `match`, `line` or what else is written.
    pub target: String,
    pub regexes: Vec<String>,
    pub stopwords: Vec<String>,
    pub target_rules: Vec<String>,
}

/// Reads `text`. What is no part of the language is left.
///
/// # Errors
/// It is no TOML.
pub fn read(text: &str, outcome: &mut Outcome) -> Result<Source, Unreadable> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        Unreadable(format!("line {line}: {}", error.message().lines().next().unwrap_or("it is no TOML")))
    })?;
    let mut reader = Reader { text, outcome };
    Ok(reader.source(table.get_ref()))
}

fn line_at(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

struct Reader<'r> {
    text: &'r str,
    outcome: &'r mut Outcome,
}

/// A key as it is written, what it is without case, its value and its line.
struct Entry<'e, 'i> {
    written: &'e str,
    key: String,
    value: &'e DeValue<'i>,
    line: u32,
}

impl Reader<'_> {
    fn line<T>(&self, spanned: &Spanned<T>) -> u32 {
        line_at(self.text, spanned.span().start)
    }

    fn entries<'e, 'i>(&self, table: &'e DeTable<'i>) -> Vec<Entry<'e, 'i>> {
        let entry = |(key, value): (&'e Spanned<_>, &'e Spanned<DeValue<'i>>)| {
            let written: &std::borrow::Cow<'_, str> = key.get_ref();
            Entry { written, key: written.to_lowercase(), value: value.get_ref(), line: self.line(key) }
        };
        let mut entries: Vec<_> = table.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.line);
        entries
    }

    fn source(&mut self, table: &DeTable<'_>) -> Source {
        let mut source = Source::default();
        for entry in self.entries(table) {
            match entry.key.as_str() {
                "title" => source.title = self.text(&entry, ""),
                "extend" => self.each_table(&entry, "", |own, table, line| source.extend = own.extend(table, line)),
                "rules" => self.each_table(&entry, "", |own, table, line| source.rules.push(own.rule(table, line))),
                "allowlist" | "allowlists" => self
                    .each_table(&entry, "", |own, table, line| source.allowlists.push(own.allowlist(table, line, "the global allowlist"))),
                "minversion" => self.leave(&entry, "", "it asks for a version of the other tool"),
                "maxdecodedepth" => self.leave(&entry, "", "encodings are decoded up to a depth of their own"),
                "description" => {}
                _ => self.unknown(&entry, ""),
            }
        }
        source
    }

    fn extend(&mut self, table: &DeTable<'_>, line: u32) -> Extend {
        let mut extend = Extend { line, ..Extend::default() };
        for entry in self.entries(table) {
            match entry.key.as_str() {
                "usedefault" => extend.use_default = self.truth(&entry, "[extend]"),
                "path" => extend.path = self.text(&entry, "[extend]").filter(|path| !path.is_empty()),
                "disabledrules" => {
                    let line = entry.line;
                    extend.disabled = self.texts(&entry, "[extend]").into_iter().map(|id| (id, line)).collect();
                }
                _ => self.unknown(&entry, "[extend]"),
            }
        }
        extend
    }

    fn rule(&mut self, table: &DeTable<'_>, line: u32) -> Rule {
        let mut rule = Rule { line, ..Rule::default() };
        let entries = self.entries(table);
        if let Some(entry) = entries.iter().find(|entry| entry.key == "id") {
            rule.id = self.text(entry, "a rule").unwrap_or_default();
        }
        let of = if rule.id.is_empty() { "a rule without an id".to_owned() } else { format!("rule `{}`", rule.id) };
        for entry in entries {
            match entry.key.as_str() {
                "id" => {}
                "description" => rule.description = self.text(&entry, &of).unwrap_or_default(),
                "regex" => rule.regex = self.text(&entry, &of).filter(|text| !text.is_empty()),
                "path" => rule.path = self.text(&entry, &of).filter(|text| !text.is_empty()),
                "secretgroup" => rule.secret_group = self.count(&entry, &of).unwrap_or(0),
                "entropy" => rule.entropy = self.number(&entry, &of).unwrap_or(0.0),
                "keywords" => rule.keywords = self.texts(&entry, &of),
                "tags" => rule.tags = self.texts(&entry, &of),
                "allowlist" | "allowlists" => self.each_table(&entry, &of, |own, table, line| {
                    let of = format!("the allowlist of {of}");
                    rule.allowlists.push(own.allowlist(table, line, &of));
                }),
                "required" => self.each_table(&entry, &of, |own, table, line| rule.required.push(own.required(table, line, &of))),
                "skipreport" => rule.is_not_reported = self.truth(&entry, &of),
                "tokenefficiency" => {
                    self.leave(&entry, &of, "how a language model cuts the secret into tokens is not measured: the rule finds more here")
                }
                _ => self.unknown(&entry, &of),
            }
        }
        rule
    }

    fn required(&mut self, table: &DeTable<'_>, line: u32, of: &str) -> Required {
        let mut required = Required { line, ..Required::default() };
        for entry in self.entries(table) {
            match entry.key.as_str() {
                "id" => required.id = self.text(&entry, of).unwrap_or_default(),
                "withinlines" => required.within_lines = self.count(&entry, of),
                "withincolumns" => required.within_columns = self.count(&entry, of),
                _ => self.unknown(&entry, of),
            }
        }
        required
    }

    fn allowlist(&mut self, table: &DeTable<'_>, line: u32, of: &str) -> Allowlist {
        let mut list = Allowlist { line, target: "secret".to_owned(), ..Allowlist::default() };
        for entry in self.entries(table) {
            match entry.key.as_str() {
                "description" => list.description = self.text(&entry, of).unwrap_or_default(),
                "condition" => {
                    let word = self.text(&entry, of).unwrap_or_default().to_lowercase();
                    list.is_and = matches!(word.as_str(), "and" | "&&");
                    if !list.is_and && !matches!(word.as_str(), "or" | "||" | "") {
                        self.leave(&entry, of, "it is neither AND nor OR; OR was taken");
                    }
                }
                "commits" => list.commits = self.texts(&entry, of),
                "paths" => list.paths = self.texts(&entry, of),
                "regextarget" => list.target = self.text(&entry, of).unwrap_or_default().to_lowercase(),
                "regexes" => list.regexes = self.texts(&entry, of),
                "stopwords" => list.stopwords = self.texts(&entry, of),
                "targetrules" => list.target_rules = self.texts(&entry, of),
                _ => self.unknown(&entry, of),
            }
        }
        list
    }

    /// A table, or each table of a list.
    fn each_table(&mut self, entry: &Entry<'_, '_>, of: &str, mut each: impl FnMut(&mut Self, &DeTable<'_>, u32)) {
        match entry.value {
            DeValue::Table(table) => each(self, table, entry.line),
            DeValue::Array(list) => {
                for item in list.iter() {
                    match item.get_ref() {
                        DeValue::Table(table) => each(self, table, self.line(item)),
                        _ => self.leave(entry, of, "it holds something that is no table"),
                    }
                }
            }
            _ => self.leave(entry, of, "it is no table"),
        }
    }

    fn text(&mut self, entry: &Entry<'_, '_>, of: &str) -> Option<String> {
        let text = entry.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.leave(entry, of, "it is no text");
        }
        text
    }

    fn texts(&mut self, entry: &Entry<'_, '_>, of: &str) -> Vec<String> {
        if let Some(text) = entry.value.as_str() {
            return vec![text.to_owned()];
        }
        let Some(list) = entry.value.as_array() else {
            self.leave(entry, of, "it is no list of texts");
            return Vec::new();
        };
        let texts: Vec<String> = list.iter().filter_map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
        if texts.len() < list.iter().count() {
            self.leave(entry, of, "it holds something that is no text");
        }
        texts
    }

    fn truth(&mut self, entry: &Entry<'_, '_>, of: &str) -> bool {
        let truth = entry.value.as_bool();
        if truth.is_none() {
            self.leave(entry, of, "it is neither true nor false");
        }
        truth.unwrap_or(false)
    }

    fn number(&mut self, entry: &Entry<'_, '_>, of: &str) -> Option<f64> {
        let written = entry.value.as_float().map(|number| number.as_str()).or_else(|| Some(entry.value.as_integer()?.as_str()));
        let number = written.and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.leave(entry, of, "it is no number");
        }
        number
    }

    fn count(&mut self, entry: &Entry<'_, '_>, of: &str) -> Option<u32> {
        let number = entry.value.as_integer().and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            self.leave(entry, of, "it is no whole number from 0 on");
        }
        number
    }

    fn unknown(&mut self, entry: &Entry<'_, '_>, of: &str) {
        self.leave(entry, of, "an unknown key");
    }

    fn leave(&mut self, entry: &Entry<'_, '_>, of: &str, why: &str) {
        let what = if of.is_empty() { format!("`{}`", entry.written) } else { format!("`{}` of {of}", entry.written) };
        self.outcome.leave(what, Some(entry.line), why);
    }
}
