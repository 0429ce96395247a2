//! `keysieve config`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keysieve::config::{self, Config, Sources, schema};
use keysieve::report::escaped;
use keysieve::source::repository::GitEnvironment;

use super::args::{ConfigCommand, ConfigFormat, ConfigShowArgs, SettingsArgs};
use super::settings::{self, Place};
use super::{exit, output};

/// Runs one of the `config` subcommands.
///
/// # Errors
/// When a configuration cannot be read or used.
pub fn run(command: ConfigCommand) -> anyhow::Result<ExitCode> {
    let git = GitEnvironment::from_env(|name| std::env::var_os(name));
    match command {
        ConfigCommand::Show(args) => show(&args, &git)?,
        ConfigCommand::Check(args) => check(args.file.as_deref(), &git)?,
        ConfigCommand::Schema => output::print(&schema::text())?,
    }
    Ok(ExitCode::from(exit::CLEAN))
}

fn show(args: &ConfigShowArgs, git: &GitEnvironment) -> anyhow::Result<()> {
    let paths = [args.path.clone().unwrap_or_else(|| PathBuf::from("."))];
    let config = settings::load(&args.settings, &Place::Paths(&paths), git)?.config;
    let text = match args.format {
        ConfigFormat::Human => config.text(args.origin).lines().map(|line| format!("{}\n", escaped(line))).collect(),
        ConfigFormat::Json => format!("{:#}\n", config.json(args.origin)),
    };
    output::print(&text)
}

fn check(file: Option<&Path>, git: &GitEnvironment) -> anyhow::Result<()> {
    let found = match file {
        None => settings::load(&SettingsArgs::default(), &Place::Paths(&[PathBuf::from(".")]), git)?,
        Some(file) => {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let root = config::root_of(folder, git);
            let config = Config::load(&Sources { root, named: Some(file.to_owned()), ..Sources::default() })?;
            settings::in_force(config, &[], |excludes| excludes)?
        }
    };
    let files: Vec<_> = found.config.files().iter().map(|path| escaped(&path.display().to_string()).into_owned()).collect();
    output::print(&match files.as_slice() {
        [] => "there is no configuration file here: what counts by default is in force\n".to_owned(),
        files => format!("{}: fine; {} of {} rules are reported\n", files.join(", "), found.rules.in_force(), found.rules.len()),
    })
}
