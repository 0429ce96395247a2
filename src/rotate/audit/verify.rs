//! Checks that a log is whole.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize as _;
use serde_json::Value;

use super::{BEGUN, Before, Head, LONGEST_LINE, hash, nothing};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of entries that are fine, from the first one on.
    pub entries: u64,
    /// Where those end; none where there are none.
    pub head: Option<Head>,
    /// What is wrong behind them, with the line from 1; none if all is fine.
    pub wrong: Option<(u64, String)>,
    /// The log that this one follows; none if it is the first.
    pub follows: Option<Follows>,
}

/// A log before another one, and the hash with which it ended.
pub type Follows = (Before, String);

/// Reads the whole log. `expected` is where it ends as the state file knows it: without it, lines that are missing at the end go unseen.
///
/// # Errors
/// It cannot be read.
pub fn verify(path: &Path, expected: Option<&Head>) -> std::io::Result<Verified> {
    let mut reader = BufReader::new(std::fs::File::open(path)?);
    let mut verified = Verified { entries: 0, head: None, wrong: None, follows: None };
    let mut has_expected = expected.is_none();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let limit = LONGEST_LINE as u64 + 1;
        if reader.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        match next(&line, verified.head.as_ref()) {
            Ok((head, follows)) => {
                verified.follows = verified.follows.or(follows);
                has_expected |= expected == Some(&head);
                verified.head = Some(head);
                verified.entries += 1;
            }
            Err(why) => {
                verified.wrong = Some((number, why.to_owned()));
                return Ok(verified);
            }
        }
    }
    if !has_expected {
        let why = "entries at the end are gone or changed: the state file knows another last entry";
        verified.wrong = Some((verified.entries + 1, why.to_owned()));
    }
    Ok(verified)
}

/// Where the log ends with `line`, which follows `before`; with the log that it follows itself, if it is the first line of one that does.
fn next(line: &[u8], before: Option<&Head>) -> Result<(Head, Option<Follows>), &'static str> {
    let line = line.strip_suffix(b"\n").ok_or("the line is torn")?;
    let entry: Value = serde_json::from_slice(line).map_err(|_| "this is no entry")?;
    let seq = entry["seq"].as_i64().ok_or("this is no entry")?;
    let prev = entry["prev"].as_str().ok_or("this is no entry")?;
    let head = Head { seq, hash: hash(line) };
    if before.is_none() && entry["what"] == BEGUN {
        let before = Before::deserialize(&entry["before"]).map_err(|_| "this is no entry")?;
        return Ok((head, Some((before, prev.to_owned()))));
    }
    let expected = before.map_or_else(nothing, |before| before.hash.clone());
    match before {
        _ if prev != expected => {
            Err("it does not follow the line before: that one, or this one, was changed, or lines between them are gone")
        }
        Some(before) if seq <= before.seq => Err("its number does not follow"),
        _ => Ok((head, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::append;
    use super::*;

    fn entries(range: std::ops::Range<i64>) -> Vec<(i64, String)> {
        range.map(|seq| (seq, format!("{{\"what\":\"x\",\"n\":{seq}}}"))).collect()
    }

    #[test]
    fn what_was_appended_is_whole_and_every_change_is_seen() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let path = folder.path().join("log");
        let head = append(&path, None, None, &entries(1..4)).expect("because it can be written");
        let head = append(&path, Some(&head), None, &entries(3..8)).expect("because it can be written");
        let whole = verify(&path, Some(&head)).expect("because it can be read");
        assert_eq!((whole.entries, whole.wrong), (7, None));
        let text = std::fs::read_to_string(&path).expect("because it was written");
        let lines: Vec<&str> = text.lines().collect();
        let broken = |text: String| {
            std::fs::write(&path, text).expect("because it can be written");
            verify(&path, Some(&head)).expect("because it can be read").wrong.map(|(line, _)| line)
        };
        for at in 0..lines.len() {
            let without: String = lines.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, line)| format!("{line}\n")).collect();
            assert!(broken(without).is_some(), "line {at} can be taken out");
            let changed: String = lines
                .iter()
                .enumerate()
                .map(|(n, line)| format!("{}\n", if n == at { line.replace("\"x\"", "\"y\"") } else { (*line).to_owned() }))
                .collect();
            assert!(broken(changed).is_some(), "line {at} can be changed");
        }
        assert_eq!(broken(text.clone()), None);
        assert_eq!(broken(text[..text.len() - 1].to_owned()), Some(7));
    }

    #[test]
    fn a_torn_line_is_cut_off_and_what_is_there_is_not_written_twice() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let path = folder.path().join("log");
        let first = append(&path, None, None, &entries(1..4)).expect("because it can be written");
        // A crash behind the writing, and one in it: nobody knows of the entries 4 to 6, and the last one is torn.
        append(&path, Some(&first), None, &entries(4..7)).expect("because it can be written");
        let text = std::fs::read_to_string(&path).expect("because it was written");
        std::fs::write(&path, &text[..text.len() - 9]).expect("because it can be written");
        let head = append(&path, Some(&first), None, &entries(4..9)).expect("because it can be written");
        let whole = verify(&path, Some(&head)).expect("because it can be read");
        assert_eq!((whole.entries, whole.wrong, head.seq), (8, None, 8));
    }

    #[test]
    fn a_log_that_was_cut_or_taken_away_is_not_continued() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let path = folder.path().join("log");
        let head = append(&path, None, None, &entries(1..4)).expect("because it can be written");
        std::fs::remove_file(&path).expect("because it is there");
        assert!(append(&path, Some(&head), None, &entries(4..5)).is_err() && !path.exists());
        append(&path, None, None, &entries(1..3)).expect("because it can be written");
        let said = append(&path, Some(&head), None, &entries(4..5)).expect_err("because an entry is gone").to_string();
        assert!(said.contains("at its end"), "{said}");
    }
}
