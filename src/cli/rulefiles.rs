//! Rule files that a user names: which they are, and what is wrong with one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use keysieve::rules::schema::RuleFile;
use keysieve::rules::{RuleSet, lint};

/// A rule file that is fine by itself.
pub struct Written {
    /// Where it stands.
    pub path: PathBuf,
    /// As written.
    pub text: String,
    /// What it says.
    pub file: RuleFile,
}

impl Written {
    /// `path:line: id: message`, with the line on which the rule begins.
    pub fn problem(&self, id: &str, message: &str) -> String {
        format!("{}:{}: {id}: {message}", self.path.display(), lint::line_of(&self.text, id, 0))
    }
}

/// The files that `paths` name: themselves, and the `.yaml` and `.yml` files right in folders, by name.
///
/// # Errors
/// When a folder cannot be read or holds no rule file.
pub fn named(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let context = || format!("cannot read {}", path.display());
        let entries: Result<Vec<_>, _> = std::fs::read_dir(path).with_context(context)?.collect();
        let mut inside: Vec<_> = entries.with_context(context)?.into_iter().map(|entry| entry.path()).collect();
        inside.retain(|file| file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"));
        if inside.is_empty() {
            bail!("{} holds no rule file: none ends with .yaml or .yml", path.display());
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// Reads one file. The inner error lists what is wrong with it, `path:line: subject: message`.
///
/// # Errors
/// When it cannot be read.
pub fn parse(path: &Path) -> anyhow::Result<Result<Written, Vec<String>>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(parsed(path, text))
}

/// Largest rule file that a configuration may name, in bytes.
const LARGEST: u64 = 4 << 20;

/// Reads one file that a configuration names: a regular file of bounded size, or nothing.
///
/// # Errors
/// When it cannot be read or something is wrong with it; says all that is.
pub fn parse_bounded(path: &Path) -> anyhow::Result<Written> {
    let wrong = |why: &str| anyhow::anyhow!("cannot read {}: {why}", path.display());
    let bytes = keysieve::source::read_bounded(path, false, LARGEST).map_err(|why| wrong(&why))?;
    let text = String::from_utf8(bytes.ok_or_else(|| wrong("there is no such file"))?).map_err(|_| wrong("it is no UTF-8"))?;
    parsed(path, text).map_err(|problems| anyhow::anyhow!("{UNUSABLE}\n{}", problems.join("\n")))
}

const UNUSABLE: &str = "these rules cannot be used (`keysieve rules check` says the same):";

fn parsed(path: &Path, text: String) -> Result<Written, Vec<String>> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let shown = |problem: &lint::Problem| format!("{}:{}: {}: {}", path.display(), problem.line, problem.subject, problem.message);
    match lint::parse(&stem, &text) {
        Ok(file) => Ok(Written { path: path.to_path_buf(), text, file }),
        Err(problems) => Err(problems.iter().map(shown).collect()),
    }
}

/// The built-in rules with those of `paths`: a rule with the id of a built-in one takes its place.
///
/// # Errors
/// When a file cannot be read or something is wrong with it; says all that is.
pub fn in_force(paths: &[PathBuf]) -> anyhow::Result<RuleSet> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in named(paths)? {
        match parse(&path)? {
            Ok(written) => files.push(written.file),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        bail!("{UNUSABLE}\n{}", problems.join("\n"));
    }
    if files.is_empty() {
        return Ok(RuleSet::builtin());
    }
    let rules = RuleSet::builtin().with_files(files);
    Ok(rules)
}
