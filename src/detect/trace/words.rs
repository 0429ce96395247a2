//! What the detector's steps are in words. Only rules, numbers and kinds of characters are told, never bytes of the text.

use std::fmt::Write as _;

use super::{Call, Tracer};
use crate::detect::Match;
use crate::detect::entropy::{Charset, Randomness};
use crate::detect::keyvalue::name::Name;
use crate::detect::keyvalue::score::{self, Decision, Refusal};
use crate::detect::keyvalue::syntax::{Form, Operator, Pair};
use crate::detect::prefilter::{Hit, TokenTrigger};
use crate::location::ByteSpan;
use crate::rules::schema::TokenMatch;
use crate::rules::{RuleIndex, RuleSet};

/// A literal stands at `hit`. If `is_new` is false, the pattern was tried there already, with a literal before.
pub fn literal(tracer: Tracer<'_>, trigger: &TokenTrigger, token: &TokenMatch, hit: &Hit<'_>, is_new: bool) {
    if !is_new {
        return;
    }
    tracer.open(Call::Literal, ByteSpan::new(hit.start, hit.end));
    tracer.pass("literal", || format!("`{}`", trigger.literal));
    tracer.note("window", || {
        let length = token.facts.max_length;
        if token.facts.anchored {
            format!("every match begins with the literal: the pattern is tried right here, on {length} bytes at most")
        } else {
            format!("the pattern is searched for in {length} bytes on both sides of the literal")
        }
    });
}

/// Why there is no match: what stands behind the literal.
pub fn unmatched(token: &TokenMatch, text: &[u8], hit: &Hit<'_>) -> String {
    let rest = &text[hit.end..text.len().min(hit.end + token.facts.max_length as usize + 64)];
    let is_plain = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+' | b'=' | b'~');
    let run = &rest[..rest.iter().take_while(is_plain).count()];
    let next = match rest.get(run.len()) {
        None => "the end",
        Some(b'\n' | b'\r') => "the end of the line",
        Some(b'"' | b'\'' | b'`') => "a quote",
        Some(b' ' | b'\t') => "a blank",
        Some(_) => "another sign",
    };
    format!("does not match {}; behind the literal: {}, then {next}", token.pattern, form_of(run))
}

/// A pair as the grammar read it.
pub fn pair(tracer: Tracer<'_>, text: &[u8], pair: &Pair) {
    tracer.name(pair.name);
    tracer.pass("pair", || {
        let value = pair.value.of(text);
        let looks = match crate::detect::entropy::randomness(value) {
            Randomness::None => "does not look random",
            Randomness::Slight => "hardly looks random",
            Randomness::Likely => "looks random",
            Randomness::Strong => "is random",
        };
        format!("{}, value {}: {}, {looks}", joined(pair.operator), written(pair.form), form_of(value))
    });
}

fn joined(operator: Operator) -> &'static str {
    match operator {
        Operator::Assign => "assigned with `=`, `:` or the like",
        Operator::Compare => "compared with `==` or `!=`",
        Operator::Call => "argument of a call",
        Operator::Comma => "behind a comma",
        Operator::Flag => "value of a flag",
        Operator::Element => "content of an element",
        Operator::NameValue => "value beside a name",
        Operator::Sql => "set in SQL",
        Operator::Beside => "beside the name with nothing between",
        Operator::Header => "behind an authentication scheme",
    }
}

fn written(form: Form) -> &'static str {
    match form {
        Form::Quoted => "in quotes",
        Form::Backtick => "between backticks",
        Form::Bare => "without quotes",
        Form::Block => "as a block of lines",
        Form::Bytes => "as a list of numbers",
    }
}

/// No provider's rule was asked for a value.
pub fn no_rule(tracer: Tracer<'_>, why: &'static str) {
    tracer.of_assignment().fail("value", || format!("no provider's rule is asked: {why}"));
}

/// Which provider's rule took a value, if one did.
pub fn taken(tracer: Tracer<'_>, rules: &RuleSet, found: Option<&Match>, is_beside: bool) {
    let is_own = found.is_some_and(|found| Some(found.rule) == tracer.rule());
    if is_own || tracer.is_refused() {
        return;
    }
    match found {
        Some(found) => {
            tracer.fail("provider", || format!("`{}` takes it: it knows the value and its provider is named nearer", id(rules, found.rule)))
        }
        None if is_beside => {
            tracer
                .of_assignment()
                .fail("operator", || "nothing joins name and value, so the provider must be in the name itself".to_owned());
        }
        None => {}
    }
}

/// The rule that a class of names or a scheme belongs to takes the secret.
pub fn taken_as(tracer: Tracer<'_>, stage: &'static str, rules: &RuleSet, rule: RuleIndex, secret: ByteSpan) {
    let own = tracer.of(rule);
    if own.rule().is_some() {
        own.secret(secret, secret);
    } else {
        tracer.fail(stage, || format!("this kind of credential belongs to the rule `{}`", id(rules, rule)));
    }
}

/// The name names a provider whose rules do not know the form.
pub fn issuer(tracer: Tracer<'_>, rules: &RuleSet, issuer: Option<RuleIndex>, secret: ByteSpan) {
    let Some(issuer) = issuer else { return };
    let own = tracer.of(issuer);
    own.secret(secret, secret);
    own.pass("issuer", || {
        format!("a credential by its name, which names {}; the form is none that the rule knows", rules.get(issuer).provider.name)
    });
}

/// The grammar knows no such name.
pub fn no_class(tracer: Tracer<'_>) {
    tracer.fail("class", || "the grammar takes nothing under such a name for a credential".to_owned());
}

/// Something that counts for a pair, and for how many points.
type Item = (&'static str, f32);

/// What the grammar decided on a pair, with what counts for it.
pub fn decision(tracer: Tracer<'_>, name: Name, decided: &Result<Decision, Refusal>, items: impl FnOnce() -> Vec<Item>) {
    let tracer = tracer.of_grammar();
    tracer.pass("name", || format!("class {:?}, {:+.1} points", name.class, name.prior));
    match decided {
        Ok(decision) => tracer.pass("points", || format!("{}: {} confidence", sum(&items()), decision.confidence.as_str())),
        Err(Refusal { stage: stage @ "points", why }) => tracer.fail(stage, || format!("{why}: {}", sum(&items()))),
        Err(Refusal { stage, why }) => tracer.fail(stage, || (*why).to_owned()),
    }
}

fn sum(items: &[Item]) -> String {
    let mut out = String::new();
    for (what, points) in items {
        let _ = write!(out, "{points:+.1} {what}, ");
    }
    let sum: f32 = items.iter().map(|(_, points)| points).sum();
    let _ = write!(out, "together {sum:.1} (low from {:.1}, medium from {:.1}, high from {:.1})", score::LOW, score::MEDIUM, score::HIGH);
    out
}

fn id(rules: &RuleSet, rule: RuleIndex) -> &str {
    &rules.get(rule).rule.id
}

/// Whether there are companions without which `rule` finds nothing.
pub fn needs_companions(rules: &RuleSet, rule: RuleIndex) -> bool {
    rules.get(rule).rule.companions.iter().any(|companion| companion.required)
}

/// The companions without which `rule` finds nothing.
pub fn required_companions(rules: &RuleSet, rule: RuleIndex) -> String {
    let required = rules.get(rule).rule.companions.iter().filter(|companion| companion.required);
    let each = required.map(|companion| format!("`{}` within {} lines", companion.rule, companion.within_lines));
    format!("needed and not there: {}", each.collect::<Vec<_>>().join(", "))
}

/// Length and characters of a value, which say nothing of it: `32 bytes of a-z 0-9`.
pub fn form_of(value: &[u8]) -> String {
    let set = Charset::of(value);
    let hex = value.iter().all(u8::is_ascii_hexdigit) && set.digits > 0 && (set.lower == 0 || set.upper == 0);
    let mut parts: Vec<String> = Vec::new();
    if hex && set.letters() > 0 {
        parts.push((if set.upper > 0 { "0-9 A-F" } else { "0-9 a-f" }).to_owned());
    } else {
        let ranges = [(set.lower, "a-z"), (set.upper, "A-Z"), (set.digits, "0-9")];
        parts.extend(ranges.iter().filter(|(count, _)| *count > 0).map(|(_, range)| (*range).to_owned()));
    }
    let mut signs: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_alphanumeric()).collect();
    signs.sort_unstable();
    signs.dedup();
    let (plain, other): (Vec<u8>, Vec<u8>) = signs.iter().partition(|byte| byte.is_ascii_graphic());
    parts.extend(plain.iter().map(|byte| char::from(*byte).to_string()));
    if !other.is_empty() {
        let is_blank = other.iter().all(u8::is_ascii_whitespace);
        parts.push((if is_blank { "and blanks" } else { "and bytes that are no printable ASCII" }).to_owned());
    }
    let noun = if value.len() == 1 { "byte" } else { "bytes" };
    if parts.is_empty() { "0 bytes".to_owned() } else { format!("{} {noun} of {}", value.len(), parts.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_tell_length_and_alphabet() {
        assert_eq!(form_of(b"0a1b2c3d"), "8 bytes of 0-9 a-f");
        assert_eq!(form_of(b"xY9-_z"), "6 bytes of a-z A-Z 0-9 - _");
        assert_eq!(form_of(b"a b"), "3 bytes of a-z and blanks");
        assert_eq!(form_of(b""), "0 bytes");
    }
}
