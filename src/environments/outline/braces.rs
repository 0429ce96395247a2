//! JSON, HCL and program text by their brackets: what stands before one is its name.

use super::tree::Tree;
use crate::location::ByteSpan;

/// What comments and strings look like, and what may stand before a bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A bracket is named by a key.
    Json,
    /// By a key, or by the last label of a block: `resource "x" "prod" {`.
    Hcl,
    /// By a key; `//` begins a comment.
    Slashes,
    /// By a key; `#` begins a comment.
    Hashes,
}

/// Longest name or value that is looked at, in bytes.
const LONGEST: usize = 300;
/// Deepest nesting that is followed.
const DEEPEST: usize = 200;

struct Reader<'r, 't> {
    tree: &'r mut Tree<'t>,
    language: Language,
    at: usize,
    /// Where the text begins that could be the name of the next bracket, or an assignment.
    statement: usize,
    /// Brackets that are too deep to be followed.
    beyond: usize,
}

/// Reads the text of `tree` into it.
pub fn read(tree: &mut Tree<'_>, language: Language) {
    let text = tree.text();
    let mut reader = Reader { tree, language, at: 0, statement: 0, beyond: 0 };
    while let Some(&byte) = text.get(reader.at) {
        reader.step(text, byte);
        reader.at += 1;
    }
    reader.ends(text, text.len());
}

impl Reader<'_, '_> {
    fn step(&mut self, text: &[u8], byte: u8) {
        let rest = &text[self.at..];
        match byte {
            b'"' | b'`' => self.skip_string(rest, byte),
            b'\'' if self.language != Language::Hcl => self.skip_string(rest, byte),
            b'#' if matches!(self.language, Language::Hcl | Language::Hashes) => self.skip_comment(text, rest, b"\n"),
            b'/' if rest.starts_with(b"//") && self.language != Language::Hashes => self.skip_comment(text, rest, b"\n"),
            b'/' if rest.starts_with(b"/*") && self.language != Language::Hashes => self.skip_comment(text, rest, b"*/"),
            b'{' | b'[' | b'(' => self.opens(text),
            b'}' | b']' | b')' => self.closes(text),
            b',' | b';' => self.ends(text, self.at),
            b'\n' if !self.goes_on(text) => self.ends(text, self.at),
            _ => {}
        }
    }

    /// Goes to the quote that ends a string; strings in double or single quotes end with their line.
    fn skip_string(&mut self, rest: &[u8], quote: u8) {
        let mut at = 1;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'\\' => at += 1,
                b'\n' if quote != b'`' => {
                    // Left for the next step, which ends the statement.
                    at -= 1;
                    break;
                }
                _ if byte == quote => break,
                _ => {}
            }
            at += 1;
        }
        self.at += at.min(rest.len().saturating_sub(1));
    }

    /// Goes to the last byte of a comment.
    fn skip_comment(&mut self, text: &[u8], rest: &[u8], end: &[u8]) {
        self.ends(text, self.at);
        let length = memchr::memmem::find(rest, end).map_or(rest.len(), |at| at + end.len());
        self.at += length.saturating_sub(1);
        self.statement = self.at + 1;
    }

    /// Whether the statement goes on behind the end of the line: `"production":` with its brace on the next one.
    fn goes_on(&self, text: &[u8]) -> bool {
        let so_far = text[self.statement..self.at].trim_ascii_end();
        so_far.is_empty() || matches!(so_far.last(), Some(b':' | b'=' | b'>'))
    }

    fn opens(&mut self, text: &[u8]) {
        if self.tree.depth() > DEEPEST {
            self.beyond += 1;
        } else {
            let name = self.name(text);
            self.tree.push(name, self.at);
        }
        self.statement = self.at + 1;
    }

    fn closes(&mut self, text: &[u8]) {
        self.ends(text, self.at);
        if self.beyond > 0 {
            self.beyond -= 1;
        } else {
            self.tree.pop(self.at);
        }
    }

    /// The name of the bracket here: the key before it, or the head of a block.
    fn name(&self, text: &[u8]) -> ByteSpan {
        let none = ByteSpan::new(self.at, self.at);
        let head = text[self.statement..self.at].trim_ascii();
        if head.is_empty() || head.len() > LONGEST {
            return none;
        }
        let start = self.statement + text[self.statement..self.at].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let key = head.trim_ascii_end();
        let key = key.strip_suffix(b"=>").or_else(|| key.strip_suffix(b":")).or_else(|| key.strip_suffix(b"="));
        match key {
            Some(key) => last_word(key, start),
            // The last label names a block; its type, such as `aws_api_gateway_stage`, says what it is.
            None if self.language == Language::Hcl => last_word(head, start),
            None => none,
        }
    }

    /// The statement ends at `end`.
    fn ends(&mut self, text: &[u8], end: usize) {
        let statement = text.get(self.statement..end).unwrap_or_default();
        if !statement.is_empty() && statement.len() <= LONGEST && self.beyond == 0 {
            let operator = statement.iter().position(|byte| matches!(byte, b'=' | b':'));
            if let Some(operator) = operator {
                let key = last_word(&statement[..operator], 0).of(statement);
                let is_around = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'>');
                let lead = statement[operator + 1..].iter().take_while(|byte| is_around(byte)).count();
                let start = operator + 1 + lead;
                let kept = statement[start..].iter().rev().skip_while(|byte| is_around(byte)).count();
                let value = ByteSpan::new(self.statement + start, self.statement + start + kept);
                self.tree.assign(self.tree.top(), key, value);
            }
        }
        self.statement = end + 1;
    }
}

/// The last word of `text`, without quotes; `start` is where `text` begins.
fn last_word(text: &[u8], start: usize) -> ByteSpan {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'$') || !byte.is_ascii();
    let Some(last) = text.iter().rposition(is_word) else { return ByteSpan::new(start, start) };
    let first = text[..last].iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    ByteSpan::new(start + first, start + last + 1)
}
