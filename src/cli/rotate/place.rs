//! Where the configuration and the state are, what time it is, and who is asking.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail};

use keysieve::rotate::config::{self, RotationConfig};
use keysieve::rotate::outbox::Who;
use keysieve::source;

use crate::cli::args::{ByArgs, StateArgs, TargetsArgs};
use crate::cli::settings;

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// Reads the rotation configuration; its path comes with it.
///
/// # Errors
/// It is not there, or something in it cannot be used.
pub fn config(args: &TargetsArgs) -> anyhow::Result<(PathBuf, RotationConfig)> {
    let Some(path) = args.rotation_config.clone().or_else(default_config) else {
        bail!("there is no folder for settings (HOME is not set); name the rotation configuration with --rotation-config");
    };
    let name = path.display().to_string();
    let bytes = source::read_bounded(&path, true, config::LARGEST).map_err(|why| anyhow::anyhow!("{name}: {why}"))?;
    let Some(bytes) = bytes else {
        bail!(
            "{name}: there is no rotation configuration; begin with `keysieve rotate config example`, or name one with --rotation-config"
        );
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let config = config::read(&name, folder, &bytes)?;
    Ok((path, config))
}

/// Where the rotation configuration lies if none is named.
pub fn default_config() -> Option<PathBuf> {
    settings::user_folder().map(|folder| folder.join("rotation.yaml"))
}

/// The path of the state file.
///
/// # Errors
/// There is no folder for it.
pub fn state(args: &StateArgs) -> anyhow::Result<PathBuf> {
    if let Some(path) = &args.state {
        return Ok(path.clone());
    }
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let standard = || match () {
        () if cfg!(windows) => absolute("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => Some(absolute("HOME")?.join("Library/Application Support")),
        () => Some(absolute("HOME")?.join(".local/state")),
    };
    let folder = absolute("XDG_STATE_HOME").or_else(standard);
    let folder = folder.context("there is no folder for states (HOME is not set); name the state file with --state")?;
    Ok(folder.join("keysieve").join("rotation.sqlite"))
}

/// Makes the folder of the state file, for its owner alone.
///
/// # Errors
/// It cannot be made.
pub fn make_folder(state: &Path) -> anyhow::Result<()> {
    let Some(folder) = state.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("cannot make the folder of the state file, {}; name another file with --state", folder.display()))
}

/// A person, and from where.
pub struct Person {
    name: String,
    from: String,
}

impl Person {
    /// Who is asking.
    ///
    /// # Errors
    /// Nobody knows.
    pub fn of(args: &ByArgs) -> anyhow::Result<Self> {
        let variable = |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        let Some(name) = args.by.clone().or_else(|| variable(&["USER", "USERNAME", "LOGNAME"])) else {
            bail!("say with --by who you are: it goes into the audit log");
        };
        let clean = |text: String| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
        let user = variable(&["USER", "USERNAME", "LOGNAME"]).unwrap_or_else(|| "unknown user".to_owned());
        let host = variable(&["HOSTNAME", "COMPUTERNAME"]).or_else(host).unwrap_or_else(|| "unknown host".to_owned());
        let person = Self { name: clean(name).trim().to_owned(), from: clean(format!("{user}@{host}")) };
        if person.name.is_empty() {
            bail!("--by is empty: say who you are");
        }
        Ok(person)
    }

    /// The same, with from where the name is known.
    #[must_use]
    pub fn known_by(self, how: &str) -> Self {
        Self { from: format!("{}, named by {how}", self.from), ..self }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same, now.
    pub fn now(&self) -> Who<'_> {
        Who { name: &self.name, from: &self.from, now_ms: now_ms() }
    }
}

/// The name of this machine where no variable has it.
fn host() -> Option<String> {
    let text = source::read_bounded(Path::new("/etc/hostname"), true, 1_000).ok().flatten()?;
    Some(String::from_utf8_lossy(&text).trim().to_owned()).filter(|name| !name.is_empty())
}
