//! Runs a token rule's pattern where one of its literals stands.
//!
//! A pattern that begins with its literal is tried only there; any other is searched for in a window as wide as its longest match.

use std::sync::OnceLock;

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use super::prefilter::Hit;
use crate::location::ByteSpan;
use crate::rules::schema::TokenMatch;

/// A compiled pattern, built when first needed: most rules never meet their literal.
#[derive(Default)]
pub struct Matcher {
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    regex: Regex,
    secret_group: usize,
}

/// A whole match and the secret in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// All that the pattern matched.
    pub whole: ByteSpan,
    /// The group named `secret`.
    pub secret: ByteSpan,
}

/// How far a windowed pattern was searched, so that literals close to each other do not search the same bytes twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// End of the last window.
    pub searched_to: usize,
    /// End of the last match.
    pub matched_to: usize,
}

impl Matcher {
    fn compiled(&self, token: &TokenMatch) -> &Compiled {
        self.compiled.get_or_init(|| {
            let regex = Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .configure(meta::Config::new().match_kind(MatchKind::LeftmostFirst).utf8_empty(false))
                .build(&token.pattern)
                .expect("because the lint parsed this pattern before it became a rule");
            let secret_group =
                regex.group_info().to_index(regex_automata::PatternID::ZERO, "secret").expect("because the lint asks for the group");
            Compiled { regex, secret_group }
        })
    }

    /// Finds the matches of `token`, always the same for one matcher, that the literal at `hit` can belong to.
    pub fn find(&self, token: &TokenMatch, text: &[u8], hit: &Hit<'_>, progress: &mut Progress, mut each: impl FnMut(Found)) {
        let reach = token.facts.max_length as usize;
        let end = text.len().min(hit.end + reach);
        if token.facts.anchored {
            let end = text.len().min(hit.start + reach);
            if let Some(found) = run(self.compiled(token), Input::new(text).span(hit.start..end).anchored(Anchored::Yes)) {
                each(found);
            }
            return;
        }
        if end <= progress.searched_to && progress.searched_to > 0 && hit.end + reach <= progress.searched_to {
            return;
        }
        let mut start = hit.start.saturating_sub(reach).max(progress.matched_to);
        while start < end {
            let Some(found) = run(self.compiled(token), Input::new(text).span(start..end)) else { break };
            start = found.whole.end.max(start + 1);
            progress.matched_to = start;
            each(found);
        }
        progress.searched_to = end;
    }
}

fn run(compiled: &Compiled, input: Input<'_>) -> Option<Found> {
    let mut captures = compiled.regex.create_captures();
    compiled.regex.search_captures(&input, &mut captures);
    let whole = captures.get_match()?;
    let secret = captures.get_group(compiled.secret_group)?;
    Some(Found { whole: ByteSpan::new(whole.start(), whole.end()), secret: ByteSpan::new(secret.start, secret.end) })
}
