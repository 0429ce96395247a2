//! Values that may be secret and so are named rather than written: by environment variable, or by file.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::walk::{Walk, kind};
use crate::config::shown;
use crate::config::yaml::{Content, Key, Node};
use crate::source;

/// Largest file with a value, in bytes.
const LARGEST: u64 = 64 << 10;

/// Looks up an environment variable.
pub type Lookup<'l> = &'l dyn Fn(&str) -> Option<OsString>;

/// Where a value is.
#[derive(Clone, PartialEq, Eq)]
pub enum Reference {
    /// In the configuration itself: nothing secret.
    Here(String),
    /// In this environment variable, behind `prefix`.
    Variable {
        /// Its name.
        name: String,
        /// Text before it, such as `Bearer `.
        prefix: String,
    },
    /// In this file, without the line feed at its end.
    File {
        /// The file; a relative path counts from the configuration's folder.
        path: PathBuf,
        /// Text before it.
        prefix: String,
    },
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

/// Where it is, never what it says.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(text) => f.write_str(&shown(text)),
            Self::Variable { name, .. } => write!(f, "environment variable {name}"),
            Self::File { path, .. } => write!(f, "file {}", path.display()),
        }
    }
}

impl Reference {
    /// The value.
    ///
    /// # Errors
    /// The variable is not set, the file cannot be read, or there is nothing in it. Never says what is in it.
    pub fn value(&self, lookup: Lookup<'_>) -> Result<Zeroizing<String>, String> {
        let (text, prefix) = match self {
            Self::Here(text) => return Ok(Zeroizing::new(text.clone())),
            Self::Variable { name, prefix } => {
                let value = lookup(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
                let value = value.into_string().map_err(|_| format!("the environment variable {name} is no UTF-8"))?;
                (Zeroizing::new(value), prefix)
            }
            Self::File { path, prefix } => {
                let bytes = source::read_bounded(path, true, LARGEST).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
                let bytes = Zeroizing::new(bytes.ok_or_else(|| format!("there is no file {}", path.display()))?);
                let text = std::str::from_utf8(&bytes).map_err(|_| format!("{} is no UTF-8", path.display()))?;
                (Zeroizing::new(text.to_owned()), prefix)
            }
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(format!("the {self} is empty"));
        }
        Ok(Zeroizing::new(format!("{prefix}{trimmed}")))
    }

    /// Reads `{env: NAME}` or `{file: PATH}`, with a `prefix` where `prefixed`. A text is taken as it stands only if `is_public` agrees,
    /// which else says why not.
    pub fn read(walk: &mut Walk, what: &str, node: &Node, is_public: impl FnOnce(&str) -> Result<(), &'static str>) -> Option<Self> {
        const HOW: &str = "put it in an environment variable and write `{env: NAME}`, or in a file and write `{file: PATH}`";
        match &node.content {
            Content::Text(text) => match is_public(text) {
                Ok(()) => return Some(Self::Here(text.clone())),
                Err(why) => walk.complain_hidden(node.place, format!("{what} {why}"), HOW),
            },
            Content::Map(_) => {
                let entries = walk.map(node, what, &["env", "file", "prefix"]);
                return Self::named(walk, what, node, &entries);
            }
            other => walk.complain(node.place, format!("{what} is not {}", kind(other)), "write `{env: NAME}` or `{file: PATH}`"),
        }
        None
    }

    fn named(walk: &mut Walk, what: &str, node: &Node, entries: &[(&Key, &Node)]) -> Option<Self> {
        let mut found = [None, None, None];
        for (key, value) in entries {
            let text = walk.text(key, value, false)?;
            let at = ["env", "file", "prefix"].iter().position(|name| *name == key.name)?;
            if at == 0 && !is_name(&text) {
                let message = format!("`env` of {what} is no name of an environment variable");
                walk.complain_hidden(value.place, message, "write the variable's name here, not what is in it");
                return None;
            }
            found[at] = Some(text);
        }
        let [variable, file, prefix] = found;
        let prefix = prefix.unwrap_or_default();
        match (variable, file) {
            (Some(name), None) => Some(Self::Variable { name, prefix }),
            (None, Some(path)) => Some(Self::File { path: below(&walk.file().folder, &path), prefix }),
            (Some(_), Some(_)) => {
                walk.complain(node.place, format!("{what} names both a variable and a file"), "keep one of them");
                None
            }
            (None, None) => {
                walk.complain(node.place, format!("{what} names neither a variable nor a file"), "write `{env: NAME}` or `{file: PATH}`");
                None
            }
        }
    }
}

/// `path`, from `folder` on if it is relative.
pub fn below(folder: &Path, path: &str) -> PathBuf {
    folder.join(path)
}

fn is_name(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && shown(text) == text
}
