//! One exception: what it is bound to, and who answers for it until when.

use serde::Deserialize;

use super::{Day, Glob};
use crate::finding::Fingerprint;

/// An exception as it is written down, unchecked. Its keys are those of `exceptions:` in `keysieve.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionEntry {
    /// The secret, as reports name it: `v1:<family>:<32 hex digits>`.
    pub fingerprint: Option<String>,
    /// Id of a rule, or a pattern such as `aws.*`.
    pub rule: Option<String>,
    /// Pattern for paths from the top of the repository; see [`Glob`].
    pub path: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<Day>,
    /// Who agreed to it.
    pub approved_by: Option<String>,
}

/// Where an exception is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file, as the user would name it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

/// An exception that is bound to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    pub(super) fingerprint: Option<String>,
    pub(super) rule: Option<Glob>,
    pub(super) path: Option<Glob>,
    /// Who answers for it, and until when.
    pub terms: Terms,
    /// Where it is written down.
    pub origin: Origin,
}

/// What people say of an exception, wherever it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<Day>,
    /// Who agreed to it.
    pub approved_by: Option<String>,
}

/// An exception that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}: {why}; {hint}", origin.file, origin.line)]
pub struct InvalidException {
    /// Where it is written down.
    pub origin: Origin,
    /// The key whose value is wrong; none if it is the exception as a whole.
    pub key: Option<&'static str>,
    /// What is wrong.
    pub why: String,
    /// What to do.
    pub hint: String,
}

/// The key whose value is wrong, what is wrong, and what to do.
type Wrong = (Option<&'static str>, String, &'static str);

/// Longest text in which people say something of an exception, in characters: it is told with each finding that is covered.
pub const LONGEST_TERM: usize = 500;
/// Characters of a wrong value that are quoted.
const QUOTED: usize = 80;

impl Exception {
    /// Checks what `entry`, written down at `origin`, is bound to.
    ///
    /// # Errors
    /// It is bound to nothing, to a rule everywhere, to every file, or to something that is misspelled; or it says too much.
    pub fn new(entry: ExceptionEntry, origin: Origin) -> Result<Self, InvalidException> {
        Self::checked(entry, &origin).map_err(|(key, why, hint)| InvalidException { origin, key, why, hint: hint.to_owned() })
    }

    fn checked(entry: ExceptionEntry, origin: &Origin) -> Result<Self, Wrong> {
        let ExceptionEntry { fingerprint, rule, path, reason, owner, expires, approved_by } = entry;
        match (&fingerprint, &rule, &path) {
            (None, None, None) => {
                let hint = "name a `fingerprint`, a `rule` and a `path`, or a `path`";
                return Err((None, "an exception is bound to nothing".to_owned(), hint));
            }
            (None, Some(rule), None) => {
                let why = format!("`rule: {}` alone would hide every new secret of that rule", quoted(rule));
                return Err((Some("rule"), why, "name a `path` as well"));
            }
            _ => {}
        }
        if let Some(wrong) = fingerprint.as_deref().filter(|text| Fingerprint::parse(text).is_none()) {
            let why = format!("`{}` is no fingerprint", quoted(wrong));
            return Err((Some("fingerprint"), why, "a report names them, such as v1:aws: and 32 hex digits"));
        }
        let (rule, path) = (glob("rule", rule, "such as `aws.*`")?, glob("path", path, "such as `docs/**/*.md`")?);
        if let (None, Some(all)) = (&fingerprint, path.as_ref().filter(|path| path.is_everything())) {
            let why = format!("`path: {}` would hide every new secret", quoted(all.as_str()));
            return Err((Some("path"), why, "name the files that are meant"));
        }
        let terms = Terms {
            reason: said("reason", reason)?,
            owner: said("owner", owner)?,
            expires,
            approved_by: said("approved_by", approved_by)?,
        };
        Ok(Self { fingerprint, rule, path, terms, origin: origin.clone() })
    }

    /// The rules that it is about; none if that is all.
    pub fn rule(&self) -> Option<&Glob> {
        self.rule.as_ref()
    }

    /// The files that it is about; none if that is all.
    pub fn path(&self) -> Option<&Glob> {
        self.path.as_ref()
    }

    /// What it is bound to: fingerprint, rule, path. Two that are bound to the same are one exception, whatever is said of them.
    pub fn binding(&self) -> [Option<String>; 3] {
        let glob = |glob: &Option<Glob>| glob.as_ref().map(|glob| glob.as_str().to_owned());
        [self.fingerprint.clone(), glob(&self.rule), glob(&self.path)]
    }

    /// How much its patterns take to be matched: parts of them that stand for a byte or several.
    pub fn pattern_parts(&self) -> usize {
        self.rule.iter().chain(&self.path).map(Glob::parts).sum()
    }

    /// Its keys and their values, those that it has, in the order of [`ExceptionEntry`].
    pub fn said(&self) -> Vec<(&'static str, String)> {
        let Terms { reason, owner, expires, approved_by } = &self.terms;
        let [fingerprint, rule, path] = self.binding();
        let all = [
            ("fingerprint", fingerprint),
            ("rule", rule),
            ("path", path),
            ("reason", reason.clone()),
            ("owner", owner.clone()),
            ("expires", expires.map(|day| day.to_string())),
            ("approved_by", approved_by.clone()),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// What it is bound to, in words.
    pub fn subject(&self) -> String {
        let path = |path: &Glob| format!("in {}", path.as_str());
        let parts = [
            self.fingerprint.clone(),
            self.rule.as_ref().map(|rule| rule.as_str().to_owned()),
            self.path.as_ref().map(|text| if self.is_path_alone() { text.as_str().to_owned() } else { path(text) }),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn is_path_alone(&self) -> bool {
        self.fingerprint.is_none() && self.rule.is_none()
    }
}

fn glob(key: &'static str, text: Option<String>, hint: &'static str) -> Result<Option<Glob>, Wrong> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |why: String| (Some(key), format!("`{key}: {}` is no pattern: {why}", quoted(&text)), hint);
    Glob::new(&text).map(Some).map_err(wrong)
}

fn said(key: &'static str, text: Option<String>) -> Result<Option<String>, Wrong> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TERM) {
        return Err((Some(key), format!("`{key}` is longer than {LONGEST_TERM} characters"), "say it in fewer words"));
    }
    Ok(text)
}

fn quoted(text: &str) -> String {
    if text.chars().count() <= QUOTED { text.to_owned() } else { text.chars().take(QUOTED).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "v1:aws:0123456789abcdef0123456789abcdef";

    fn bound(fingerprint: Option<&str>, rule: Option<&str>, path: Option<&str>) -> Result<Exception, String> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let entry = ExceptionEntry { fingerprint: own(fingerprint), rule: own(rule), path: own(path), ..ExceptionEntry::default() };
        let origin = Origin { file: "keysieve.yaml".to_owned(), line: 7 };
        Exception::new(entry, origin).map_err(|error| error.to_string())
    }

    #[test]
    fn an_exception_is_bound_to_a_fingerprint_or_a_rule_and_a_path_or_a_path() {
        for (fingerprint, rule, path, subject) in [
            (Some(NAME), None, None, NAME),
            (Some(NAME), None, Some("tests/**"), "v1:aws:0123456789abcdef0123456789abcdef in tests/**"),
            (None, Some("aws.*"), Some("docs/*.md"), "aws.* in docs/*.md"),
            (None, None, Some("docs/"), "docs/"),
        ] {
            assert_eq!(bound(fingerprint, rule, path).map(|exception| exception.subject()).as_deref(), Ok(subject));
        }
    }

    #[test]
    fn entries_and_policies_are_read_from_yaml_and_unknown_keys_are_errors() {
        let text = "rule: generic.password\npath: \"docs/**/*.md\"\nreason: samples\nowner: \"@org/team\"\nexpires: 2027-01-31\n";
        let entry: ExceptionEntry = serde_saphyr::from_str(text).expect("because it is an entry");
        let exception = Exception::new(entry, Origin::default()).expect("because it is bound");
        assert_eq!(exception.terms.expires.map(|day| day.to_string()).as_deref(), Some("2027-01-31"));
        assert!(serde_saphyr::from_str::<ExceptionEntry>("path: a\nexpire: 2027-01-31\n").is_err());
        assert!(serde_saphyr::from_str::<ExceptionEntry>("path: a\nexpires: soon\n").is_err());
        let policy: super::super::Policy =
            serde_saphyr::from_str("require_reason: true\nmax_expiry_days: 180\n").expect("because it is one");
        assert_eq!((policy.require_reason, policy.require_expiry, policy.max_expiry_days), (true, false, Some(180)));
    }

    #[test]
    fn what_would_hide_new_secrets_everywhere_is_refused() {
        for (fingerprint, rule, path, why) in [
            (None, None, None, "bound to nothing"),
            (None, Some("aws.*"), None, "name a `path` as well"),
            (None, None, Some("**"), "every new secret"),
            (None, Some("aws.key"), Some("**/*"), "every new secret"),
            (Some("0123"), None, None, "no fingerprint"),
            (Some("v1:aws:0123456789ABCDEF0123456789abcdef"), None, None, "no fingerprint"),
            (None, None, Some("[a"), "`[` without `]`"),
        ] {
            let error = bound(fingerprint, rule, path).expect_err("because it is wrong");
            assert!(error.starts_with("keysieve.yaml:7: ") && error.contains(why), "{error}");
        }
    }

    #[test]
    fn what_people_say_of_it_is_bounded_and_what_it_says_is_told() {
        let entry = |reason: String| ExceptionEntry { path: Some("a".to_owned()), reason: Some(reason), ..ExceptionEntry::default() };
        let long = Exception::new(entry("é".repeat(LONGEST_TERM + 1)), Origin::default()).expect_err("because it is too long");
        assert_eq!(long.key, Some("reason"));
        let exception = Exception::new(entry("é".repeat(LONGEST_TERM)), Origin::default()).expect("because it is short enough");
        assert_eq!(exception.said(), [("path", "a".to_owned()), ("reason", "é".repeat(LONGEST_TERM))]);
        assert_eq!(exception.pattern_parts(), 1);
    }
}
