//! What a baseline says of how it was made: filters and plugins. Files that were left out stay left out.

use serde::Deserialize;
use serde_json::Value;

use super::Baseline;
use crate::config::shown;
use crate::import::path_regex::{Syntax, translate};
use crate::import::{Additions, Outcome};

/// A filter that was on.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    path: String,
    #[serde(default)]
    pattern: Value,
}

/// A plugin that was on; one with a path is not detect-secrets' own.
#[derive(Debug, Deserialize)]
pub(super) struct Plugin {
    #[serde(default)]
    name: String,
    #[serde(default)]
    path: Option<String>,
}

/// Filters as versions before 1.0 have them.
#[derive(Debug, Deserialize)]
pub(super) struct OldExclude {
    #[serde(default)]
    files: Option<String>,
    #[serde(default)]
    lines: Option<String>,
}

/// Takes the filters of `baseline` over, as far as that is possible.
pub(super) fn import(baseline: &Baseline, config: &mut Additions, outcome: &mut Outcome) {
    let mut own = 0;
    for filter in &baseline.filters_used {
        let name = filter.path.rsplit('.').next().unwrap_or_default();
        let group = filter.path.strip_prefix("detect_secrets.filters.").and_then(|rest| rest.split('.').next());
        match (group, name) {
            (Some("regex"), "should_exclude_file") => patterns(&filter.pattern).for_each(|text| files(text, config, outcome)),
            (Some("regex"), "should_exclude_line") => patterns(&filter.pattern).for_each(|text| lines(text, outcome)),
            (Some("regex"), "should_exclude_secret") => {
                let why =
                    "secrets cannot be excluded by how they look: except them by their fingerprints, or write a rule that leaves them out";
                patterns(&filter.pattern).for_each(|text| outcome.leave(format!("--exclude-secrets `{}`", shown(text)), None, why));
            }
            (Some("allowlist"), _) => {
                outcome.note("comments such as `pragma: allowlist secret` count in scans with --honor-foreign-allow");
            }
            (Some("heuristic" | "common" | "gibberish"), _) => own += 1,
            _ => outcome.leave(format!("filter `{}`", shown(&filter.path)), None, "it is known to detect-secrets only"),
        }
    }
    if own > 0 {
        outcome
            .note(format!("{own} built-in filters of detect-secrets are not taken: keysieve weighs for itself what looks like a secret"));
    }
    if let Some(old) = &baseline.exclude {
        old.files.iter().for_each(|text| files(text, config, outcome));
        old.lines.iter().for_each(|text| lines(text, outcome));
    }
    for plugin in baseline.plugins_used.iter().filter(|plugin| plugin.path.is_some()) {
        let why = "it is a program of your own: `keysieve rules check` helps to write a rule in its place";
        outcome.leave(format!("plugin `{}`", shown(&plugin.name)), None, why);
    }
}

fn patterns(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().map_or(&[][..], Vec::as_slice);
    several.iter().chain(value.is_string().then_some(value)).filter_map(Value::as_str).filter(|text| !text.is_empty())
}

fn files(text: &str, config: &mut Additions, outcome: &mut Outcome) {
    let what = format!("--exclude-files `{}`", shown(text));
    match translate(text, Syntax::Python) {
        Ok(regex) => {
            outcome.take(what, None, "an expression of `paths.exclude_regex`");
            if !config.exclude_regex.contains(&regex) {
                config.exclude_regex.push(regex);
            }
        }
        Err(why) => outcome.leave(what, None, format!("it is no regular expression that can be used: {why}")),
    }
}

fn lines(text: &str, outcome: &mut Outcome) {
    let why = "lines cannot be excluded by how they look: a new secret on such a line would be hidden; except the secrets themselves";
    outcome.leave(format!("--exclude-lines `{}`", shown(text)), None, why);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excluded_files_are_taken_and_the_rest_is_told() {
        let text = r#"{"results": {}, "plugins_used": [{"name": "AWSKeyDetector"}, {"name": "Own", "path": "file://own.py"}], "filters_used": [
            {"path": "detect_secrets.filters.allowlist.is_line_allowlisted"},
            {"path": "detect_secrets.filters.heuristic.is_sequential_string"},
            {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["vendor/.*", "(?!a)b", "vendor/.*"]},
            {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": "foo"},
            {"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": ["bar"]},
            {"path": "detect_secrets.filters.wordlist.should_exclude_secret"},
            {"path": "file://filters.py::own"}
        ], "exclude": {"files": "^old/", "lines": null}}"#;
        let baseline = Baseline::parse(text).expect("because it is one");
        let (mut config, mut outcome) = (Additions::default(), Outcome::default());
        import(&baseline, &mut config, &mut outcome);
        assert_eq!(config.exclude_regex, ["vendor/.*", "^old/"]);
        let left: Vec<&str> = outcome.left.iter().map(|left| left.what.as_str()).collect();
        let expected = [
            "--exclude-files `(?!a)b`",
            "--exclude-lines `foo`",
            "--exclude-secrets `bar`",
            "filter `detect_secrets.filters.wordlist.should_exclude_secret`",
            "filter `file://filters.py::own`",
            "plugin `Own`",
        ];
        assert_eq!(left, expected);
        assert_eq!((outcome.taken.len(), outcome.notes.len()), (3, 2));
    }
}
