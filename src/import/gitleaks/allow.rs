//! Allowlists as entries of `allow`: what fits if one of several things does becomes several entries.

use super::pattern;
use super::read::Allowlist;
use crate::import::Outcome;
use crate::rules::schema::{List, Text};
use crate::rules::search::{Allow, AllowTarget};

/// Why commits are not taken.
const NO_COMMITS: &str = "what is found depends on content and path, not on a commit; take what stands there into a baseline: `keysieve baseline create --history`";

/// What a list says, as far as it can be said.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// Entries about texts, and about texts in files.
    pub entries: Vec<Allow>,
    /// Patterns of paths that are allowed whatever stands there.
    pub paths: Vec<Text>,
}

/// Translates `list`, which is `of` something.
pub fn translate(list: &Allowlist, of: &str, outcome: &mut Outcome) -> Allowed {
    let mut allowed = Allowed::default();
    let leave = |outcome: &mut Outcome, what: &str, why: String| outcome.leave(format!("{what} of {of}"), Some(list.line), why);
    if list.commits.is_empty() && list.paths.is_empty() && list.regexes.is_empty() && list.stopwords.is_empty() {
        leave(outcome, "all", "it allows nothing".to_owned());
        return allowed;
    }
    if !list.commits.is_empty() {
        let what = format!("{} of `commits`", list.commits.len());
        leave(
            outcome,
            &what,
            if list.is_and { format!("{NO_COMMITS}. The rest of it holds for these commits only") } else { NO_COMMITS.to_owned() },
        );
        if list.is_and {
            return allowed;
        }
    }
    let Some(target) = target(&list.target) else {
        leave(outcome, "all", format!("its regexTarget `{}` is none of secret, match and line", list.target));
        return allowed;
    };
    let paths = patterns("paths", &list.paths, list.line, of, outcome);
    let regexes = patterns("regexes", &list.regexes, list.line, of, outcome);
    let stopwords: List<Text> = list.stopwords.iter().filter(|word| !word.is_empty()).map(|word| Text::from(word.clone())).collect();
    if target == AllowTarget::Line && list.regexes.iter().any(|regex| regex.contains('^')) {
        outcome.note(format!(
            "line {}: `^` in {of} is the beginning of every line here; gitleaks sees it on a file's first line only",
            list.line
        ));
    }
    let description = (!list.description.is_empty()).then(|| Text::from(list.description.clone()));
    if !list.is_and {
        let one = |regexes: List<Text>, stopwords: List<Text>| Allow {
            description: description.clone(),
            regexes,
            target,
            stopwords,
            ..Allow::default()
        };
        allowed.paths = paths.into_owned();
        allowed.entries.extend((!regexes.is_empty()).then(|| one(regexes, List::default())));
        allowed.entries.extend((!stopwords.is_empty()).then(|| Allow { target: AllowTarget::Secret, ..one(List::default(), stopwords) }));
        return allowed;
    }
    let is_lost = |before: &[String], now: &[Text]| !before.is_empty() && now.is_empty();
    if is_lost(&list.paths, &paths) || is_lost(&list.regexes, &regexes) || is_lost(&list.stopwords, &stopwords) {
        leave(outcome, "all", "one of the things that must fit together cannot be said".to_owned());
    } else if !paths.is_empty() && !regexes.is_empty() && target != AllowTarget::Secret {
        let why = format!("regexes over the {} cannot be held together with paths: one content can stand under many", list.target);
        leave(outcome, "all", why);
    } else if regexes.is_empty() && stopwords.is_empty() {
        allowed.paths = paths.into_owned();
    } else {
        allowed.entries.push(Allow { description, paths, regexes, target, stopwords });
    }
    allowed
}

fn target(word: &str) -> Option<AllowTarget> {
    match word {
        "" | "secret" => Some(AllowTarget::Secret),
        "match" => Some(AllowTarget::Match),
        "line" => Some(AllowTarget::Line),
        _ => None,
    }
}

/// The patterns that can be said.
fn patterns(key: &str, list: &[String], line: u32, of: &str, outcome: &mut Outcome) -> List<Text> {
    let mut taken = Vec::new();
    for written in list {
        match checked(written) {
            Ok(pattern) => taken.push(Text::from(pattern)),
            Err(why) => outcome.leave(format!("`{written}` in `{key}` of {of}"), Some(line), why),
        }
    }
    taken.into()
}

/// The same pattern for a rule file, which can be used there.
///
/// # Errors
/// Why it cannot.
pub fn checked(written: &str) -> Result<String, String> {
    let translated = pattern::translate(written)?;
    crate::rules::lint::parse_pattern(&translated)?;
    Ok(translated)
}
