//! Flags that a configuration file can say as well, and the commands about configuration.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use keysieve::finding::{Confidence, Severity};

use super::{Size, confidences, severities};

/// Flags that a configuration file can say as well.
#[derive(Debug, Default, Args)]
pub struct SettingsArgs {
    #[command(flatten)]
    pub scanned: ScannedArgs,

    /// Exit with 1 only for findings of this severity or above; others are listed all the same [default: low]
    #[arg(long, value_name = "LEVEL", value_parser = severities(), help_heading = "Report")]
    pub fail_on_severity: Option<Severity>,

    /// Exit with 1 only for findings that are at least this sure; others are listed all the same [default: low]
    #[arg(long, value_name = "LEVEL", value_parser = confidences(), help_heading = "Report")]
    pub fail_on_confidence: Option<Confidence>,
}

/// Those of them that decide over what is found.
#[derive(Clone, Debug, Default, Args)]
pub struct ScannedArgs {
    /// Use the rules of these files or folders as well; one with the id of a built-in rule takes its place
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,

    /// Do not read files larger than this, such as 512KiB or 2GiB; they are reported as not scanned [default: 64MiB]
    #[arg(long, value_name = "SIZE")]
    pub max_file_size: Option<Size>,

    /// Report what is at least this sure to be a credential [default: medium]
    #[arg(long, value_name = "LEVEL", value_parser = confidences(), help_heading = "Report")]
    pub min_confidence: Option<Confidence>,

    /// Read this configuration file in place of the repository's keysieve.yaml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    pub config: Option<PathBuf>,

    /// Read no configuration file; the environment and flags count
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,

    /// Do not report what this rule finds, by its id or a pattern such as `aws.*`; may be given several times
    #[arg(long, value_name = "RULE", help_heading = "Configuration")]
    pub disable_rule: Vec<String>,

    /// Report what this rule finds although it is disabled; may be given several times
    #[arg(long, value_name = "RULE", help_heading = "Configuration")]
    pub enable_rule: Vec<String>,

    /// Do not scan what matches this pattern, written as in .gitignore; may be given several times
    #[arg(long, value_name = "GLOB", help_heading = "Configuration")]
    pub exclude: Vec<String>,

    /// Scan what matches this pattern although it is excluded; may be given several times
    #[arg(long, value_name = "GLOB", help_heading = "Configuration")]
    pub include: Vec<String>,
}

/// Which rules a command about rules is about.
#[derive(Clone, Debug, Default, Args)]
pub struct RulesInForceArgs {
    /// Use the rules of these files or folders as well; one with the id of a built-in rule takes its place
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,

    /// Leave out what configuration files change about rules: those of the current folder count, as in a scan
    #[arg(long)]
    pub no_config: bool,
}

#[derive(Debug, Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the configuration in force for a folder
    Show(Box<ConfigShowArgs>),
    /// Check a configuration file
    Check(ConfigCheckArgs),
    /// Print the JSON Schema of configuration files, for editors
    Schema,
}

#[derive(Debug, Args)]
pub struct ConfigShowArgs {
    /// File or folder that would be scanned [default: .]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Say where each value comes from
    #[arg(long)]
    pub origin: bool,

    /// Format of the output
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value_t = ConfigFormat::Human)]
    pub format: ConfigFormat,

    #[command(flatten)]
    pub settings: SettingsArgs,
}

#[derive(Debug, Args)]
pub struct ConfigCheckArgs {
    /// Configuration file [default: those that count for the current folder]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// How a configuration is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    /// For people.
    #[value(help = None::<&'static str>)]
    Human,
    /// One JSON document.
    #[value(help = None::<&'static str>)]
    Json,
}
