//! Writes reports to standard output and files.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use keysieve::report::{Format, Report, Style};

use super::args::{ReportFile, ScanArgs};

/// What to write where.
pub struct Options {
    format: Format,
    files: Vec<ReportFile>,
    style: Style<'static>,
}

impl Options {
    /// Reads what the terminal is like.
    pub fn of(args: &ScanArgs) -> Self {
        let stdout = std::io::stdout();
        let choice = anstream::AutoStream::choice(&stdout);
        let color = match args.color.into() {
            anstream::ColorChoice::Auto => choice != anstream::ColorChoice::Never,
            anstream::ColorChoice::Never => false,
            _ => true,
        };
        let width = terminal_size::terminal_size_of(&stdout).map(|(terminal_size::Width(columns), _)| usize::from(columns));
        Self {
            format: args.format,
            files: args.report.clone(),
            style: Style {
                color,
                width,
                show_secrets: args.show_secrets,
                quiet: args.quiet,
                show_suppressed: args.show_suppressed,
                exposure: args.exposure,
                category: None,
                made_at: None,
            },
        }
    }
}

/// Writes the report to standard output, then to every file.
///
/// # Errors
/// The first of them that could not be written, by name; all others are written all the same.
pub fn write(report: &Report, options: &Options) -> anyhow::Result<()> {
    let mut failed = print(&options.format.render(report, options.style)).err();
    let plain = Style { color: false, width: None, ..options.style };
    for file in &options.files {
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

/// Writes beside the target first, so that a report that exists is never half a report.
fn save(path: &Path, text: &str) -> std::io::Result<()> {
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
