//! A few lines in the shell files of husky, and out again byte for byte.
//!
//! The files are shared with everybody who works on the repository, so nothing in them is of this machine.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::files::{self, Put};
use crate::cli::args::HookName;

const BEGIN: &str = "# >>> written by `keysieve install`; `keysieve uninstall` takes it out again";
const END: &str = "# <<< keysieve\n";
/// The file did not end with a line feed, or was not there.
const NO_LINE_END: &str = " (line)";
const NO_FILE: &str = " (file)";

/// The lines for a hook.
pub fn block(hook: HookName, file: &str, flags: &str, note: &str) -> String {
    let name = format!("{}{}{flags}", hook.as_str(), if flags.is_empty() { "" } else { " " });
    let missing = format!("the {file} hook does not find the program on the PATH, so nothing was scanned and this is stopped");
    let call = match hook {
        HookName::PreCommit | HookName::PreReceive => format!("keysieve hook {name} || exit\n"),
        HookName::CommitMsg => format!("keysieve hook {name} -- \"$1\" || exit\n"),
        // What comes behind it reads the same input.
        HookName::PrePush => format!(
            "keysieve_refs=$(cat)\nprintf '%s\\n' \"$keysieve_refs\" | keysieve hook {name} -- \"$@\" >&2 || exit\n\
             exec <<KEYSIEVE\n$keysieve_refs\nKEYSIEVE\n"
        ),
    };
    format!("{BEGIN}{note}\ncommand -v keysieve >/dev/null || {{\n    echo \"keysieve: {missing}\" >&2\n    exit 1\n}}\n{call}{END}")
}

/// Adds the lines to the file of a hook.
///
/// # Errors
/// The file cannot be read or written.
pub fn put(folder: &Path, hook: HookName, file: &str, flags: &str) -> anyhow::Result<Put> {
    let path = folder.join(file);
    let Some(text) = files::text(&path)? else {
        files::make(folder)?;
        files::write(&path, &block(hook, file, flags, NO_FILE))?;
        return Ok(Put::New);
    };
    if text.contains(BEGIN) {
        return Ok(Put::Same);
    }
    let ends = text.is_empty() || text.ends_with('\n');
    let block = block(hook, file, flags, if ends { "" } else { NO_LINE_END });
    let at = if hook == HookName::PrePush { head(&text) } else { text.len() };
    let line_end = if ends || at < text.len() { "" } else { "\n" };
    let block = if at < text.len() { block.replacen(NO_LINE_END, "", 1) } else { block };
    write(&path, &format!("{}{line_end}{block}{}", &text[..at], &text[at..]))?;
    Ok(Put::Chained)
}

/// Takes the lines out of a file; whether there were any.
///
/// # Errors
/// The file cannot be read or written.
pub fn take(path: &Path) -> anyhow::Result<bool> {
    let Some(text) = files::text(path)? else { return Ok(false) };
    let Some(start) = text.find(BEGIN) else { return Ok(false) };
    let Some(end) = text[start..].find(END).map(|at| start + at + END.len()) else { return Ok(false) };
    let note = text[start + BEGIN.len()..].lines().next().unwrap_or_default();
    let (mut before, after) = (&text[..start], &text[end..]);
    if note == NO_LINE_END {
        before = before.strip_suffix('\n').unwrap_or(before);
    }
    if note == NO_FILE && before.is_empty() && after.is_empty() {
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    } else {
        write(path, &format!("{before}{after}"))?;
    }
    Ok(true)
}

/// Whether the lines are in a file.
pub fn is_put(path: &Path) -> bool {
    files::text(path).ok().flatten().is_some_and(|text| text.contains(BEGIN))
}

/// Behind the lines with which such a file begins: comments, and what husky wants first.
fn head(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_head = line.trim().is_empty() || line.starts_with('#') || line.contains("husky.sh");
        if !is_head || !line.ends_with('\n') {
            break;
        }
        at += line.len();
    }
    at
}

/// Keeps the permissions of the file.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
