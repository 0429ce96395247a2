//! Who owns what a report found: asked of a repository when events are enqueued.

use std::path::Path;

use anyhow::Context as _;

use keysieve::report::Report;
use keysieve::rotate::approval::{self, How, Ownerships};
use keysieve::rotate::config::{Approval, RotationConfig};
use keysieve::source::SourceError;
use keysieve::source::committed::Committed;
use keysieve::source::repository::GitEnvironment;

/// Owners of the open findings of the saved `report`, as the commits of `repository` say; without one, those of the repository that the current
/// folder lies in. None where nobody asks for them and there is no repository.
///
/// # Errors
/// The named repository cannot be used.
pub fn of(report: &Report, config: &RotationConfig, repository: Option<&Path>) -> anyhow::Result<Option<Ownerships>> {
    let opened = open(repository);
    if let (Some(path), Err(_)) = (repository, &opened) {
        opened.with_context(|| format!("--repository {}", path.display()))?;
        return Ok(None);
    }
    let nowhere = "no repository was at hand when it was enqueued: --repository names one";
    Ok(looked_up(report, config, opened, repository.unwrap_or(Path::new(".")), nowhere))
}

/// The same for a scan just made of `scanned`; none is the current folder.
pub fn of_scan(report: &Report, config: &RotationConfig, scanned: Option<&Path>) -> Option<Ownerships> {
    let folder = scanned.map(|path| match path.parent() {
        Some(parent) if path.is_file() && parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) if path.is_file() => parent,
        _ => path,
    });
    looked_up(report, config, open(folder), Path::new("."), "what was scanned lies in no repository")
}

fn open(repository: Option<&Path>) -> Result<Committed, SourceError> {
    let env = GitEnvironment::from_env(|name| std::env::var_os(name));
    match repository {
        // A hook's variables are about the repository that the hook runs in, not about one that is named.
        Some(path) => Committed::open(path, &env.without_repository(), None),
        None => Committed::open(Path::new("."), &env, None),
    }
}

/// `from` is the folder that paths of files count from.
fn looked_up(
    report: &Report,
    config: &RotationConfig,
    opened: Result<Committed, SourceError>,
    from: &Path,
    nowhere: &str,
) -> Option<Ownerships> {
    let asked = approval::asked(report);
    let is_asked = config.targets.iter().any(|target| target.require_approval != Approval::None);
    match opened {
        _ if asked.is_empty() => None,
        Ok(committed) => {
            let from = from.canonicalize().ok();
            Some(approval::owners(&committed, &asked, How { from: from.as_deref(), with_blame: is_asked }))
        }
        Err(_) if !is_asked => None,
        Err(SourceError::NotARepository { .. }) => Some(Ownerships::unknown(&asked, nowhere)),
        Err(error) => Some(Ownerships::unknown(&asked, &error.to_string())),
    }
}
