//! What a user or a repository wants otherwise than by default: files, environment and flags in layers, and what is in force.
//!
//! Defaults come first, then the user's file, the repository's file, the environment, flags. Of single values the last one counts, lists add
//! up. A file in the scanned repository is foreign input: read with limits, and refused where it asks for what only the user may decide.
//! Knows nothing of the command line and of scans; reads no environment by itself and never prints.

mod approvals;
mod discover;
mod environments;
mod excepted;
mod file;
mod keys;
mod layers;
mod paths;
mod problem;
mod refused;
mod rules;
pub mod schema;
pub mod show;
mod value;
pub(crate) mod yaml;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use discover::{LARGEST, NAMES, Sources, read_file, root_of, top_of};
pub use excepted::Listed;
pub use file::{EXCEPTION_KEYS, read};
pub use keys::{Key, Kind, LARGEST_FILE_SIZE, MOST_DAYS, Setting};
pub use layers::VARIABLES;
pub use problem::{ConfigError, Problem, Text, shown};
pub use value::{Value, parse_size};
pub use yaml::Place;

use crate::finding::{Confidence, Threshold};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said otherwise.
    Default,
    /// A file.
    File {
        /// The file.
        text: Arc<Text>,
        /// Where in it; none for the file as a whole.
        place: Option<Place>,
        /// Whether it lies in the scanned repository, and so is not trusted.
        is_repository: bool,
    },
    /// An environment variable, by name.
    Variable(&'static str),
    /// A flag of the command line, such as `--exclude`.
    Flag(&'static str),
}

impl Origin {
    /// The file, variable or flag, without a place in it.
    pub fn source(&self) -> &str {
        match self {
            Self::Default => "default",
            Self::File { text, .. } => &text.path,
            Self::Variable(name) | Self::Flag(name) => name,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { text, place: Some(place), .. } => write!(f, "{}:{}:{}", text.path, place.line, place.column),
            other => f.write_str(other.source()),
        }
    }
}

/// One value, or one part of a list, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it sets.
    pub setting: Setting,
    /// The rule, or the environment, that it is about, where the key names one.
    pub rule: Option<String>,
    /// The value.
    pub value: Value,
    /// Where it comes from.
    pub origin: Origin,
}

/// All layers together, first ones first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    entries: Vec<Entry>,
    /// Files that were read, in the order of their layers.
    files: Vec<PathBuf>,
    /// Root of what is scanned, without links.
    root: Option<PathBuf>,
}

impl Config {
    /// Files that were read, in the order of their layers.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The value of a setting that is not a list, for `rule` if the key names one: the last one, but for what a repository may not take back.
    fn single(&self, setting: Setting, rule: Option<&str>) -> Option<&Entry> {
        let own = self.entries.iter().filter(|entry| entry.setting == setting && entry.rule.as_deref() == rule);
        own.reduce(|before, entry| if excepted::is_laxer(entry, before) { before } else { entry })
    }

    /// All parts of a list, first layers first.
    fn all(&self, setting: Setting) -> impl Iterator<Item = (&str, &Origin)> {
        self.entries.iter().filter(move |entry| entry.setting == setting).filter_map(|entry| match &entry.value {
            Value::Text(text) => Some((text.as_str(), &entry.origin)),
            _ => None,
        })
    }

    /// The least confidence that is reported.
    pub fn min_confidence(&self) -> Confidence {
        self.confidence(Setting::MinConfidence).unwrap_or(Confidence::Medium)
    }

    /// Largest file that is read, in bytes.
    pub fn max_file_size(&self) -> u64 {
        match self.single(Setting::MaxFileSize, None).map(|entry| &entry.value) {
            Some(Value::Size(bytes)) => *bytes,
            _ => 64 << 20,
        }
    }

    /// From where on a finding makes a scan fail.
    pub fn fail_on(&self) -> Threshold {
        let lowest = Threshold::default();
        let severity = match self.single(Setting::FailOnSeverity, None).map(|entry| &entry.value) {
            Some(Value::Severity(severity)) => *severity,
            _ => lowest.severity,
        };
        Threshold { severity, confidence: self.confidence(Setting::FailOnConfidence).unwrap_or(lowest.confidence) }
    }

    fn confidence(&self, setting: Setting) -> Option<Confidence> {
        match self.single(setting, None).map(|entry| &entry.value) {
            Some(Value::Confidence(confidence)) => Some(*confidence),
            _ => None,
        }
    }
}
