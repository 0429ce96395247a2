//! The commands of a plan, exactly as they are to be typed into a POSIX shell, and the callbacks that they give to git-filter-repo.

use std::path::Path;

use super::measure::Counts;
use crate::finding::{RefKind, RefName};
use crate::source::history::layout::Layout;

/// Name of the file with the secrets.
pub const REPLACE_TEXT_FILE: &str = "replace-text.txt";
/// Name of the module with the callbacks.
pub const CALLBACKS_FILE: &str = "keysieve_replace.py";
/// Content of that module. It holds no secret.
pub const CALLBACKS: &str = include_str!("keysieve_replace.py");

/// One command.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// What it is for; one sentence.
    pub why: String,
    /// The line itself.
    pub line: String,
}

impl Step {
    pub(super) fn new(why: &str, line: impl Into<String>) -> Self {
        Self { why: why.to_owned(), line: line.into() }
    }
}

/// `text` as one word of a shell.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Rewrites the history and throws away what it was. `needs` are the counts of all forms together.
pub(super) fn rewrite(layout: &Layout, folder: &Path, needs: Counts) -> Vec<Step> {
    let place = quoted(&layout.top.as_ref().unwrap_or(&layout.common_dir).to_string_lossy());
    let file = quoted(&folder.join(REPLACE_TEXT_FILE).to_string_lossy());
    let mut line = String::new();
    let calls = needs.binary_blobs + needs.people + needs.names > 0;
    if calls {
        line.push_str(&format!("PYTHONPATH={} PYTHONDONTWRITEBYTECODE=1 ", quoted(&folder.to_string_lossy())));
    }
    line.push_str("git filter-repo --force --sensitive-data-removal --no-fetch");
    if needs.text_blobs > 0 {
        line.push_str(&format!(" --replace-text {file}"));
    }
    if needs.messages > 0 {
        line.push_str(&format!(" --replace-message {file}"));
    }
    if needs.binary_blobs > 0 {
        line.push_str(" --blob-callback 'import keysieve_replace; keysieve_replace.blob(blob)'");
    }
    for (is_needed, what, value) in
        [(needs.people > 0, "name", "name"), (needs.people > 0, "email", "email"), (needs.names > 0, "filename", "filename")]
    {
        if is_needed {
            line.push_str(&format!(" --{what}-callback 'import keysieve_replace; return keysieve_replace.text({value})'"));
        }
    }
    vec![Step::new("The commands are run inside the repository.", format!("cd {place}")), Step::new(REWRITE, line)]
}

const REWRITE: &str = "Rewrites every commit that reaches a secret, resets the working tree to it, expires the reflogs and removes the old objects. \
It cannot be undone, and whatever is not committed is lost.";

/// What may still keep old objects in the repository where the history was rewritten.
pub(super) fn clean(layout: &Layout) -> Vec<Step> {
    let mut commands = Vec::new();
    // Older entries of the stash are kept by nothing but a reflog.
    if !layout.has_stash {
        commands.push(Step::new("Forgets what branches were before.", "git reflog expire --expire-unreachable=now --all"));
    }
    commands.push(Step::new("Removes every object that nothing needs any more.", "git gc --prune=now"));
    commands
}

/// Pushes what was rewritten to each remote.
pub(super) fn push(layout: &Layout, refs: &[RefName]) -> Vec<Step> {
    let names = pushed(layout, refs);
    let mut commands = Vec::new();
    for (remote, is_mirror) in &layout.remotes {
        let remote = quoted(remote);
        if *is_mirror {
            let why = "Pushes every ref. What the host refuses (`refs/pull/`, `refs/merge-requests/`) only the host can change.";
            commands.push(Step::new(why, format!("git push --force --mirror {remote}")));
        } else if !names.is_empty() {
            let why = "Pushes the refs that were rewritten.";
            let refs: Vec<String> = names.iter().map(|name| quoted(&format!("{name}:{name}"))).collect();
            commands.push(Step::new(why, format!("git push --force {remote} {}", refs.join(" "))));
        }
    }
    commands
}

/// Branches, tags and the like; a remote's branch is one that git-filter-repo makes a local branch of.
fn pushed(layout: &Layout, refs: &[RefName]) -> Vec<String> {
    let local = |name: &RefName| match name.kind {
        RefKind::Branch | RefKind::Tag | RefKind::Note => Some(name.name.clone()),
        RefKind::Other if name.name.starts_with("refs/") => Some(name.name.clone()),
        RefKind::Remote => {
            let is_origin = layout.remotes.iter().any(|(remote, _)| remote == "origin");
            let branch = name.name.strip_prefix("refs/remotes/origin/").filter(|branch| is_origin && *branch != "HEAD")?;
            Some(format!("refs/heads/{branch}"))
        }
        _ => None,
    };
    let mut names: Vec<String> = refs.iter().filter_map(local).collect();
    names.sort();
    names.dedup();
    names
}
