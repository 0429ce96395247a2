//! git-filter-repo, from the package index, in an environment of its own below the build folder.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{Said, git_in};

/// The version whose behavior the project relies on.
const VERSION: &str = "git-filter-repo==2.47.0";

/// The folder with the program; none where it cannot be installed. With `KEYSIEVE_NEEDS_FILTER_REPO` set, as in CI, that is a failure.
pub fn folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOLDER.get_or_init(|| match install() {
        Ok(folder) => Some(folder),
        Err(why) => {
            assert!(std::env::var_os("KEYSIEVE_NEEDS_FILTER_REPO").is_none(), "git-filter-repo cannot be installed: {why}");
            // Past the test's capture: a test that did not look must not pass in silence.
            let _ = writeln!(std::io::stderr(), "\nSKIPPED: purges are NOT tested with the real git-filter-repo: {why}\n");
            None
        }
    });
    found.as_deref()
}

fn install() -> Result<PathBuf, String> {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("filter-repo-2.47.0");
    let programs = environment.join("bin");
    if programs.join("git-filter-repo").is_file() {
        return Ok(programs);
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    run(Command::new(programs.join("python")).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", VERSION]))?;
    Ok(programs)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let words = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {}", words.lines().last().unwrap_or_default())) }
}

/// Runs the lines of a shell as a person would, with git-filter-repo at hand.
pub fn shell(programs: &Path, folder: &Path, lines: &[String]) -> Said {
    let git = git_in(folder);
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env_clear().args(["-ec", &lines.join("\n")]);
    shell.envs(git.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut path = OsString::from(programs);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Said::of(shell.env("PATH", path).stdin(std::process::Stdio::null()))
}
