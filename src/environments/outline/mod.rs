//! What a place in a text stands in: keys of YAML, blocks of JSON, HCL and program text, sections of INI and TOML.
//!
//! One pass over the text, by indentation, braces or heads of sections: no parser of any of these languages, so that half a file, a template or
//! nonsense is read as far as it can be, in time and memory that the text's length bounds. Knows nothing of environments.

mod braces;
mod designators;
mod sections;
mod tree;
mod yaml;

use std::sync::Arc;

use self::tree::Tree;
use crate::finding::Surroundings;
use crate::location::ByteSpan;

/// Longest text that is read, in bytes. People write no longer ones.
const LONGEST: usize = 1 << 20;
/// Most names that are told of one place.
const MOST_NAMES: usize = 12;
/// Longest name that is told, in bytes.
const LONGEST_NAME: usize = 100;

/// How much of a line before a secret is looked at for a name, in bytes.
const LONGEST_LEFT: usize = 300;

/// How a text tells what stands in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Yaml,
    Braces(braces::Language),
    Sections,
    Unknown,
}

/// The structure of one text.
pub struct Outline<'t> {
    tree: Tree<'t>,
    form: Form,
    last: Option<Arc<Surroundings>>,
}

impl<'t> Outline<'t> {
    /// Reads `text`, which the name of the file at `path` says how to.
    pub fn new(path: &[u8], text: &'t [u8]) -> Self {
        let mut tree = Tree::new(text);
        let form = form(path, text);
        match form {
            Form::Yaml => yaml::read(&mut tree),
            Form::Braces(language) => braces::read(&mut tree, language),
            Form::Sections => sections::read(&mut tree),
            Form::Unknown => {}
        }
        tree.finish();
        Self { tree, form, last: None }
    }

    /// What the byte at `offset`, on the line at `line`, stands in; none if nothing is known.
    pub fn around(&mut self, offset: usize, line: ByteSpan) -> Option<Arc<Surroundings>> {
        let text = self.tree.text();
        let mut around = Surroundings::default();
        add(&mut around.hints, text, &assigned_names(text, line, offset));
        for (up, node) in self.tree.above(offset).enumerate() {
            add(&mut around.within, text, node.designations());
            // In YAML the secret's own key is a stretch as well, and that is only what it is called.
            let is_own = up == 0 && self.form == Form::Yaml && node.name.start >= line.start && node.name.end <= line.end;
            add(if is_own { &mut around.hints } else { &mut around.within }, text, &[node.name]);
            add(&mut around.hints, text, node.modes());
        }
        if around == Surroundings::default() {
            return None;
        }
        if self.last.as_deref() != Some(&around) {
            self.last = Some(Arc::new(around));
        }
        self.last.clone()
    }
}

/// The names on the line at `line` that the secret at `offset` is assigned to: on the left of the first `=` or `:`, and of the last one before it.
fn assigned_names(text: &[u8], line: ByteSpan, offset: usize) -> Vec<ByteSpan> {
    let end = offset.min(line.end).min(text.len());
    let start = line.start.max(end.saturating_sub(LONGEST_LEFT)).min(end);
    let before = &text[start..end];
    let is_operator = |byte: &u8| matches!(byte, b'=' | b':');
    let operators = before.iter().position(is_operator).into_iter().chain(before.iter().rposition(is_operator));
    let mut names: Vec<ByteSpan> = operators.filter_map(|operator| name_before(&before[..operator])).collect();
    names.dedup();
    names.into_iter().map(|name| ByteSpan::new(start + name.start, start + name.end)).collect()
}

/// The name that `before` ends in, if nothing but quotes and the like stands behind it.
fn name_before(before: &[u8]) -> Option<ByteSpan> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let end = before.iter().rposition(is_name)? + 1;
    let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b']' | b'=' | b':' | b'?');
    let begin = before[..end].iter().rposition(|byte| !is_name(byte)).map_or(0, |at| at + 1);
    before[end..].iter().all(is_between).then(|| ByteSpan::new(begin, end))
}

/// Appends what stands at `spans`, as one name: what says two things says nothing.
fn add(list: &mut Vec<String>, text: &[u8], spans: &[ByteSpan]) {
    let named = spans.iter().filter_map(|span| text.get(span.start..span.end)).filter(|name| name.iter().any(u8::is_ascii_alphabetic));
    let names: Vec<_> = named.map(|name| String::from_utf8_lossy(name.get(..LONGEST_NAME).unwrap_or(name))).collect();
    if !names.is_empty() && list.len() < MOST_NAMES {
        list.push(names.join(" "));
    }
}

/// Names that a template's name ends in: what is before them tells the form.
const TEMPLATES: [&[u8]; 5] = [b".j2", b".erb", b".tpl", b".tmpl", b".gotmpl"];
/// How far a head of a section is looked for in a file whose name leaves that open, in bytes.
const PROBE: usize = 4_096;

fn form(path: &[u8], text: &[u8]) -> Form {
    use braces::Language;
    if text.len() > LONGEST {
        return Form::Unknown;
    }
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.rsplit(|byte| *byte == b'/');
    let name = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let name = TEMPLATES.iter().find_map(|end| name.strip_suffix(*end)).unwrap_or(name);
    let end = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    match end {
        b"yml" | b"yaml" => Form::Yaml,
        _ if end == name && matches!(folder, b"group_vars" | b"host_vars") => Form::Yaml,
        b"json" | b"jsonc" | b"json5" => Form::Braces(Language::Json),
        b"tf" | b"tfvars" | b"hcl" => Form::Braces(Language::Hcl),
        b"js" | b"cjs" | b"mjs" | b"ts" | b"php" | b"groovy" | b"gradle" => Form::Braces(Language::Slashes),
        b"py" | b"rb" => Form::Braces(Language::Hashes),
        b"conf" if !has_head(text) => Form::Braces(Language::Hcl),
        b"toml" | b"ini" | b"cfg" | b"cnf" | b"conf" | b"config" | b"properties" | b"env" => Form::Sections,
        _ if name.starts_with(b".env") || end == name => Form::Sections,
        _ => Form::Unknown,
    }
}

/// Whether a line of `text` is the head of a section.
fn has_head(text: &[u8]) -> bool {
    text[..text.len().min(PROBE)].split(|byte| *byte == b'\n').any(|line| line.starts_with(b"["))
}

#[cfg(test)]
mod tests;
