//! The file of paths that trufflehog is told to leave out with `--exclude-paths`: one regular expression a line, `#` before a comment.
//!
//! Source: the help text of trufflehog's `--exclude-paths`; comments as in the README of its version 2.

use super::path_regex::{Syntax, translate};
use super::{Additions, Imported, Outcome};

/// Largest file, in bytes.
pub const LARGEST: u64 = 1 << 20;

/// Makes `paths.exclude_regex` of `text`.
pub fn import_excludes(text: &str) -> Imported {
    let mut outcome = Outcome::default();
    let mut config = Additions::default();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let what = format!("`{}`", crate::config::shown(line));
        match translate(line, Syntax::Go) {
            Ok(regex) if config.exclude_regex.contains(&regex) => outcome.leave(what, Some(number), "it is there twice"),
            Ok(regex) => {
                outcome.take(what, Some(number), "an expression of `paths.exclude_regex`");
                config.exclude_regex.push(regex);
            }
            Err(why) => outcome.leave(what, Some(number), format!("it is no regular expression that can be used: {why}")),
        }
    }
    if config.exclude_regex.iter().any(|regex| regex.trim_start_matches("(?i)").starts_with("^/")) {
        outcome.note(
            "expressions that begin with `^/` match nothing here: paths count from the top of the repository, without a `/` before them",
        );
    }
    Imported { config, outcome, ..Imported::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_taken_or_told() {
        let imported = import_excludes("# ours\n\n^vendor/\r\n  \\.lock$  \n(bad\n^vendor/\n^/abs\n");
        assert_eq!(imported.config.exclude_regex, ["^vendor/", r"\.lock$", "^/abs"]);
        let left: Vec<_> = imported.outcome.left.iter().map(|left| (left.line, left.why.as_str())).collect();
        assert_eq!(left, [(Some(5), "it is no regular expression that can be used: unclosed group"), (Some(6), "it is there twice")]);
        assert_eq!(imported.outcome.taken.len(), 3);
        assert_eq!(imported.outcome.notes.len(), 1);
    }
}
