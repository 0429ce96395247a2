//! Flags of a scan about the rotation of what it finds.

use std::path::PathBuf;

use clap::Args;

/// What a scan is to do about what it finds.
#[derive(Clone, Debug, Args)]
pub struct RotationArgs {
    /// Write an event for each new exposed secret and send it, as the rotation configuration says; what is gone is noted
    #[arg(long, help_heading = "Rotation")]
    pub rotate: bool,

    /// Rotation configuration [default: keysieve/rotation.yaml in the user's folder for settings]
    #[arg(long, value_name = "FILE", requires = "rotate", help_heading = "Rotation")]
    pub rotation_config: Option<PathBuf>,

    /// State file [default: keysieve/rotation.sqlite in the user's folder for states]
    #[arg(long, value_name = "FILE", requires = "rotate", help_heading = "Rotation")]
    pub state: Option<PathBuf>,

    /// Where the secrets are exposed, such as https://git.example.org/app [default: `source` of the configuration, or the folder's name]
    #[arg(long, value_name = "ADDRESS", requires = "rotate", help_heading = "Rotation")]
    pub rotate_source: Option<String>,

    /// Send secrets themselves to targets with `include_secret: plain`; without this flag their events wait
    #[arg(long, requires = "rotate", help_heading = "Rotation")]
    pub allow_plain_secrets: bool,

    /// Exit with 2 if an event could not be written or delivered; else that changes no exit code
    #[arg(long, requires = "rotate", help_heading = "Rotation")]
    pub rotate_strict: bool,
}
