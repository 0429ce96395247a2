//! What must hold for a rule that searches whole texts.
//!
//! This file is compiled into the build script as well.

use super::lint::{LARGEST_PATTERN, compiled_size, parse_pattern};
use super::schema::Text;
use super::search::{Allow, AllowTarget, SearchMatch};

/// Most texts of one list: each costs a compiled pattern or a place in an automaton.
const MOST: usize = 2_000;
/// Longest keyword or stop word in bytes.
const LONGEST_WORD: usize = 1_000;
/// Largest entropy that a byte can have, in bits.
const MOST_BITS: f32 = 8.0;

/// Most rules of one file that search whole texts: each of them can read every file in full.
const MOST_RULES: usize = 1_000;
/// Largest size of all their patterns when they are compiled, in bytes.
const LARGEST_TOGETHER: usize = 64 << 20;

/// What is wrong with all such rules of one file together.
pub fn too_many<'s>(searches: impl Iterator<Item = &'s SearchMatch>) -> Option<String> {
    let (mut rules, mut size) = (0, 0_usize);
    for search in searches {
        rules += 1;
        let inner = search.allow.iter().flat_map(|allow| allow.paths.iter().chain(allow.regexes.iter()));
        let sizes = [&search.pattern].into_iter().chain(search.paths.iter()).chain(inner).filter_map(|pattern| parse_pattern(pattern).ok());
        size = sizes.fold(size, |sum, hir| sum.saturating_add(compiled_size(&hir)));
    }
    if rules > MOST_RULES {
        return Some(format!("it has {rules} rules with `search`, and {MOST_RULES} are the most"));
    }
    let why = || format!("the patterns of its rules with `search` take about {size} bytes together and the limit is {LARGEST_TOGETHER}");
    (size > LARGEST_TOGETHER).then(why)
}

/// One sentence for each thing that is wrong.
pub fn problems(search: &SearchMatch) -> Vec<String> {
    let mut found = Vec::new();
    match parse_pattern(&search.pattern) {
        Err(error) => found.push(format!("`search.pattern` is no valid pattern: {error}")),
        Ok(hir) => {
            let groups = hir.properties().explicit_captures_len();
            if usize::try_from(search.secret_group).is_ok_and(|group| group > groups) {
                found.push(format!("`search.secret_group` is {} and the pattern has {groups} groups", search.secret_group));
            }
            if hir.properties().minimum_len() == Some(0) {
                found.push("`search.pattern` matches nothing at all everywhere; give it a least length".to_owned());
            }
        }
    }
    if search.above_entropy.is_some_and(|bits| !(0.0..=MOST_BITS).contains(&bits)) {
        found.push("`search.above_entropy` is a number of bits from 0 to 8".to_owned());
    }
    if let Some(word) = search.keywords.iter().find(|word| word.is_empty() || !word.is_ascii() || word.len() > LONGEST_WORD) {
        found.push(format!("`search.keywords` has `{word}`; a keyword is 1 to {LONGEST_WORD} bytes of ASCII"));
    }
    patterns("search.paths", &search.paths, &mut found);
    for allow in search.allow.iter() {
        allow_problems(allow, &mut found);
    }
    let lists = [search.keywords.len(), search.paths.len(), search.allow.len()];
    let inner = search.allow.iter().flat_map(|allow| [allow.paths.len(), allow.regexes.len(), allow.stopwords.len()]);
    if lists.into_iter().chain(inner).any(|length| length > MOST) {
        found.push(format!("a list in `search` has more than {MOST} parts"));
    }
    found
}

fn allow_problems(allow: &Allow, found: &mut Vec<String>) {
    let Allow { paths, regexes, target, stopwords, .. } = allow;
    if paths.is_empty() && regexes.is_empty() && stopwords.is_empty() {
        found.push("an entry of `search.allow` is empty; name `paths`, `regexes` or `stopwords`".to_owned());
    }
    if !paths.is_empty() && !regexes.is_empty() && *target != AllowTarget::Secret {
        found.push(
            "an entry of `search.allow` with `paths` and `regexes` must have the target `secret`: paths are held against findings"
                .to_owned(),
        );
    }
    patterns("search.allow.paths", paths, found);
    patterns("search.allow.regexes", regexes, found);
    if stopwords.iter().any(|word| word.is_empty() || word.len() > LONGEST_WORD) {
        found.push(format!("`search.allow.stopwords` has one that is not 1 to {LONGEST_WORD} bytes long"));
    }
}

/// All patterns of a list are compiled together, so together they have the size that one may have.
fn patterns(what: &str, list: &[Text], found: &mut Vec<String>) {
    let mut size: usize = 0;
    for pattern in list {
        match parse_pattern(pattern) {
            Err(error) => found.push(format!("`{what}` has `{pattern}`, which is no valid pattern: {error}")),
            Ok(hir) => size = size.saturating_add(compiled_size(&hir)),
        }
    }
    if size > LARGEST_PATTERN {
        found.push(format!(
            "the patterns of `{what}` take about {size} bytes together and the limit is {LARGEST_PATTERN}; write fewer, or shorter ones"
        ));
    }
}
