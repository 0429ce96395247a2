//! One exception: what it is bound to, and who answers for it until when.

use serde::Deserialize;

use super::{Day, Glob};

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
#[error("{}:{}: {why}", origin.file, origin.line)]
pub struct InvalidException {
    /// Where it is written down.
    pub origin: Origin,
    /// What is wrong and what to do.
    pub why: String,
}

impl Exception {
    /// Checks what `entry`, written down at `origin`, is bound to.
    ///
    /// # Errors
    /// It is bound to nothing, to a rule everywhere, to every file, or to something that is misspelled.
    pub fn new(entry: ExceptionEntry, origin: Origin) -> Result<Self, InvalidException> {
        match Self::checked(entry, &origin) {
            Ok(exception) => Ok(exception),
            Err(why) => Err(InvalidException { origin, why }),
        }
    }

    fn checked(entry: ExceptionEntry, origin: &Origin) -> Result<Self, String> {
        let ExceptionEntry { fingerprint, rule, path, reason, owner, expires, approved_by } = entry;
        match (&fingerprint, &rule, &path) {
            (None, None, None) => {
                return Err("an exception is bound to nothing; name a `fingerprint`, a `rule` and a `path`, or a `path`".to_owned());
            }
            (None, Some(rule), None) => {
                let why = format!("`rule: {rule}` alone would hide every new secret of that rule; name a `path` as well");
                return Err(why);
            }
            _ => {}
        }
        if let Some(wrong) = fingerprint.as_deref().filter(|text| !is_fingerprint(text)) {
            return Err(format!("`{wrong}` is no fingerprint; a report names them, such as v1:aws: and 32 hex digits"));
        }
        let glob = |key: &str, text: Option<String>| {
            text.map(|text| Glob::new(&text).map_err(|why| format!("`{key}: {text}` is no pattern: {why}"))).transpose()
        };
        let (rule, path) = (glob("rule", rule)?, glob("path", path)?);
        if let (None, Some(all)) = (&fingerprint, path.as_ref().filter(|path| path.is_everything())) {
            return Err(format!("`path: {}` would hide every new secret; name the files that are meant", all.as_str()));
        }
        let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let terms = Terms { reason: said(reason), owner: said(owner), expires, approved_by: said(approved_by) };
        Ok(Self { fingerprint, rule, path, terms, origin: origin.clone() })
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

fn is_fingerprint(text: &str) -> bool {
    let mut parts = text.split(':');
    let (version, family, digest) = (parts.next(), parts.next(), parts.next());
    let is_digest = |digest: &str| digest.len() == 32 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    version == Some("v1") && family.is_some_and(|family| !family.is_empty()) && digest.is_some_and(is_digest) && parts.next().is_none()
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
}
