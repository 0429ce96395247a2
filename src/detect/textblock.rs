//! Which parts of a program's source are text of many lines: settings stand there as they do in a file of their own.
//!
//! Told by the marks that begin and end such a text in the file's language. Knows nothing of names and values.

/// Where the text blocks of one source file are, found while going through it.
#[derive(Debug)]
pub struct TextBlocks {
    mark: Option<&'static [u8]>,
    /// Up to where marks were counted.
    seen: usize,
    within: Within,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Source,
    Text,
    /// Text that nothing is done with: a docstring of Python.
    Comment,
}

/// Go and JavaScript write text of many lines between backticks, others between three quotes.
const BACKTICKS: [&str; 9] = ["go", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"];
const THREE_QUOTES: [&str; 9] = ["py", "java", "kt", "kts", "scala", "groovy", "swift", "cs", "jl"];

impl TextBlocks {
    /// For the file at `path`.
    pub fn of(path: &[u8]) -> Self {
        let extension = path.rsplit(|b| *b == b'.').next().unwrap_or_default();
        let is = |list: &[&str]| list.iter().any(|known| extension.eq_ignore_ascii_case(known.as_bytes()));
        let mark = if is(&BACKTICKS) {
            Some(&b"`"[..])
        } else if is(&THREE_QUOTES) {
            Some(&b"\"\"\""[..])
        } else {
            None
        };
        Self { mark, seen: 0, within: Within::Source }
    }

    /// Whether a text block is open at `at`. To be asked by rising places; each byte of `text` is looked at once.
    pub fn is_open_at(&mut self, text: &[u8], at: usize) -> bool {
        let Some(mark) = self.mark else { return false };
        while self.seen < at
            && let Some(found) = memchr::memmem::find(&text[self.seen..at], mark)
        {
            let place = self.seen + found;
            self.seen = place + mark.len();
            self.within = match self.within {
                Within::Source if is_value(text, place) => Within::Text,
                Within::Source => Within::Comment,
                Within::Text | Within::Comment => Within::Source,
            };
        }
        self.seen = self.seen.max(at);
        self.within == Within::Text
    }
}

/// Whether what begins at `at` stands where a value does: behind `=`, `(`, `,`, `:`, `{`, `[`, `+` or `return`.
fn is_value(text: &[u8], at: usize) -> bool {
    const FAR: usize = 16;
    let before = &text[at.saturating_sub(FAR)..at];
    // `f"""`, `r"""`, `$"""`: a prefix of the literal.
    let before = before.strip_suffix(b"f").or_else(|| before.strip_suffix(b"r")).or_else(|| before.strip_suffix(b"$")).unwrap_or(before);
    let begins_line =
        before.trim_ascii_end().len() < before.len() && before.rsplit(|b| *b == b'\n').next().is_some_and(|b| b.trim_ascii().is_empty());
    match before.trim_ascii_end().last() {
        Some(b'=' | b'(' | b',' | b'{' | b'[' | b'+' | b'>') => true,
        // Behind `def f():` and a line's end stands a docstring.
        Some(b':') => !begins_line,
        _ => before.trim_ascii_end().ends_with(b"return"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(path: &str, text: &str) -> bool {
        let at = text.find("HERE").expect("because the test marks the place");
        TextBlocks::of(path.as_bytes()).is_open_at(text.as_bytes(), at)
    }

    #[test]
    fn blocks_begin_and_end() {
        assert!(opens("a.go", "conf := `\nuser: x\nHERE`"));
        assert!(!opens("a.go", "conf := `\nuser: x`\nHERE"));
        assert!(opens("a.py", "conf = \"\"\"\nHERE\n\"\"\""));
        assert!(!opens("a.py", "def f():\n    \"\"\"\nHERE\n\"\"\""));
        assert!(opens("A.java", "String s = \"\"\"\n HERE\n"));
        assert!(!opens("a.rb", "x = `HERE`"));
    }

    #[test]
    fn places_are_asked_by_rising_order() {
        let text = b"a := `x` + `y`";
        let mut blocks = TextBlocks::of(b"a.go");
        let open: Vec<_> = (0..text.len()).filter(|at| blocks.is_open_at(text, *at)).collect();
        assert_eq!(open, [6, 7, 12, 13]);
    }
}
