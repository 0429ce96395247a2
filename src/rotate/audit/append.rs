//! Appends entries to a log that may have been torn by a crash.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::{Head, LONGEST_LINE, LogError, hash, nothing, number};

/// Appends `entries` (number, JSON object) to the log at `path`, which is made if `head` says that nothing is in it yet. Entries that are in
/// it already are passed over, and a torn last line is cut off: both are what a crash leaves. `before` is the end of the log that this one
/// follows. The caller keeps others from doing the same.
///
/// # Errors
/// It cannot be written, or does not hold what `head` says.
pub fn append(path: &Path, head: Option<&Head>, before: Option<&Head>, entries: &[(i64, String)]) -> Result<Head, LogError> {
    let io = |error: std::io::Error| LogError::Io { path: path.to_owned(), why: error.to_string() };
    let changed = |why: &str| LogError::Changed { path: path.to_owned(), why: why.to_owned() };
    let mut file = open(path, head.is_none()).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => changed("it is not there any more"),
        _ => io(error),
    })?;
    let last = last_line(&mut file).map_err(io)?;
    let end = match (&last, head) {
        (None, Some(_)) => return Err(changed("it is empty")),
        (None, None) => before.cloned().unwrap_or_else(|| Head { seq: 0, hash: nothing() }),
        (Some(line), head) => {
            let seq = number(line).ok_or_else(|| changed("its last line is no entry"))?;
            let end = Head { seq, hash: hash(line) };
            match head {
                Some(head) if end.seq < head.seq => return Err(changed("entries at its end are gone")),
                Some(head) if end.seq == head.seq && end.hash != head.hash => return Err(changed("its last entry is another one")),
                None if entries.first().is_some_and(|(first, _)| *first > end.seq) => {
                    return Err(changed("it belongs to another state file"));
                }
                _ => end,
            }
        }
    };
    let mut text = Vec::new();
    let mut end = end;
    let first = end.seq + 1;
    for (seq, entry) in entries.iter().filter(|(seq, _)| *seq >= first) {
        let line = line(*seq, entry, &end.hash);
        end = Head { seq: *seq, hash: hash(line.as_bytes()) };
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    file.write_all(&text).and_then(|()| file.sync_data()).map_err(io)?;
    Ok(end)
}

/// `{"seq":1,…,"prev":"…"}`, of an entry that is a JSON object with something in it.
fn line(seq: i64, entry: &str, prev: &str) -> String {
    let inner = entry.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
    format!("{{\"seq\":{seq},{inner},\"prev\":\"{prev}\"}}")
}

fn open(path: &Path, may_create: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(may_create).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The last whole line, without its line feed; the file is left at its end, and what is behind that line is cut off.
fn last_line(file: &mut File) -> std::io::Result<Option<Vec<u8>>> {
    let length = file.seek(SeekFrom::End(0))?;
    let window = length.min(2 * LONGEST_LINE as u64);
    file.seek(SeekFrom::Start(length - window))?;
    let mut tail = Vec::new();
    file.take(window).read_to_end(&mut tail)?;
    let end = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if end < tail.len() {
        let whole = length - (tail.len() - end) as u64;
        file.set_len(whole)?;
    }
    file.seek(SeekFrom::End(0))?;
    let Some(body) = tail[..end].strip_suffix(b"\n") else { return Ok(None) };
    let begin = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Ok(Some(body[begin..].to_vec()))
}
