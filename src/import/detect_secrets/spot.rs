//! Where a secret stands of which only a hash is known, and what keysieve finds there.
//!
//! Other tools cut secrets otherwise: a hash may be one of a longer text around the secret, of a part of it, or of a line that begins it. A part of a
//! line that has the hash is the text that was meant; whatever is found where it stands is the same secret.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use crate::finding::{Finding, LocationKind, Subject};
use crate::source::sha1_hex;

/// Longer lines are not taken apart, in bytes.
const LONGEST_LINE: usize = 4_096;
/// Most places of a line where a text may begin or end.
const MOST_BORDERS: usize = 256;

/// What is known of a hash.
pub(super) enum Stand<'f> {
    /// What keysieve finds there.
    Found(Vec<&'f Finding>),
    /// It stands there, and keysieve finds nothing there.
    Unreported,
    /// The file could not be read.
    NoFile,
    /// It was not looked for: enough was hashed already.
    TooMuch,
    /// It is nowhere.
    Gone,
}

impl<'f> Stand<'f> {
    /// What keysieve finds there, if it does.
    pub(super) fn found(&self) -> impl Iterator<Item = &'f Finding> {
        let own: &[&'f Finding] = if let Self::Found(own) = self { own } else { &[] };
        own.iter().copied()
    }

    /// Why nothing can be excepted there.
    pub(super) fn why(&self) -> &'static str {
        match self {
            Self::Found(_) => "",
            Self::Unreported => "the secret stands there, and keysieve does not report it: there is nothing to except",
            Self::NoFile => "there is no such file in the tree that could be read",
            Self::TooMuch => "it was not looked for: the baseline names too many secrets that keysieve does not find as such",
            Self::Gone => "keysieve finds no secret in this file that has this hash: it is gone, or no secret to keysieve",
        }
    }
}

/// Texts of one file by their hashes.
pub(super) struct Spots<'f, 'c> {
    path: String,
    content: &'c dyn Fn(&str) -> Option<Vec<u8>>,
    budget: &'c Cell<u64>,
    places: Vec<(Range<usize>, &'f Finding)>,
    file: Option<File>,
}

/// A file, and what was hashed of it.
struct File {
    bytes: Option<Vec<u8>>,
    /// Where the lines begin.
    lines: Vec<usize>,
    hashed: HashMap<String, Range<usize>>,
    done: Vec<usize>,
}

impl<'f, 'c> Spots<'f, 'c> {
    pub(super) fn new(path: &str, found: &'f [Finding], content: &'c dyn Fn(&str) -> Option<Vec<u8>>, budget: &'c Cell<u64>) -> Self {
        let secrets = found.iter().filter(|finding| finding.subject == Subject::Secret);
        let places = secrets.flat_map(|finding| finding.locations.iter().map(move |location| (location, finding)));
        let own = places.filter(|(location, _)| location.kind == LocationKind::File && location.path == path.as_bytes());
        let places = own.map(|(location, finding)| (location.byte_range.start..location.byte_range.end, finding)).collect();
        Self { path: path.to_owned(), content, budget, places, file: None }
    }

    /// What stands where a text of this hash stands: on the line number `line`, or on a line on which something was found.
    pub(super) fn find(&mut self, hash: &str, line: Option<u32>) -> Stand<'f> {
        let file = self.file.get_or_insert_with(|| File::new((self.content)(&self.path)));
        let Some(bytes) = file.bytes.take() else { return Stand::NoFile };
        let named = line.and_then(|line| (line as usize).checked_sub(1));
        let lines: Vec<usize> = named.into_iter().chain(self.places.iter().map(|(place, _)| file.line_at(place.start))).collect();
        for line in lines {
            file.hash(&bytes, line, self.budget);
        }
        file.bytes = Some(bytes);
        let Some(spot) = file.hashed.get(hash) else {
            return if self.budget.get() == 0 { Stand::TooMuch } else { Stand::Gone };
        };
        let overlaps = |place: &Range<usize>| place.start < spot.end && spot.start < place.end;
        let mut own: Vec<&Finding> = Vec::new();
        for (_, finding) in self.places.iter().filter(|(place, _)| overlaps(place)) {
            if !own.iter().any(|other| std::ptr::eq(*other, *finding)) {
                own.push(finding);
            }
        }
        if own.is_empty() { Stand::Unreported } else { Stand::Found(own) }
    }
}

impl File {
    fn new(bytes: Option<Vec<u8>>) -> Self {
        let ends = bytes.iter().flat_map(|bytes| memchr::memchr_iter(b'\n', bytes));
        let lines = std::iter::once(0).chain(ends.map(|end| end + 1)).collect();
        Self { bytes, lines, hashed: HashMap::new(), done: Vec::new() }
    }

    /// The number of the line, from 0, that holds a byte.
    fn line_at(&self, byte: usize) -> usize {
        self.lines.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// Hashes all parts of a line between signs.
    fn hash(&mut self, bytes: &[u8], line: usize, budget: &Cell<u64>) {
        let Some(start) = self.lines.get(line).copied() else { return };
        if self.done.contains(&line) {
            return;
        }
        self.done.push(line);
        let end = self.lines.get(line + 1).map_or(bytes.len(), |next| next - 1);
        let text = bytes.get(start..end).unwrap_or_default();
        if text.len() > LONGEST_LINE {
            return;
        }
        let is_border =
            |at: &usize| *at == 0 || *at == text.len() || !(text[at - 1].is_ascii_alphanumeric() && text[*at].is_ascii_alphanumeric());
        let borders: Vec<usize> = (0..=text.len()).filter(is_border).take(MOST_BORDERS).collect();
        for (at, from) in borders.iter().enumerate() {
            for to in &borders[at + 1..] {
                let Some(left) = budget.get().checked_sub(1) else { return };
                budget.set(left);
                if let Some(hash) = sha1_hex(&text[*from..*to]) {
                    self.hashed.entry(hash).or_insert(start + from..start + to);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_line_is_known_by_its_hash() {
        let text = b"first\nkey = \"a+b_c\"\nlast";
        let content = |path: &str| (path == "x").then(|| text.to_vec());
        let budget = Cell::new(10_000);
        let hash = |text: &str| sha1_hex(text.as_bytes()).unwrap_or_default();
        let stand = |path: &str, text: &str, line| match Spots::new(path, &[], &content, &budget).find(&hash(text), line) {
            Stand::Found(_) => "found",
            Stand::Unreported => "unreported",
            Stand::NoFile => "no file",
            Stand::TooMuch => "too much",
            Stand::Gone => "gone",
        };
        for (text, line, expected) in [
            ("a+b_c", Some(2), "unreported"),
            ("b", Some(2), "unreported"),
            ("a+b_c", Some(1), "gone"),
            ("ey", Some(2), "gone"),
            ("last", Some(3), "unreported"),
            ("first", Some(0), "gone"),
            ("first", Some(u32::MAX), "gone"),
            ("first", None, "gone"),
        ] {
            assert_eq!(stand("x", text, line), expected, "{text} {line:?}");
        }
        assert_eq!(stand("y", "first", Some(1)), "no file");
        budget.set(0);
        assert_eq!(stand("x", "last", Some(3)), "too much");
    }
}
