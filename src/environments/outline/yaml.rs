//! YAML by its indentation. Maps and lists in braces are values here.

use super::tree::Tree;
use crate::location::ByteSpan;

/// Longest key, in bytes.
const LONGEST_KEY: usize = 200;

struct Reader<'r, 't> {
    tree: &'r mut Tree<'t>,
    /// Of each open stretch: twice its column, and one more for an item of a list, which can stand in the column of the key above it.
    indents: Vec<usize>,
    /// Column of the key whose text goes on below it.
    block: Option<usize>,
}

/// Reads the text of `tree` into it.
pub fn read(tree: &mut Tree<'_>) {
    let text = tree.text();
    let mut reader = Reader { tree, indents: Vec::new(), block: None };
    let mut start = 0;
    for line in text.split(|byte| *byte == b'\n') {
        reader.line(start, line);
        start += line.len() + 1;
    }
}

impl Reader<'_, '_> {
    fn line(&mut self, start: usize, line: &[u8]) {
        let line = line.trim_ascii_end();
        let column = line.iter().take_while(|byte| **byte == b' ').count();
        let rest = &line[column..];
        if rest.is_empty() {
            return;
        }
        if self.block.is_some_and(|block| column > block) {
            return;
        }
        self.block = None;
        if rest.starts_with(b"#") {
            return;
        }
        if column == 0 && (rest == b"---" || rest.starts_with(b"--- ")) {
            self.close(0, start);
            // A document is a stretch of its own that no column ends.
            while self.tree.depth() > 1 {
                self.tree.pop(start);
            }
            self.indents.clear();
            self.tree.push(ByteSpan::new(start, start), start);
            return;
        }
        self.entry(start, line, column);
    }

    /// A key, or an item of a list with what stands behind its dash.
    fn entry(&mut self, start: usize, line: &[u8], mut column: usize) {
        while line[column..].starts_with(b"- ") || &line[column..] == b"-" {
            self.close(2 * column + 1, start);
            self.open(ByteSpan::new(start, start), 2 * column + 1, start + column);
            column += 1;
            column += line[column..].iter().take_while(|byte| **byte == b' ').count();
            if column >= line.len() {
                return;
            }
        }
        let rest = &line[column..];
        let Some((key, behind)) = key(rest) else { return self.item(start + column, rest) };
        self.close(2 * column, start + column);
        let parent = self.tree.top();
        let name = ByteSpan::new(start + column + key.start, start + column + key.end);
        self.open(name, 2 * column, start + column);
        let value = value(rest, behind);
        let begins = rest.get(value.start..value.end).unwrap_or_default();
        if begins.starts_with(b"|") || begins.starts_with(b">") {
            self.block = Some(column);
        } else {
            let value = ByteSpan::new(start + column + value.start, start + column + value.end);
            self.tree.assign(parent, key.of(rest), value);
        }
    }

    /// A scalar in a list: `profiles:` can be one.
    fn item(&mut self, at: usize, rest: &[u8]) {
        let value = value(rest, 0);
        let list = self.tree.above(at).find(|node| !node.name.is_empty()).map(|node| node.name);
        let Some(name) = list else { return };
        let key = name.of(self.tree.text());
        // The key is the list's own: what it says is said of what the list stands in.
        if let Some(parent) = self.parent_of_list() {
            self.tree.assign(parent, key, ByteSpan::new(at + value.start, at + value.end));
        }
    }

    /// The stretch that holds the key of the innermost open list.
    fn parent_of_list(&self) -> Option<usize> {
        self.tree.opened(2)
    }

    fn open(&mut self, name: ByteSpan, indent: usize, start: usize) {
        self.tree.push(name, start);
        self.indents.push(indent);
    }

    /// Ends what stands in the column that `indent` means, or behind it.
    fn close(&mut self, indent: usize, end: usize) {
        while self.indents.last().is_some_and(|own| *own >= indent) {
            self.indents.pop();
            self.tree.pop(end);
        }
    }
}

/// The key at the beginning of `line`, without quotes, and where what follows its colon begins.
fn key(line: &[u8]) -> Option<(ByteSpan, usize)> {
    let first = *line.first()?;
    if let quote @ (b'"' | b'\'') = first {
        let end = 1 + line[1..].iter().take(LONGEST_KEY).position(|byte| *byte == quote)?;
        let colon = end + 1 + line[end + 1..].iter().take_while(|byte| **byte == b' ').count();
        return (line.get(colon) == Some(&b':')).then(|| (ByteSpan::new(1, end), colon + 1));
    }
    if matches!(first, b'{' | b'[' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`') {
        return None;
    }
    let is_colon = |at: &usize| line[*at] == b':' && line.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t'));
    let colon = (0..line.len().min(LONGEST_KEY)).find(is_colon)?;
    let end = line[..colon].trim_ascii_end().len();
    Some((ByteSpan::new(0, end), colon + 1))
}

/// The scalar that begins at `from`, without a comment behind it and without quotes.
fn value(line: &[u8], from: usize) -> ByteSpan {
    let end = memchr::memmem::find(&line[from..], b" #").map_or(line.len(), |at| from + at);
    let is_around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'');
    let start = from + line[from..end].iter().take_while(|byte| is_around(byte)).count();
    let kept = line[start..end].iter().rev().skip_while(|byte| is_around(byte)).count();
    ByteSpan::new(start, start + kept)
}
