//! The layers that are no files: defaults, environment, flags.

use std::ffi::OsString;

use super::keys::{Kind, Setting};
use super::problem::Problem;
use super::value::Value;
use super::{ConfigError, Entry, Origin};
use crate::suggest;

/// Variables that are no settings, and those that are read elsewhere.
pub const VARIABLES: [&str; 2] = ["KEYSIEVE_CONFIG", "KEYSIEVE_NO_CONFIG"];

/// What holds if nobody says otherwise.
pub fn defaults() -> Vec<Entry> {
    let entry = |setting: Setting| {
        let value = Value::parse(setting.key().kind, setting.key().default?).ok()?;
        Some(Entry { setting, rule: None, value, origin: Origin::Default })
    };
    Setting::ALL.into_iter().filter_map(entry).collect()
}

/// One layer in the order in which it counts: what takes back stands behind what it takes back from.
pub fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| entry.setting);
    entries
}

/// What the variables say whose names begin with `KEYSIEVE_`.
///
/// # Errors
/// A value cannot be used, or a name is that of a setting but for a slip. Other names are not ours.
pub fn environment(variables: &[(String, OsString)]) -> Result<Vec<Entry>, ConfigError> {
    let known = || Setting::ALL.into_iter().filter_map(|setting| setting.key().variable);
    let mut entries = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in variables {
        let Some(setting) = Setting::ALL.into_iter().find(|setting| setting.key().variable == Some(name.as_str())) else {
            let near = suggest::nearest(name, known().chain(VARIABLES)).filter(|near| near != name && !VARIABLES.contains(&name.as_str()));
            problems.extend(near.map(|near| {
                let what = format!("the environment variable `{}` is not known", super::shown(name));
                Problem::new(&Origin::Variable("environment"), what, format!("did you mean `{near}`?"))
            }));
            continue;
        };
        let origin = Origin::Variable(setting.key().variable.unwrap_or_default());
        let Some(text) = value.to_str() else {
            problems.push(Problem::new(&origin, "its value is no UTF-8", ""));
            continue;
        };
        for part in parts(setting.key().kind, text) {
            match Value::parse(setting.key().kind, &part) {
                Ok(value) => entries.push(Entry { setting, rule: None, value, origin: origin.clone() }),
                Err((message, hint)) => problems.push(Problem::new(&origin, message, hint)),
            }
        }
    }
    if problems.is_empty() { Ok(entries) } else { Err(ConfigError(problems)) }
}

/// The parts of a variable's value: none of an empty one.
fn parts(kind: Kind, text: &str) -> Vec<String> {
    let parts: Vec<String> = match kind {
        Kind::Paths => std::env::split_paths(text).map(|path| path.to_string_lossy().into_owned()).collect(),
        Kind::Rules | Kind::Globs | Kind::WholePaths | Kind::Words => {
            let mut depth = 0_i32;
            let is_between = |c: char| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == '\n' || (c == ',' && depth <= 0)
            };
            text.split(is_between).map(|part| part.trim().to_owned()).collect()
        }
        // A comma may be part of one.
        Kind::Regexes => text.lines().map(|part| part.trim().to_owned()).collect(),
        Kind::Severity | Kind::Confidence | Kind::Size | Kind::Exceptions | Kind::Truth | Kind::Days => vec![text.trim().to_owned()],
    };
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

/// What flags say, each with its name.
///
/// # Errors
/// A value cannot be used.
pub fn flags(flags: &[(Setting, &'static str, String)]) -> Result<Vec<Entry>, ConfigError> {
    let mut entries = Vec::new();
    for (setting, flag, text) in flags {
        let origin = Origin::Flag(flag);
        let value = Value::parse(setting.key().kind, text).map_err(|(message, hint)| Problem::new(&origin, message, hint))?;
        entries.push(Entry { setting: *setting, rule: None, value, origin });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_variables_are_split_between_their_parts() {
        assert_eq!(parts(Kind::Globs, "a, *.{b,c} ,,\nd e"), ["a", "*.{b,c}", "d e"]);
        assert!(parts(Kind::Rules, "").is_empty());
    }

    #[test]
    fn a_slip_in_a_variable_is_told_and_others_are_not_ours() {
        let said = |name: &str| environment(&[(name.to_owned(), "x".into())]).map_err(|error| error.to_string());
        assert_eq!(
            said("KEYSIEVE_MIN_CONFIDENC").unwrap_err(),
            "environment: the environment variable `KEYSIEVE_MIN_CONFIDENC` is not known; did you mean `KEYSIEVE_MIN_CONFIDENCE`?"
        );
        assert_eq!(said("KEYSIEVE_RELEASE_TO_INSTALL"), Ok(Vec::new()));
        assert_eq!(
            said("KEYSIEVE_MIN_CONFIDENCE").unwrap_err(),
            "KEYSIEVE_MIN_CONFIDENCE: `x` is no confidence; expected one of low, medium, high"
        );
    }
}
