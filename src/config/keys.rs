//! Every key that a configuration knows, in one table: where it stands in a file, which variable and flag say the same, what it takes.
//!
//! Reading, the environment, the schema and `config show` go by this table: a new key is a line of [`Setting`] and one of [`Setting::key`].

/// Largest file that can be scanned, in bytes: places in a text are counted with 32 bits.
pub const LARGEST_FILE_SIZE: u64 = u32::MAX as u64;
/// Most days that a policy can name: a hundred years.
pub const MOST_DAYS: u32 = 36_500;

/// One thing that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// Rules that are not reported.
    DisabledRules,
    /// Rules that are reported although they were disabled.
    EnabledRules,
    /// The severity of a rule.
    OverriddenSeverity,
    /// The confidence that a rule begins with.
    OverriddenConfidence,
    /// Files and folders of rules.
    RuleFiles,
    /// Files that are not scanned.
    ExcludedPaths,
    /// Files that are not scanned, by regular expressions.
    ExcludedRegexes,
    /// Files that are scanned although they were excluded.
    IncludedPaths,
    /// From which severity on a finding makes the scan fail.
    FailOnSeverity,
    /// From which confidence on a finding makes the scan fail.
    FailOnConfidence,
    /// The least confidence that is reported.
    MinConfidence,
    /// The largest file that is read.
    MaxFileSize,
    /// Findings that do not count.
    Exceptions,
    /// Whether an exception must give a reason.
    RequireReason,
    /// Whether an exception must name its last day.
    RequireExpiry,
    /// How far away that day may be.
    MaxExpiryDays,
    /// Whether an exception must name who agreed to it.
    RequireApproval,
    /// Further words that mean an environment.
    EnvironmentNames,
    /// Files that belong to an environment.
    EnvironmentPaths,
    /// Whether what an environment shares is worth a finding.
    EnvironmentGuarded,
    /// Whether there is such an environment.
    EnvironmentEnabled,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The word of a severity.
    Severity,
    /// The word of a confidence.
    Confidence,
    /// A number of bytes, or one with a unit.
    Size,
    /// Ids of rules, or patterns of them.
    Rules,
    /// Paths of files or folders.
    Paths,
    /// Patterns of paths, as `.gitignore` has them.
    Globs,
    /// Regular expressions of paths.
    Regexes,
    /// Patterns that stand for whole paths, as exceptions have them.
    WholePaths,
    /// Words.
    Words,
    /// Exceptions, each a map of [`EXCEPTION_KEYS`](super::EXCEPTION_KEYS).
    Exceptions,
    /// `true` or `false`.
    Truth,
    /// A number of days.
    Days,
}

impl Kind {
    /// Whether it is a list, whose parts add up over the layers.
    pub fn is_list(self) -> bool {
        use Kind::{Exceptions, Globs, Paths, Regexes, Rules, WholePaths, Words};
        matches!(self, Rules | Paths | Globs | Regexes | WholePaths | Words | Exceptions)
    }
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// The keys that lead to it in a file; `*` stands for the id of a rule, or the name of an environment.
    pub path: &'static [&'static str],
    /// What it takes.
    pub kind: Kind,
    /// What holds if nothing else is said.
    pub default: Option<&'static str>,
    /// The environment variable that says the same.
    pub variable: Option<&'static str>,
    /// What it does, for people.
    pub about: &'static str,
}

impl Key {
    /// Its name with dots, such as `fail_on.severity`.
    pub fn name(&self) -> String {
        self.path.join(".")
    }
}

impl Setting {
    /// Every setting, in the order in which they are shown.
    pub const ALL: [Self; 21] = [
        Self::DisabledRules,
        Self::EnabledRules,
        Self::OverriddenSeverity,
        Self::OverriddenConfidence,
        Self::RuleFiles,
        Self::ExcludedPaths,
        Self::ExcludedRegexes,
        Self::IncludedPaths,
        Self::FailOnSeverity,
        Self::FailOnConfidence,
        Self::MinConfidence,
        Self::MaxFileSize,
        Self::Exceptions,
        Self::RequireReason,
        Self::RequireExpiry,
        Self::MaxExpiryDays,
        Self::RequireApproval,
        Self::EnvironmentNames,
        Self::EnvironmentPaths,
        Self::EnvironmentGuarded,
        Self::EnvironmentEnabled,
    ];

    /// Whether it asks something of exceptions: what is asked already, a repository can make stricter and not laxer.
    pub fn is_policy(self) -> bool {
        matches!(self, Self::RequireReason | Self::RequireExpiry | Self::MaxExpiryDays | Self::RequireApproval)
    }

    /// Whether it is about an environment, which its key names.
    pub fn is_of_environment(self) -> bool {
        matches!(self, Self::EnvironmentNames | Self::EnvironmentPaths | Self::EnvironmentGuarded | Self::EnvironmentEnabled)
    }

    /// Its key.
    pub fn key(self) -> &'static Key {
        match self {
            Self::DisabledRules => &Key {
                path: &["rules", "disable"],
                kind: Kind::Rules,
                default: None,
                variable: Some("KEYSIEVE_DISABLE_RULES"),
                about: "Rules that are not reported: ids, or patterns such as `aws.*`.",
            },
            Self::EnabledRules => &Key {
                path: &["rules", "enable"],
                kind: Kind::Rules,
                default: None,
                variable: Some("KEYSIEVE_ENABLE_RULES"),
                about: "Rules that are reported although this file or one before it disables them.",
            },
            Self::OverriddenSeverity => &Key {
                path: &["rules", "override", "*", "severity"],
                kind: Kind::Severity,
                default: None,
                variable: None,
                about: "Severity of the rule's findings.",
            },
            Self::OverriddenConfidence => &Key {
                path: &["rules", "override", "*", "confidence"],
                kind: Kind::Confidence,
                default: None,
                variable: None,
                about: "Confidence that a match of the rule begins with, before its evidence is weighed.",
            },
            Self::RuleFiles => &Key {
                path: &["rule_dirs"],
                kind: Kind::Paths,
                default: None,
                variable: Some("KEYSIEVE_RULE_DIRS"),
                about: "Rule files, or folders of them, whose rules are used as well; relative to the file that names them.",
            },
            Self::ExcludedPaths => &Key {
                path: &["paths", "exclude"],
                kind: Kind::Globs,
                default: None,
                variable: Some("KEYSIEVE_EXCLUDE"),
                about: "Files and folders that are not scanned, as patterns from the repository's root; one without `/` matches at any depth.",
            },
            Self::ExcludedRegexes => &Key {
                path: &["paths", "exclude_regex"],
                kind: Kind::Regexes,
                default: None,
                variable: None,
                about: "Files that are not scanned, as regular expressions that match anywhere in the path from the repository's root.",
            },
            Self::IncludedPaths => &Key {
                path: &["paths", "include"],
                kind: Kind::Globs,
                default: None,
                variable: Some("KEYSIEVE_INCLUDE"),
                about: "Files and folders that are scanned although this file or one before it excludes them.",
            },
            Self::FailOnSeverity => &Key {
                path: &["fail_on", "severity"],
                kind: Kind::Severity,
                default: Some("low"),
                variable: Some("KEYSIEVE_FAIL_ON_SEVERITY"),
                about: "Exit with 1 only for findings of this severity or above; others are listed all the same.",
            },
            Self::FailOnConfidence => &Key {
                path: &["fail_on", "confidence"],
                kind: Kind::Confidence,
                default: Some("low"),
                variable: Some("KEYSIEVE_FAIL_ON_CONFIDENCE"),
                about: "Exit with 1 only for findings that are at least this sure; others are listed all the same.",
            },
            Self::MinConfidence => &Key {
                path: &["min_confidence"],
                kind: Kind::Confidence,
                default: Some("medium"),
                variable: Some("KEYSIEVE_MIN_CONFIDENCE"),
                about: "Report what is at least this sure to be a credential.",
            },
            Self::MaxFileSize => &Key {
                path: &["max_file_size"],
                kind: Kind::Size,
                default: Some("64MiB"),
                variable: Some("KEYSIEVE_MAX_FILE_SIZE"),
                about: "Do not read files larger than this, such as 512KiB or 2GiB; they are reported as not scanned.",
            },
            Self::Exceptions => &Key {
                path: &["exceptions"],
                kind: Kind::Exceptions,
                default: None,
                variable: None,
                about: "Findings that do not count: a secret by its fingerprint, what a rule finds in some paths, or some files.",
            },
            Self::RequireReason => &Key {
                path: &["policy", "require_reason"],
                kind: Kind::Truth,
                default: Some("false"),
                variable: None,
                about: "An exception counts only if it gives a reason.",
            },
            Self::RequireExpiry => &Key {
                path: &["policy", "require_expiry"],
                kind: Kind::Truth,
                default: Some("false"),
                variable: None,
                about: "An exception counts only if it names the last day on which it does.",
            },
            Self::MaxExpiryDays => &Key {
                path: &["policy", "max_expiry_days"],
                kind: Kind::Days,
                default: None,
                variable: None,
                about: "An exception counts only if it names its last day, and that is at most so many days away.",
            },
            Self::RequireApproval => &Key {
                path: &["policy", "require_approval"],
                kind: Kind::Truth,
                default: Some("false"),
                variable: None,
                about: "An exception counts only if somebody approved it who owns what it hides, by CODEOWNERS, and did not write it.",
            },
            Self::EnvironmentNames => &Key {
                path: &["environments", "*", "names"],
                kind: Kind::Words,
                default: None,
                variable: None,
                about: "Further words that mean this environment in paths, keys and sections; its own name always does.",
            },
            Self::EnvironmentPaths => &Key {
                path: &["environments", "*", "paths"],
                kind: Kind::WholePaths,
                default: None,
                variable: None,
                about: "Files that belong to this environment, as patterns from the repository's root, whatever else speaks for another one.",
            },
            Self::EnvironmentGuarded => &Key {
                path: &["environments", "*", "guarded"],
                kind: Kind::Truth,
                default: None,
                variable: None,
                about: "A secret that this environment shares with any other one is reported; without it, only if the other one is guarded.",
            },
            Self::EnvironmentEnabled => &Key {
                path: &["environments", "*", "enabled"],
                kind: Kind::Truth,
                default: None,
                variable: None,
                about: "Whether places of this environment count at all.",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Value;

    #[test]
    fn every_setting_has_a_place_of_its_own_and_a_default_of_its_kind() {
        for setting in Setting::ALL {
            let key = setting.key();
            assert_eq!(Setting::ALL.iter().filter(|other| other.key().path == key.path).count(), 1, "{}", key.name());
            assert!(key.default.is_none_or(|text| Value::parse(key.kind, text).is_ok_and(|value| value.text() == text)), "{}", key.name());
            let can_be_unset = key.path.contains(&"*") || setting == Setting::MaxExpiryDays;
            assert!(key.kind.is_list() != key.default.is_some() || can_be_unset, "{}", key.name());
        }
    }
}
