//! Where what an import adds to a configuration goes: into a new file, into the one that is there, or onto the screen.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use keysieve::config::{LARGEST, NAMES};
use keysieve::import::Additions;

use super::super::args::WritingArgs;
use super::super::output;

/// What becomes of additions.
pub enum Placed {
    /// There are none.
    Nothing,
    /// The configuration that is there says all of it.
    Known(PathBuf),
    /// They go into this file, whose whole text is then the second one.
    Written(PathBuf, String),
    /// The file is there, and a person puts them into it.
    ByHand(PathBuf, String),
}

impl Placed {
    /// Decides it, and writes nothing.
    ///
    /// # Errors
    /// The configuration that is there cannot be read, or was to be added to and cannot be.
    pub fn plan(additions: &Additions, args: &WritingArgs) -> anyhow::Result<Self> {
        if additions.is_empty() {
            return Ok(Self::Nothing);
        }
        additions.check()?;
        let folder = if args.output.as_os_str() == "." { Path::new("") } else { &args.output };
        let Some(path) = there(folder) else {
            return Ok(Self::Written(folder.join(NAMES[0]), additions.text()));
        };
        if args.force {
            return Ok(Self::Written(path, additions.text()));
        }
        let name = path.display().to_string();
        let bytes = keysieve::source::read_bounded(&path, false, LARGEST).map_err(|why| anyhow::anyhow!("cannot read {name}: {why}"))?;
        let text = String::from_utf8(bytes.unwrap_or_default()).with_context(|| format!("{name} is no UTF-8"))?;
        let new = additions.beyond(&text).with_context(|| format!("{name} cannot be added to"))?;
        if new.is_empty() {
            return Ok(Self::Known(path));
        }
        if !args.append {
            return Ok(Self::ByHand(path, new.text()));
        }
        match new.added_to(&text) {
            Ok(text) => Ok(Self::Written(path, text)),
            Err(why) => bail!("{name}: {why}; nothing was written. Without --append what to add is printed"),
        }
    }

    /// Writes the file, if that was decided: whoever reads it has all of the old text or all of the new one.
    ///
    /// # Errors
    /// It cannot be written; the file is as it was.
    pub fn write(&self) -> anyhow::Result<()> {
        let Self::Written(path, text) = self else { return Ok(()) };
        output::save(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The file that is written.
    pub fn written(&self) -> Option<PathBuf> {
        if let Self::Written(path, _) = self { Some(path.clone()) } else { None }
    }

    /// Whether nothing is left to a person.
    pub fn is_done(&self) -> bool {
        !matches!(self, Self::ByHand(..))
    }

    /// What would be written.
    pub fn shown(&self) -> String {
        match self {
            Self::Nothing | Self::Known(_) => String::new(),
            Self::Written(path, text) => format!("--- {}\n{}\n", path.display(), text.trim_end()),
            Self::ByHand(path, text) => format!("--- to add to {}\n{}\n", path.display(), text.trim_end()),
        }
    }

    /// What is left to a person.
    pub fn by_hand(&self) -> String {
        match self {
            Self::Nothing | Self::Written(..) => String::new(),
            Self::Known(path) => format!("{} says all of it already\n", path.display()),
            Self::ByHand(path, text) => {
                format!("{} is there already. Add this to it, or run this again with --append:\n\n{text}", path.display())
            }
        }
    }

    /// The same for machines; in a dry run also what would be written.
    pub fn json(&self, is_dry: bool) -> serde_json::Value {
        match self {
            Self::Nothing => serde_json::Value::Null,
            Self::Known(path) => serde_json::json!({ "path": path, "state": "known" }),
            Self::Written(path, text) if is_dry => serde_json::json!({ "path": path, "state": "to-write", "text": text }),
            Self::Written(path, _) => serde_json::json!({ "path": path, "state": "written" }),
            Self::ByHand(path, text) => serde_json::json!({ "path": path, "state": "to-add", "text": text }),
        }
    }
}

/// The configuration that is in `folder`.
pub fn there(folder: &Path) -> Option<PathBuf> {
    NAMES.iter().map(|name| folder.join(name)).find(|path| path.symlink_metadata().is_ok())
}
