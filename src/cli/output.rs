//! Writes reports to standard output and files.

use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;

use keysieve::report::{Report, Style};

use super::args::OutputArgs;

/// What to write where.
pub struct Options<'a> {
    args: &'a OutputArgs,
    style: Style<'a>,
}

impl<'a> Options<'a> {
    /// Reads what the terminal is like, and the clock.
    pub fn of(args: &'a OutputArgs, quiet: bool) -> Self {
        let stdout = std::io::stdout();
        let choice = anstream::AutoStream::choice(&stdout);
        let color = match args.color.into() {
            anstream::ColorChoice::Auto => choice != anstream::ColorChoice::Never,
            anstream::ColorChoice::Never => false,
            _ => true,
        };
        let width = terminal_size::terminal_size_of(&stdout).map(|(terminal_size::Width(columns), _)| usize::from(columns));
        let style = Style {
            color,
            width,
            show_secrets: args.show_secrets,
            quiet,
            show_suppressed: args.show_suppressed,
            exposure: args.exposure,
            category: args.sarif_category.as_deref(),
            made_at: made_at(),
        };
        Self { args, style }
    }
}

/// The time that reports give for themselves: that of `SOURCE_DATE_EPOCH`, by which builds are made reproducible, else now.
fn made_at() -> Option<i64> {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok();
    fixed.or_else(now)
}

/// Writes the report to standard output, then to every file.
///
/// # Errors
/// The first of them that could not be written, by name; all others are written all the same.
pub fn write(report: &Report, options: &Options<'_>) -> anyhow::Result<()> {
    let mut failed = print(&options.args.format.render(report, options.style)).err();
    let plain = Style { color: false, width: None, ..options.style };
    for file in &options.args.report {
        let written = save(&file.path, &file.format.render(report, plain));
        let written = written.with_context(|| format!("cannot write the {} report to {}", file.format.as_str(), file.path.display()));
        failed = failed.or(written.err());
    }
    failed.map_or(Ok(()), Err)
}

/// Whether standard output takes colors.
pub fn is_colored(choice: anstream::ColorChoice) -> bool {
    match choice {
        anstream::ColorChoice::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        choice => choice != anstream::ColorChoice::Never,
    }
}

/// Writes `text` to standard output.
///
/// # Errors
/// It could not be written, such as to a full disk. A reader that went away, as `head` does, is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}

/// Writes `text` to `path`, beside it first, so that a report that exists is never half a report.
///
/// # Errors
/// It cannot be written there.
pub fn save(path: &Path, text: &str) -> std::io::Result<()> {
    if path.exists() && !path.is_file() {
        return std::fs::write(path, text);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let done = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    if done.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    done
}
