//! Counting terminal columns and breaking lines.

pub use crate::report::numbers::{counted, duration, size, thousands};

/// What separates the facts of one line.
pub const DOT: &str = " · ";

/// Terminal columns that `text` takes.
pub fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// Terminal columns of one visible character: 0 for combining marks and variation selectors, 2 for East Asian wide characters and emoji
/// (the blocks that Unicode's `EastAsianWidth` calls wide as a whole), else 1.
pub fn char_columns(c: char) -> usize {
    match c {
        '\0'..='\u{2ff}' => 1,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' => 0,
        '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}' => 2,
        '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 2,
        '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}' | '\u{1f900}'..='\u{1faff}' => 2,
        '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Joins `items` with [`DOT`] into as few lines of at most `width` columns as will hold them. An item is never broken: one that is wider has
/// a line of its own.
pub fn flow(items: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for item in items {
        let wide = columns(item);
        match lines.last_mut() {
            Some(line) if used + columns(DOT) + wide <= width => {
                line.push_str(DOT);
                line.push_str(item);
                used += columns(DOT) + wide;
            }
            _ => {
                lines.push(item.clone());
                used = wide;
            }
        }
    }
    lines
}

/// Breaks `text` at spaces into lines of at most `width` columns, all but the first indented by two. A word that is wider than a line is
/// broken anywhere.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    const INDENT: &str = "  ";
    let width = width.max(INDENT.len() + 2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && columns(&line) + 1 + columns(word) > width {
            lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
        } else if !is_empty {
            line.push(' ');
        }
        for c in word.chars() {
            if columns(&line) + char_columns(c) > width {
                lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
            }
            line.push(c);
        }
        is_empty = false;
    }
    lines.push(line);
    lines
}

/// `text` cut to `width` columns, with `…` as the last one where it was longer.
pub fn clip(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += char_columns(*c);
        used <= width
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_a_terminal() {
        assert_eq!([columns("abc"), columns("日本"), columns("e\u{301}"), columns("🔑")], [3, 4, 1, 2]);
    }

    #[test]
    fn text_is_wrapped_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three four", 9), ["one two", "  three", "  four"]);
        assert_eq!(wrap("one two", 7), ["one two"]);
        assert_eq!(wrap("a 0123456789abcdef z", 8), ["a", "  012345", "  6789ab", "  cdef z"]);
        assert_eq!(wrap("", 8), [""]);
        for width in 0..30 {
            let text = "in 3 branches (日本語/日本語日本語, release/1.0-with-a-long-name and 17 more)";
            let lines = wrap(text, width);
            assert!(lines.iter().all(|line| columns(line) <= width.max(4)), "width {width}: {lines:?}");
            let (kept, given): (String, String) = (lines.concat(), text.to_owned());
            assert_eq!(kept.replace(' ', ""), given.replace(' ', ""), "width {width}");
        }
    }

    #[test]
    fn a_clipped_text_has_so_many_columns() {
        assert_eq!([clip("abc", 3), clip("abcd", 3), clip("日本語", 5), clip("日本語", 4)], ["abc", "ab…", "日本…", "日…"]);
    }

    #[test]
    fn a_line_takes_what_fits() {
        let items = ["checksum valid", "near AWS key", "a rather long piece of evidence"].map(str::to_owned);
        assert_eq!(flow(&items, 30), ["checksum valid · near AWS key", "a rather long piece of evidence"]);
        assert_eq!(flow(&items, 200).len(), 1);
        assert_eq!(flow(&[], 30), Vec::<String>::new());
    }
}
