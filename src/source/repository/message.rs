//! How git is told to clean up the messages of commits.
//!
//! Reads configuration, never a message.

use std::path::Path;

use super::{GitEnvironment, Repository, SourceError};
use crate::source::read_bounded;

/// Longest configuration file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The keys that `git help commit` names, section "--cleanup", and `core.commentChar`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageSettings {
    /// `commit.cleanup`; none where it is not set.
    pub cleanup: Option<Vec<u8>>,
    /// What a comment line begins with; none where that is not known: it is chosen anew for each message, or other files may say it.
    pub comment: Option<Vec<u8>>,
}

/// Reads them for the repository that `env` names or `start` lies in. Includes are not followed: a file that has one may say anything.
///
/// # Errors
/// There is no repository, or it cannot be read.
pub fn message_settings(start: &Path, env: &GitEnvironment) -> Result<MessageSettings, SourceError> {
    let repository = Repository::open(start, env)?;
    let mut files: Vec<_> = env.config_files.clone();
    files.push(repository.common_dir().join("config"));
    files.push(repository.git_dir().join("config.worktree"));
    let mut settings = MessageSettings { cleanup: None, comment: Some(b"#".to_vec()) };
    let mut is_known = true;
    // The usual word for no configuration.
    files.retain(|file| file != Path::new("/dev/null"));
    for file in files {
        let Ok(text) = read_bounded(&file, true, LONGEST) else {
            is_known = false;
            continue;
        };
        let Some(text) = text else { continue };
        let meta = gix::config::file::Metadata::from(gix::config::Source::User);
        let Ok(config) = gix::config::File::from_bytes_no_includes(&text, meta, gix::config::file::init::Options::default()) else {
            is_known = false;
            continue;
        };
        is_known &= ["include", "includeIf"].iter().all(|name| config.sections_by_name(name).is_none());
        if let Some(cleanup) = config.string("commit.cleanup") {
            settings.cleanup = Some(cleanup.to_vec());
        }
        for key in ["core.commentChar", "core.commentString"] {
            if let Some(comment) = config.string(key) {
                settings.comment = (comment.as_slice() != b"auto" && !comment.is_empty()).then(|| comment.to_vec());
            }
        }
    }
    if !is_known {
        settings.comment = None;
    }
    Ok(settings)
}
