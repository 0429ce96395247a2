//! From a log back to the first one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Before, Head, Verified, digest, verify};

/// Most logs that are followed.
const MOST: usize = 10_000;

/// What a look at one log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked {
    /// Its file.
    pub path: PathBuf,
    /// What is in it; none if it is not there.
    pub found: Option<Verified>,
    /// What the next log says of it; none for the last one.
    pub noted: Option<Before>,
}

impl Walked {
    /// What is wrong with it now that was not when the next log was begun, with the line from 1, or 0 for the whole file.
    pub fn wrong(&self) -> Option<(u64, String)> {
        let found = self.found.as_ref()?;
        let was_wrong = self.noted.as_ref().is_some_and(|noted| noted.wrong.is_some());
        found.wrong.clone().filter(|(line, _)| !was_wrong || *line == 0)
    }
}

/// Reads the log at `path`, and all before it, the oldest first. `expected` is where the last one ends as the state file knows it.
///
/// # Errors
/// One cannot be read.
pub fn walk(path: &Path, expected: Option<&Head>) -> std::io::Result<Vec<Walked>> {
    let last = Walked { path: path.to_owned(), found: Some(verify(path, expected)?), noted: None };
    let mut seen = BTreeSet::from([path.to_owned()]);
    let mut walked = vec![last];
    while let Some((before, hash)) = walked.last().and_then(|last| last.found.as_ref()).and_then(|found| found.follows.clone()) {
        let Some(file) = before.file.as_deref().filter(|name| is_plain(name)) else { break };
        let path = path.with_file_name(file);
        if walked.len() >= MOST || !seen.insert(path.clone()) {
            break;
        }
        let found = match set_aside(&path, &before, &hash) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        walked.push(Walked { path, found, noted: Some(before) });
    }
    walked.reverse();
    Ok(walked)
}

/// A log that was set aside: nothing of it may have changed since.
fn set_aside(path: &Path, before: &Before, hash: &str) -> std::io::Result<Verified> {
    let mut found = verify(path, None)?;
    let is_same = before.sha256.as_ref() == Some(&digest(path)?);
    if !is_same && found.wrong.is_none() {
        found.wrong = Some((0, "it is not the file any more that was set aside".to_owned()));
    } else if !is_same {
        found.wrong = found.wrong.map(|(_, why)| (0, format!("it is not the file any more that was set aside: {why}")));
    } else if found.wrong.is_none() && before.wrong.is_none() && found.head.as_ref().is_some_and(|head| head.hash != hash) {
        found.wrong = Some((0, "the next log follows another one".to_owned()));
    }
    Ok(found)
}

/// Whether `name` is that of a file in the same folder: what stands in a log leads nowhere else.
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name() == Some(name.as_ref()) && !name.contains(['/', '\\'])
}

#[cfg(test)]
mod tests {
    use super::super::{BEGUN, append, aside};
    use super::*;

    /// Two logs of three entries each, and where the second ends.
    fn logs(folder: &Path, wrong: Option<&str>) -> (PathBuf, PathBuf, Head) {
        let entries = |range: std::ops::Range<i64>| range.map(|seq| (seq, format!("{{\"what\":\"x\",\"n\":{seq}}}"))).collect::<Vec<_>>();
        let (log, old) = (folder.join("s.audit.jsonl"), aside(&folder.join("s.audit.jsonl"), 0));
        let head = append(&log, None, None, &entries(1..4)).expect("because it can be written");
        super::super::set_aside(&log, &old).expect("because it can be renamed");
        if wrong.is_some() {
            std::fs::write(&old, "{}\n").expect("because it can be written");
        }
        let before = Before {
            file: old.file_name().map(|name| name.to_string_lossy().into_owned()),
            entries: 3,
            sha256: Some(digest(&old).expect("because it is there")),
            wrong: wrong.map(str::to_owned),
        };
        let first = serde_json::json!({"what": BEGUN, "before": before}).to_string();
        let mut all = vec![(4, first)];
        all.extend(entries(5..7));
        let head = append(&log, None, Some(&head), &all).expect("because it can be written");
        (log, old, head)
    }

    #[test]
    fn logs_are_followed_to_the_first_and_every_change_is_seen() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let (log, old, head) = logs(folder.path(), None);
        let walked = || walk(&log, Some(&head)).expect("because they can be read");
        let all = walked();
        assert_eq!(all.iter().map(|log| log.path.clone()).collect::<Vec<_>>(), [old.clone(), log.clone()]);
        assert!(all.iter().all(|log| log.wrong().is_none() && log.found.as_ref().is_some_and(|found| found.entries == 3)), "{all:?}");
        let text = std::fs::read_to_string(&old).expect("because it was written");
        let cut: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
        for changed in [cut, text.replace("\"n\":2", "\"n\":9"), String::new()] {
            std::fs::write(&old, &changed).expect("because it can be written");
            assert!(walked()[0].wrong().is_some(), "{changed}");
        }
        std::fs::remove_file(&old).expect("because it is there");
        assert!(walked()[0].found.is_none());
    }

    #[test]
    fn damage_that_was_noted_is_no_news_and_further_damage_is() {
        let folder = tempfile::tempdir().expect("because the temporary folder can be written");
        let (log, old, head) = logs(folder.path(), Some("line 1: this is no entry"));
        let wrong = || walk(&log, Some(&head)).expect("because they can be read")[0].wrong();
        assert_eq!(wrong(), None);
        std::fs::write(&old, "[]\n").expect("because it can be written");
        assert!(wrong().is_some());
    }

    #[test]
    fn a_log_leads_to_files_beside_it_alone() {
        assert!(is_plain("s.audit.20260131T140000Z.jsonl"));
        for wrong in ["", "..", "../x", "/etc/passwd", "a/b", "a\\b", "."] {
            assert!(!is_plain(wrong), "{wrong}");
        }
    }
}
