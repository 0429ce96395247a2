//! Color, where it helps and only when asked for.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

/// Adds ANSI sequences, or leaves the text as it is.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// Whether sequences are wanted.
    pub color: bool,
}

/// Line numbers, bars and what matters less.
pub const DIM: Style = Style::new().dimmed();
/// Places and other things to pick out.
pub const STRONG: Style = Style::new().bold();
/// A good end.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Something that was not looked at.
pub const WARN: Style = AnsiColor::Yellow.on_default().bold();

/// Color of a severity's word and of the marks below a secret.
pub fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightRed.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::Cyan.on_default().bold(),
    }
}

impl Paint {
    /// `text` in `style`.
    pub fn with(self, style: Style, text: impl Display) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}
