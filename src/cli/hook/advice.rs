//! What a person does when a hook has stopped git: take it out, rotate it, or except it.
//!
//! Paths are foreign text: one goes into a command only where it shows itself as it is, and quoted.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use keysieve::finding::{Finding, Location, LocationKind, Subject};
use keysieve::report::{Report, escaped, redacted};

/// Things of a kind that are named one by one.
const NAMED: usize = 3;
/// Digits of a commit's id.
const ID_DIGITS: usize = 10;

/// What was stopped.
pub enum Stopped {
    /// A commit.
    Commit,
    /// A run over the whole tree.
    Tree,
    /// A run over a range of commits.
    Range,
    /// A push that has not begun.
    Push {
        /// The commits that were to be pushed, in hex.
        tips: Vec<String>,
    },
    /// A push at the side that receives it.
    Receive,
    /// A commit, for its message.
    Message {
        /// Where git keeps it.
        file: PathBuf,
    },
}

/// What to do, in a few lines. Holds nothing of a secret.
pub fn text(report: &Report, stopped: &Stopped) -> String {
    let report = redacted(report);
    let open: Vec<&Finding> = report.findings.iter().filter(|finding| report.fail_on.is_reached_by(finding)).collect();
    let mut out = format!("\n{}", headline(stopped));
    if open.is_empty() {
        out.push_str(" not everything could be scanned.\n  See above for what to do about it; --allow-incomplete lets it pass.\n");
        return out;
    }
    out.push_str(" what to do depends on what it is.\n");
    out.push_str("\nA credential:\n");
    take_out(&mut out, &open, stopped);
    rotate(&mut out, &open, stopped);
    except(&mut out, &open, stopped);
    out
}

fn headline(stopped: &Stopped) -> &'static str {
    match stopped {
        Stopped::Commit | Stopped::Message { .. } => "keysieve stopped the commit:",
        Stopped::Tree | Stopped::Range => "keysieve did not pass:",
        Stopped::Push { .. } => "keysieve stopped the push, nothing was sent:",
        Stopped::Receive => "keysieve refused the push, no ref was changed:",
    }
}

fn take_out(out: &mut String, open: &[&Finding], stopped: &Stopped) {
    match stopped {
        Stopped::Commit => {
            out.push_str("  Take it out of the file, `git add` the file, and commit again. To leave the file out of the commit:\n");
            let paths: BTreeSet<&[u8]> = places(open).map(|place| place.path.as_slice()).collect();
            for path in paths.iter().take(NAMED) {
                let _ = writeln!(out, "    git restore --staged {}", pathspec(path));
            }
            more(out, paths.len());
        }
        Stopped::Tree => out.push_str("  Take it out of the file, and let the program read it from its environment or a secret store.\n"),
        Stopped::Message { file } => {
            let file = shown_path(file).map_or_else(|| "FILE".to_owned(), |path| quoted(&path));
            let _ = writeln!(out, "  The message is kept. Take it out and commit again:\n    git commit --edit --file={file}");
        }
        Stopped::Push { tips } => commits(out, open, tips),
        Stopped::Range | Stopped::Receive => commits(out, open, &[]),
    }
}

/// A later commit that removes it would leave it in the earlier one.
fn commits(out: &mut String, open: &[&Finding], tips: &[String]) {
    let ids: BTreeSet<&str> = places(open).filter_map(|place| place.commit.as_deref()).collect();
    out.push_str("  Take it out of the commit that brought it. A new commit on top does not help: the old one goes with it.\n");
    for id in ids.iter().take(NAMED) {
        let short = id.get(..ID_DIGITS).unwrap_or(id);
        if tips.iter().any(|tip| tip == id) {
            let _ = writeln!(out, "    {short} is the last one:  edit the file, git add it, git commit --amend");
        } else {
            let _ = writeln!(out, "    {short}:  git rebase --interactive {short}^ (or --root), mark it `edit`, then as for the last one");
        }
    }
    more(out, ids.len());
}

fn rotate(out: &mut String, open: &[&Finding], stopped: &Stopped) {
    out.push_str(match stopped {
        Stopped::Receive => "  It has left the machine that it was on: rotate it, then rewrite the commits.\n",
        Stopped::Tree | Stopped::Range => "  If it was pushed or shared, rotate it first; taking it out does not undo that.\n",
        Stopped::Commit | Stopped::Push { .. } | Stopped::Message { .. } => {
            "  If it was pushed or shared before, rotate it first; taking it out does not undo that.\n"
        }
    });
    let rules: BTreeSet<&str> = open.iter().map(|finding| finding.rule.id.as_str()).collect();
    for rule in rules.iter().take(NAMED) {
        let _ = writeln!(out, "    keysieve explain {}", escaped(rule));
    }
    more(out, rules.len());
}

fn except(out: &mut String, open: &[&Finding], stopped: &Stopped) {
    let comments: BTreeSet<(&str, &str)> = open
        .iter()
        .filter(|finding| finding.subject == Subject::Secret)
        .flat_map(|finding| finding.locations.iter().map(move |place| (finding, place)))
        .filter(|(_, place)| place.decoded_via.is_empty())
        .filter(|(_, place)| matches!(place.kind, LocationKind::File | LocationKind::Staged | LocationKind::Blob))
        .filter_map(|(finding, place)| Some((comment(&place.path)?, finding.rule.id.as_str())))
        .collect();
    out.push_str("\nNo credential, or one that everybody may see:\n");
    if !comments.is_empty() {
        out.push_str("  Write a comment on the line before it, and the reason into the comment");
        out.push_str(if matches!(stopped, Stopped::Commit | Stopped::Tree) { ":\n" } else { ", in the commit that brought it:\n" });
    }
    for (sign, rule) in comments.iter().take(NAMED) {
        let end = match *sign {
            "<!--" => " -->",
            "/*" => " */",
            _ => "",
        };
        let _ = writeln!(out, "    {sign} {} {} reason=\"…\"{end}", keysieve::exceptions::inline::WORD, escaped(rule));
    }
    more(out, comments.len());
    let file = if matches!(stopped, Stopped::Receive) { "the keysieve.yaml of the server" } else { "keysieve.yaml" };
    let lead = if comments.is_empty() { "Write" } else { "Or write" };
    let _ = writeln!(out, "  {lead} this into {file}:");
    out.push_str("    exceptions:\n");
    let prints: BTreeSet<&str> = open.iter().map(|finding| finding.fingerprint.as_str()).collect();
    for print in prints.iter().take(NAMED) {
        let _ = writeln!(out, "      - fingerprint: \"{print}\"\n        reason: \"…\"");
    }
    more(out, prints.len());
}

fn more(out: &mut String, all: usize) {
    if let Some(more) = all.checked_sub(NAMED).filter(|more| *more > 0) {
        let _ = writeln!(out, "    … and {more} more");
    }
}

fn places<'f>(open: &'f [&'f Finding]) -> impl Iterator<Item = &'f Location> {
    open.iter().flat_map(|finding| &finding.locations)
}

/// What a comment begins with in such a file; none where the format has no comments.
fn comment(path: &[u8]) -> Option<&'static str> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let ending = String::from_utf8_lossy(name.rsplit(|byte| *byte == b'.').next().unwrap_or(name)).to_ascii_lowercase();
    Some(match ending.as_str() {
        "json" | "ipynb" | "csv" | "tsv" | "txt" | "pem" | "key" | "lock" | "map" => return None,
        "rs" | "go" | "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "c" | "h" | "cc" | "cpp" | "hpp" | "cs" | "java" | "kt" | "kts"
        | "swift" | "scala" | "dart" | "php" | "gradle" | "groovy" | "m" | "scss" | "less" | "jsonc" | "json5" | "proto" | "zig" => "//",
        "sql" | "lua" | "hs" | "elm" | "adb" | "ads" => "--",
        "html" | "htm" | "xml" | "xhtml" | "svg" | "vue" | "md" | "markdown" | "csproj" | "plist" | "xaml" => "<!--",
        "ini" | "el" | "lisp" | "clj" | "asm" | "reg" => ";",
        "tex" | "erl" => "%",
        "css" => "/*",
        "bat" | "cmd" => "REM",
        _ => "#",
    })
}

/// The path for a command, from wherever in the working tree that is given. Where it cannot be shown, a word for it.
fn pathspec(path: &[u8]) -> String {
    let Some(text) = std::str::from_utf8(path).ok().filter(|text| escaped(text) == **text) else { return "FILE".to_owned() };
    let is_plain = !text.contains(['*', '?', '[', '\\']) && !text.starts_with([':', '-']);
    let is_top = std::env::var_os("GIT_PREFIX").is_none_or(|prefix| prefix.is_empty());
    if is_plain && is_top { quoted(text) } else { quoted(&format!(":(top,literal){text}")) }
}

fn shown_path(path: &Path) -> Option<String> {
    path.to_str().filter(|text| escaped(text) == **text).map(str::to_owned)
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b'+' | b'@' | b'=');
    if text.bytes().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_stay_one_word() {
        assert_eq!(quoted("a/b-c.env"), "a/b-c.env");
        assert_eq!(quoted("it's; rm -rf ~"), r"'it'\''s; rm -rf ~'");
        assert_eq!(pathspec(b"a b"), "'a b'");
        assert_eq!(pathspec(b"*.env"), "':(top,literal)*.env'");
        assert_eq!(
            (pathspec(b"two\nlines"), pathspec(b"caf\xe9"), pathspec("\u{202e}x".as_bytes())),
            ("FILE".into(), "FILE".into(), "FILE".into())
        );
    }

    #[test]
    fn comments_begin_as_in_the_language() {
        let signs = ["a.py", "x/.env", "Dockerfile", "a.RS", "q.sql", "i.html", "p.json"].map(|path| comment(path.as_bytes()));
        assert_eq!(signs, [Some("#"), Some("#"), Some("#"), Some("//"), Some("--"), Some("<!--"), None]);
    }
}
