//! What a writer may vary, and how much it says of exposure.

/// What a writer may vary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style<'s> {
    /// ANSI colors (human output only).
    pub color: bool,
    /// Terminal width in columns (human output only); `None` where it is no terminal.
    pub width: Option<usize>,
    /// Write the secrets themselves instead of masked ones. Only ever set by `--show-secrets`.
    pub show_secrets: bool,
    /// Only findings and what is incomplete, no summary (human output only).
    pub quiet: bool,
    /// List suppressed findings as well. JSON has them in a list of their own in any case.
    pub show_suppressed: bool,
    /// How much to say about exposure; `None`: what [`Format::exposure`] says.
    pub exposure: Option<ExposureDetail>,
    /// What code scanning is to tell this analysis from others by (SARIF only).
    pub category: Option<&'s str>,
    /// When the report is made, in seconds since 1970-01-01 UTC, for the formats that have to say it; `None`: then.
    pub made_at: Option<i64>,
}

/// How much a report says about where in a history a secret is exposed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExposureDetail {
    /// Nothing.
    None,
    /// Commits, counts, and a few names of refs where people read it.
    #[default]
    Brief,
    /// Every ref and every path by name as well.
    Full,
}

impl ExposureDetail {
    /// Every detail, most first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Brief, Self::None];

    /// The word for `--exposure`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Brief => "brief",
            Self::None => "none",
        }
    }
}
