//! Whose credential it is that the grammar found, when its form fits no rule: providers are named in the names that people give.
//!
//! `codecovToken` holds a token of Codecov whatever it looks like today. Only a provider whose name is no ordinary word is told this way.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Match;
use super::keyvalue::syntax::Pair;
use super::naming::{Place, glue};
use crate::finding::Evidence;
use crate::rules::{RuleIndex, RuleSet};

/// Kind of the evidence that a credential's provider is known by the name alone.
pub const FORM_UNKNOWN: &str = "form-unknown";

/// Shortest provider name in bytes, shortest of other words for it, and shortest one that may stand in the middle of a credential's name.
const SHORTEST: usize = 4;
const SHORTEST_WORD: usize = 5;
const DISTINCT: usize = 6;

/// All providers that have a name of their own.
pub struct Issuers {
    words: AhoCorasick,
    /// By pattern: the rules of the provider.
    rules_of_word: Vec<Vec<Known>>,
}

struct Known {
    index: RuleIndex,
    /// What its credential is called, without case and separators.
    names: Vec<String>,
}

impl Issuers {
    /// Collects the providers of `rules`.
    pub fn new(rules: &RuleSet) -> Self {
        let mut words: Vec<(String, Vec<Known>)> = Vec::new();
        let mut indices: Vec<RuleIndex> = rules.iter().map(|(index, _)| index).collect();
        indices.sort_by(|a, b| rules.get(*a).provider.slug.cmp(&rules.get(*b).provider.slug).then(a.cmp(b)));
        indices.retain(|index| rules.get(*index).rule.token.is_some() || rules.get(*index).rule.assignment.is_some());
        for group in indices.chunk_by(|a, b| rules.get(*a).provider.slug == rules.get(*b).provider.slug) {
            if rules.get(group[0]).provider.generic {
                continue;
            }
            for word in words_of(rules, group) {
                words.push((word, group.iter().map(|index| known(rules, *index)).collect()));
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words.iter().map(|(word, _)| word));
        Self {
            words: automaton.expect("because a few thousand short words are far from the automaton's limits"),
            rules_of_word: words.into_iter().map(|(_, rules)| rules).collect(),
        }
    }

    /// The rule of the provider that is named in the pair's name, in the two words before it, or between it and the value; for what the name
    /// calls the credential.
    pub fn of(&self, text: &[u8], pair: &Pair) -> Option<RuleIndex> {
        let words = words_before(text, pair.name.start);
        self.named_in(pair.name.of(text), pair.name.of(text))
            .or_else(|| self.named_in(&text[words..pair.name.start], pair.name.of(text)))
            .or_else(|| self.named_in(&text[pair.name.end..pair.value.start.max(pair.name.end)], pair.name.of(text)))
    }

    fn named_in(&self, place: &[u8], name: &[u8]) -> Option<RuleIndex> {
        let (place, name) = (Place::new(place), glue(name));
        let stands = |start: usize, end: usize| {
            (end - start >= DISTINCT || start == 0 || place.glued[..start].ends_with("env")) && place.is_whole(start, end)
        };
        let found = self.words.find_iter(&place.glued).find(|word| stands(word.start(), word.end()))?;
        let rules = &self.rules_of_word[found.pattern().as_usize()];
        // The first of those with the longest name that fits.
        let called = |known: &Known| known.names.iter().filter(|word| name.contains(word.as_str())).map(String::len).max();
        rules.iter().min_by_key(|known| Reverse(called(known))).map(|known| known.index)
    }
}

/// Where the two words before `at` begin: names that a blank, `:` or a dot parts from what follows on the line.
fn words_before(text: &[u8], at: usize) -> usize {
    const WORDS: usize = 2;
    const MAX_WORD: usize = 32;
    let mut start = at;
    for _ in 0..WORDS {
        let gap = text[..start].iter().rev().take(3).take_while(|b| matches!(b, b' ' | b':' | b'"' | b'\'' | b'.')).count();
        let end = start - gap;
        let length = text[..end].iter().rev().take(MAX_WORD).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
        if gap == 0 && start != at || length == 0 {
            break;
        }
        start = end - length;
    }
    start
}

/// Gives what only the grammar found to the rules in `issued`, by first byte. Done when all else is settled: a rule that knows the form of a
/// credential says more than its name.
pub fn name(rules: &RuleSet, issued: &BTreeMap<usize, RuleIndex>, matches: &mut [Match]) {
    for found in matches.iter_mut().filter(|found| rules.get(found.rule).rule.grammar.is_some()) {
        if let Some(rule) = issued.get(&found.secret.start) {
            found.rule = *rule;
            found.evidence.push(Evidence::opposing(FORM_UNKNOWN, "named by its provider, not in a form known of it"));
        }
    }
}

/// What the provider of `group` is called: its own name, and the context words that its rules trust on other lines.
fn words_of(rules: &RuleSet, group: &[RuleIndex]) -> Vec<String> {
    let provider = &rules.get(group[0]).provider;
    let assignments = group.iter().filter_map(|index| rules.get(*index).rule.assignment.as_ref());
    let trusted = assignments.filter(|assignment| assignment.within_lines > 0).flat_map(|assignment| assignment.context.iter());
    let names = [provider.slug.as_ref(), provider.name.as_ref()];
    let trusted = trusted.map(AsRef::as_ref).filter(|word: &&str| word.len() >= SHORTEST_WORD);
    let mut words: Vec<String> = names.into_iter().chain(trusted).map(|word| glue(word.as_bytes())).collect();
    words.retain(|word| word.len() >= SHORTEST && !ORDINARY.contains(&word.as_str()));
    words.sort_unstable();
    words.dedup();
    words
}

/// Providers whose names are words of English, of programs or of names for credentials: `checkoutToken` may be anyone's.
pub(super) const ORDINARY: [&str; 173] = [
    "access",
    "account",
    "accountkey",
    "agora",
    "airship",
    "alchemy",
    "apollo",
    "approle",
    "autopilot",
    "beamer",
    "besttime",
    "blob",
    "branch",
    "bulbul",
    "captcha",
    "chatbot",
    "checkout",
    "cicero",
    "clay",
    "clerk",
    "client",
    "clob",
    "close",
    "coda",
    "cognitive",
    "column",
    "commodities",
    "consumer",
    "cookie",
    "copper",
    "courier",
    "coze",
    "cursor",
    "cypress",
    "daily",
    "dandelion",
    "database",
    "databaseurl",
    "delighted",
    "deputy",
    "devops",
    "ditto",
    "django",
    "docker",
    "drone",
    "dynamodb",
    "elastic",
    "envoy",
    "eraser",
    "flat",
    "float",
    "front",
    "fulcrum",
    "functions",
    "gemini",
    "generic",
    "geocode",
    "golang",
    "gradle",
    "guardian",
    "harness",
    "harvest",
    "here",
    "holistic",
    "honeycomb",
    "host",
    "humanity",
    "hunter",
    "insta",
    "instantly",
    "iterable",
    "iterative",
    "jdbc",
    "jenkins",
    "kanban",
    "kraken",
    "kubernetes",
    "lark",
    "ldap",
    "license",
    "line",
    "linear",
    "llama",
    "magnetic",
    "make",
    "maven",
    "mercury",
    "metabase",
    "moderation",
    "monday",
    "mongodb",
    "mssql",
    "mysql",
    "neon",
    "nightfall",
    "nimble",
    "node",
    "noticeable",
    "notion",
    "octopus",
    "oculus",
    "odbc",
    "oracle",
    "orbit",
    "paddle",
    "parsers",
    "password",
    "perplexity",
    "persona",
    "phrase",
    "pinecone",
    "polar",
    "polygon",
    "postgres",
    "prefect",
    "privacy",
    "private",
    "proof",
    "public",
    "pusher",
    "python",
    "rabbitmq",
    "railway",
    "ramp",
    "raven",
    "react",
    "readme",
    "recharge",
    "redis",
    "refiner",
    "render",
    "replicate",
    "replit",
    "resend",
    "runway",
    "sandbox",
    "sanity",
    "scale",
    "secret",
    "secretaccesskey",
    "segment",
    "semaphore",
    "server",
    "service",
    "session",
    "shipday",
    "shodan",
    "shortcut",
    "smooch",
    "smtpauth",
    "snowflake",
    "square",
    "storage",
    "stripo",
    "stytch",
    "subscriptionid",
    "sugester",
    "swell",
    "temporal",
    "tenantid",
    "terraform",
    "token",
    "unity",
    "upstage",
    "upwave",
    "user",
    "vagrant",
    "vault",
    "verifier",
    "webhook",
    "webscraper",
    "webscraping",
    "wise",
];

fn known(rules: &RuleSet, index: RuleIndex) -> Known {
    let rule = &rules.get(index).rule;
    let names = match &rule.assignment {
        Some(assignment) if !assignment.names.is_empty() => assignment.names.iter().map(|word| glue(word.as_bytes())).collect(),
        // `mailgun.signing-key`: the last word of the kind.
        _ => rule.id.rsplit(['.', '-']).next().map(str::to_owned).into_iter().collect(),
    };
    Known { index, names }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::keyvalue::syntax::{Form, Operator};
    use crate::location::ByteSpan;

    fn issuer(line: &str) -> Option<String> {
        let rules = RuleSet::builtin();
        let end = line.rfind(['=', '-'])?;
        let name_end = line[..end].trim_end().len();
        let start = line[..name_end].rfind(' ').map_or(0, |blank| blank + 1);
        let name = ByteSpan::new(start, name_end);
        let value = ByteSpan::new(end + 1, line.len());
        let pair = Pair { name, operator: Operator::Assign, value, form: Form::Bare };
        let index = Issuers::new(&rules).of(line.as_bytes(), &pair)?;
        Some(rules.get(index).rule.id.split('.').next().unwrap_or_default().to_owned())
    }

    #[test]
    fn providers_are_named_in_names_and_beside_them() {
        for (name, slug) in [
            ("codecovToken=", "codecov"),
            ("MY_RUBYGEMS_API_KEY=", "rubygems"),
            ("process.env.OKTA_TOKEN = ", "okta"),
            ("codecov token - ", "codecov"),
            ("codecov upload token: =", "codecov"),
        ] {
            assert_eq!(issuer(name).as_deref(), Some(slug), "{name}");
        }
    }

    #[test]
    fn ordinary_names_name_nobody() {
        for name in
            ["api_key=", "line_token=", "password=", "box=", "auth_token=", "secretKey=", "the codecov report says that the token ="]
        {
            assert_eq!(issuer(name), None, "{name}");
        }
    }
}
