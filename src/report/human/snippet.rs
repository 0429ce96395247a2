//! The line that holds a secret, cut to the terminal's width, and the marks below the secret.

use super::layout::char_columns;
use crate::finding::Snippet;
use crate::report::escape;

/// A snippet ready to print.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// The line, escaped and cut.
    pub line: String,
    /// Columns before the mark.
    pub mark_start: usize,
    /// Columns under the mark, at least 1.
    pub mark_columns: usize,
}

/// Fits `snippet` into `width` columns such that the marked secret stays in sight. `None` if there is nothing to show.
pub fn fit(snippet: &Snippet, width: usize) -> Option<Shown> {
    let cells: Vec<Cell> = cells(&snippet.text);
    if cells.is_empty() {
        return None;
    }
    let mark_start = snippet.mark_start_chars.min(cells.len() - 1);
    let mark_end = snippet.mark_end_chars.clamp(mark_start + 1, cells.len());
    let (start, end) = window(&cells, mark_start, mark_end, width);
    let mut line = String::new();
    if start > 0 {
        line.push('…');
    }
    line.extend(cells[start..end].iter().map(|cell| cell.text.as_str()));
    if end < cells.len() {
        line.push('…');
    }
    let before = usize::from(start > 0) + total(&cells[start..mark_start]);
    let marked = total(&cells[mark_start..mark_end.min(end)]);
    Some(Shown { line, mark_start: before, mark_columns: marked.max(1) })
}

/// One character of the snippet as it is printed.
struct Cell {
    text: String,
    columns: usize,
}

fn cells(text: &str) -> Vec<Cell> {
    text.char_indices()
        .map(|(at, c)| {
            let mut shown = String::new();
            if c == '#' && escape::completes_log_command(text, at) {
                shown.push_str("\\x23")
            } else {
                escape::push_char(&mut shown, c)
            }
            let columns = shown.chars().map(char_columns).sum();
            Cell { text: shown, columns }
        })
        .collect()
}

fn total(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.columns).sum()
}

/// The range of cells to show: all of them if they fit, else the mark with as much on both sides as there is room for.
fn window(cells: &[Cell], mark_start: usize, mark_end: usize, width: usize) -> (usize, usize) {
    if total(cells) <= width {
        return (0, cells.len());
    }
    const ELLIPSES: usize = 2;
    let room = width.saturating_sub(ELLIPSES);
    let spare = room.saturating_sub(total(&cells[mark_start..mark_end]));
    let (left, right) = (total(&cells[..mark_start]), total(&cells[mark_end..]));
    let mut left_room = left.min((spare / 2).max(spare.saturating_sub(right)));
    let mut start = mark_start;
    while start > 0 && cells[start - 1].columns <= left_room {
        start -= 1;
        left_room -= cells[start].columns;
    }
    let mut right_room = room.saturating_sub(total(&cells[start..mark_start]));
    let mut end = mark_start;
    while end < cells.len() && cells[end].columns <= right_room {
        right_room -= cells[end].columns;
        end += 1;
    }
    (start, end.max(mark_start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snippet(text: &str, mark: &str) -> Snippet {
        let at = text.find(mark).expect("because the test marks a part of its text");
        let mark_start_chars = text[..at].chars().count();
        Snippet { text: text.to_owned(), mark_start_chars, mark_end_chars: mark_start_chars + mark.chars().count() }
    }

    #[test]
    fn a_short_line_is_shown_whole() {
        let shown = fit(&snippet("KEY = \"****\" # x", "****"), 60);
        assert_eq!(shown, Some(Shown { line: "KEY = \"****\" # x".into(), mark_start: 7, mark_columns: 4 }));
    }

    #[test]
    fn the_mark_stands_below_the_secret_whatever_is_escaped_or_wide_before_it() {
        let shown = fit(&snippet("鍵\x1b = ****", "****"), 60).expect("because there is text");
        assert_eq!(shown, Shown { line: "鍵\\x1b = ****".into(), mark_start: 9, mark_columns: 4 });
    }

    #[test]
    fn a_long_line_is_cut_around_the_secret() {
        let text = format!("{}TOKEN=****;{}", "a".repeat(500), "b".repeat(500));
        for width in 10..120 {
            let shown = fit(&snippet(&text, "****"), width).expect("because there is text");
            let marked: String = shown.line.chars().skip(shown.mark_start).take(shown.mark_columns).collect();
            assert_eq!(marked, "****", "width {width}");
            assert!(shown.line.chars().count() <= width, "width {width}");
            assert!(shown.line.starts_with('…') && shown.line.ends_with('…'));
        }
    }

    #[test]
    fn a_secret_wider_than_the_terminal_is_cut_at_its_end() {
        let shown = fit(&snippet(&format!("x{}y", "*".repeat(300)), &"*".repeat(300)), 50).expect("because there is text");
        assert_eq!(shown.line.chars().count(), 50);
        assert_eq!((shown.mark_start, shown.mark_columns), (1, 48));
    }

    #[test]
    fn marks_that_lie_outside_do_no_harm() {
        let lying = Snippet { text: "abc".into(), mark_start_chars: 90, mark_end_chars: 7 };
        assert_eq!(fit(&lying, 40), Some(Shown { line: "abc".into(), mark_start: 2, mark_columns: 1 }));
        assert_eq!(fit(&Snippet::default(), 40), None);
    }
}
