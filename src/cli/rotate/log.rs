//! `rotate verify-log`.

use std::process::ExitCode;

use anyhow::Context as _;

use keysieve::rotate::audit;

use super::existing;
use crate::cli::args::StateArgs;
use crate::cli::{exit, output};

/// Checks the audit log.
///
/// # Errors
/// It cannot be read.
pub fn verify(state: &StateArgs) -> anyhow::Result<ExitCode> {
    let outbox = existing(state)?;
    let path = outbox.log_path();
    let head = outbox.log_head()?;
    if head.is_none() && !path.exists() {
        output::print("the audit log is empty\n")?;
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let verified = audit::verify(&path, head.as_ref()).with_context(|| format!("cannot read the audit log {}", path.display()))?;
    let name = path.display();
    Ok(match verified.wrong {
        Some((line, why)) => {
            output::print(&format!("{name}:{line}: {why}; {} entries before it are fine\n", verified.entries))?;
            ExitCode::from(exit::FINDINGS)
        }
        None => {
            let hash = verified.head.map(|head| head.hash).unwrap_or_default();
            output::print(&format!(
                "{name}: {} entries, nothing changed or taken out; the last one has the hash {hash}\n",
                verified.entries
            ))?;
            ExitCode::from(exit::CLEAN)
        }
    })
}
