//! What is a credential because of what stands beside it: a name, the rest of a URL, an authentication scheme, a command.

use super::issuer::Issuers;
use super::keyvalue::{self, command, header, name, score, syntax, url};
use super::naming::{Naming, Proximity};
use super::prefilter::Hit;
use super::role::{FileRole, Syntax};
use super::trace::{self, Call};
use super::{Match, Scan, entropy, judge, known, placeholder, whole};
use crate::finding::{Confidence, Evidence, Identity};
use crate::location::ByteSpan;
use crate::rules::RuleIndex;
use crate::rules::schema::GrammarClass;

impl Scan<'_, '_> {
    pub(super) fn word(&mut self, hit: &Hit<'_>) {
        if hit.start < self.name_end {
            return;
        }
        let (text, tracer) = (self.input.bytes, self.tracer);
        tracer.open(Call::Word, ByteSpan::new(hit.start, hit.end));
        let Some(around) = syntax::name_around(text, ByteSpan::new(hit.start, hit.end)) else {
            return tracer.fail("name", || "no name can be read around the word".to_owned());
        };
        self.name_end = around.end;
        let Some(mut pair) = syntax::pair_of(text, around) else {
            return tracer.fail("value", || "no value can be read behind the name".to_owned());
        };
        // What other languages write between backticks is text of many lines or a command; Go writes any text so.
        if pair.form == syntax::Form::Backtick && self.input.path.ends_with(b".go") {
            pair.form = syntax::Form::Quoted;
        }
        trace::pair(tracer, text, &pair);
        if pair.form == syntax::Form::Bytes {
            tracer.of_assignment().fail("value", || "a list of numbers, which no provider's rule takes".to_owned());
            let found = self.byte_list(&pair);
            self.matches.extend(found);
            return;
        }
        let value = score::value_of(text, &pair);
        if header::is_header_value(value.bytes) {
            return tracer.fail("value", || "an authentication scheme and a credential: tried as a header, at the scheme".to_owned());
        }
        let role = self.role_at(&pair);
        let found = self.named(&pair, &value).or_else(|| match whole::swapped(text, &pair) {
            Some(swapped) => self.swapped(&swapped, role),
            None => self.generic(&pair, &value, role),
        });
        let Some(found) = found else { return };
        let is_issued = self.issued_by(&pair, &found);
        // Nothing says that the one is the other's value but a random look and a provider's name.
        if pair.operator == syntax::Operator::Beside && !is_issued {
            return tracer.of_grammar().fail("operator", || "nothing joins name and value, and no provider is named".to_owned());
        }
        self.matches.push(found);
    }

    /// What the grammar alone says of a pair.
    pub(super) fn generic(&self, pair: &syntax::Pair, value: &keyvalue::value::Value<'_>, role: FileRole) -> Option<Match> {
        let (text, tracer) = (self.input.bytes, self.tracer);
        let Some(judged) = name::judge(pair.name.of(text)) else {
            trace::no_class(tracer.of_grammar());
            return None;
        };
        // A provider's test keys count; where nobody is named, what counts is made up.
        let is_made_up = || {
            let reason = placeholder::reason(value.bytes).filter(|_| self.issuer(pair).is_none());
            if let Some(reason) = reason {
                tracer.of_grammar().fail("placeholder", || reason.to_owned());
            }
            reason.is_some()
        };
        if pair.operator == syntax::Operator::Beside {
            let is_random = value.randomness == entropy::Randomness::Strong
                && keyvalue::value::rejected(value, pair.name.of(text), judged.class).is_none();
            if !is_random {
                tracer.of_grammar().fail("value", || "nothing joins name and value, and the value is not random".to_owned());
            }
            let evidence = || vec![Evidence::supporting("name", "beside a credential's name")];
            let is_one = is_random && !is_made_up();
            return is_one.then(|| self.grammar(judged.class, pair.value, Confidence::Medium, evidence())).flatten();
        }
        let decided = score::decide(text, pair, judged, value, role);
        trace::decision(tracer, judged, &decided, || score::items(text, pair, judged, value, role));
        let decision = decided.ok().filter(|_| !is_made_up())?;
        self.grammar(decision.class, pair.value, decision.confidence, decision.evidence)
    }

    /// Remembers which provider is named where the grammar made a match, and says whether one is, here or by the match's own rule.
    fn issued_by(&mut self, pair: &syntax::Pair, found: &Match) -> bool {
        let detector = self.detector;
        if detector.rules.get(found.rule).rule.grammar.is_none() {
            return true;
        }
        if entropy::randomness(found.secret_in(self.input.bytes)) < entropy::Randomness::Likely {
            return false;
        }
        let rule = self.issuer(pair);
        trace::issuer(self.tracer, &detector.rules, rule, found.secret);
        self.issued.extend(rule.map(|rule| (found.secret.start, rule)));
        rule.is_some()
    }

    /// The rule of the provider that a pair's name names.
    fn issuer(&self, pair: &syntax::Pair) -> Option<RuleIndex> {
        self.detector.issuers.get_or_init(|| Issuers::new(&self.detector.rules)).of(self.input.bytes, pair)
    }

    /// What the file is for at a pair: a text block of a program holds settings.
    fn role_at(&mut self, pair: &syntax::Pair) -> FileRole {
        let bare_in_code = pair.form == syntax::Form::Bare && self.role.syntax == Syntax::Code;
        if bare_in_code && self.blocks.is_open_at(self.input.bytes, pair.name.start) {
            return FileRole { syntax: Syntax::Config, ..self.role };
        }
        self.role
    }

    /// A key written as a list of numbers. Vectors of tests look the same, so it never blocks a commit.
    fn byte_list(&self, pair: &syntax::Pair) -> Option<Match> {
        let bytes = syntax::bytes_of_list(pair.value.of(self.input.bytes));
        let Some(judged) = name::judge(pair.name.of(self.input.bytes)) else {
            trace::no_class(self.tracer.of_grammar());
            return None;
        };
        if !entropy::is_random_bytes(&bytes) {
            self.tracer.of_grammar().fail("value", || "numbers that do not look drawn at random".to_owned());
            return None;
        }
        self.tracer
            .of_grammar()
            .pass("value", || format!("{} numbers that look drawn at random: never more than low confidence", bytes.len()));
        let evidence =
            vec![Evidence::supporting("name", "assigned to a credential's name"), Evidence::opposing("form", "a list of numbers")];
        self.grammar(judged.class, pair.value, Confidence::Low, evidence)
    }

    /// The provider's rule for an assigned value, if one fits.
    pub(super) fn named(&self, pair: &syntax::Pair, value: &keyvalue::value::Value<'_>) -> Option<Match> {
        if let Some(why) = self.refused_by_all(pair, value) {
            trace::no_rule(self.tracer, why);
            return None;
        }
        let naming = self.detector.naming.get_or_init(|| Naming::new(&self.detector.rules, self.detector.workload));
        let candidates = naming.candidates(self.input.bytes, self.input.path, pair, self.tracer);
        let beside = pair.operator == syntax::Operator::Beside;
        let is_near = |found: &&(RuleIndex, Proximity)| !beside || found.1 == Proximity::Name;
        let found = candidates.iter().filter(is_near).find_map(|&(index, proximity)| {
            let rule = &self.detector.rules.get(index).rule;
            let case = judge::Case { rule, index, tracer: self.tracer.of(index) };
            case.tracer.secret(pair.value, pair.value);
            judge::assignment(case, self.input, pair.value, proximity)
        });
        trace::taken(self.tracer, &self.detector.rules, found.as_ref(), beside);
        found
    }

    /// Why no provider's rule is asked for a value.
    fn refused_by_all(&self, pair: &syntax::Pair, value: &keyvalue::value::Value<'_>) -> Option<&'static str> {
        const SHORTEST: usize = 8;
        let name = pair.name.of(self.input.bytes);
        if value.randomness < entropy::Randomness::Slight && !entropy::is_mixed_letters(value.bytes) && !is_long_and_mixed(value) {
            return Some("the value does not look random");
        }
        if value.bytes.len() < SHORTEST {
            return Some("the value is shorter than 8 bytes");
        }
        if name::is_negative(name) {
            return Some("a word in the name says that the value is public, a digest or a place in a list");
        }
        // A wide pattern takes `process.env.X` and paths for values.
        let strong = value.randomness == entropy::Randomness::Strong;
        if strong { None } else { keyvalue::value::rejected(value, name, GrammarClass::Token) }
    }

    pub(super) fn url(&mut self, hit: &Hit<'_>) {
        let (text, tracer) = (self.input.bytes, self.tracer);
        tracer.open(Call::Url, ByteSpan::new(hit.start, hit.end));
        let Some(found) = url::userinfo_at(text, hit.start) else {
            return tracer.fail("userinfo", || "no URL with a password in front of its host".to_owned());
        };
        tracer.pass("userinfo", || format!("a password of {}", trace::form_of(found.password.of(text))));
        let Some(confidence) = url::judge(text, &found) else {
            return tracer.fail("value", || "a placeholder, or what everybody writes into examples".to_owned());
        };
        tracer.pass("value", || format!("{} confidence", confidence.as_str()));
        let scheme = String::from_utf8_lossy(&url::base_scheme(found.scheme.of(text))).into_owned();
        let Some(rule) = self.detector.by_scheme.get(&scheme).copied().or(self.detector.other_scheme) else { return };
        trace::taken_as(tracer, "scheme", &self.detector.rules, rule, found.password);
        let mut identity = Identity::default();
        // A user name that looks random is a token in the user's place.
        if !found.user.is_empty() && entropy::randomness(found.user.of(text)) < entropy::Randomness::Likely {
            identity.insert("user", String::from_utf8_lossy(found.user.of(text)));
        }
        let host = &text[found.password.end + 1..found.whole.end];
        identity.insert("host", String::from_utf8_lossy(host));
        self.matches.push(Match {
            rule,
            secret: found.password,
            cover: found.password,
            public_prefix: 0,
            confidence,
            evidence: vec![Evidence::supporting("userinfo", "password in a URL")],
            identity,
            encoded: None,
        });
    }

    pub(super) fn header(&mut self, hit: &Hit<'_>) {
        let scheme = ByteSpan::new(hit.start, hit.end);
        let (text, tracer) = (self.input.bytes, self.tracer);
        tracer.open(Call::Word, scheme);
        let Some((class, secret)) = header::credential_at(text, scheme) else {
            return tracer.fail("header", || "no credential behind the word".to_owned());
        };
        tracer.pass("header", || format!("behind an authentication scheme: {}", trace::form_of(secret.of(text))));
        let pair = syntax::Pair { name: scheme, operator: syntax::Operator::Header, value: secret, form: syntax::Form::Quoted };
        let is_bearer = class == GrammarClass::BearerHeader;
        if !is_bearer {
            trace::no_rule(tracer, "a header with a user and a password");
        }
        let named = is_bearer.then(|| self.named(&pair, &score::value_of(text, &pair))).flatten();
        let evidence = || vec![Evidence::supporting("header", "behind an HTTP authentication scheme")];
        let found = named.or_else(|| self.grammar(class, secret, Confidence::Medium, evidence()));
        self.matches.extend(found);
    }

    pub(super) fn command(&mut self, hit: &Hit<'_>) {
        let (program, tracer) = (ByteSpan::new(hit.start, hit.end), self.tracer.of_grammar());
        tracer.open(Call::Word, program);
        let Some((secret, confidence)) = command::password_at(self.input.bytes, program) else {
            return tracer.fail("command", || "no password among the arguments of the command".to_owned());
        };
        tracer.pass("command", || format!("a password among the arguments: {}", trace::form_of(secret.of(self.input.bytes))));
        let evidence = vec![Evidence::supporting("command", "handed to a command that takes a password there")];
        let found = self.grammar(GrammarClass::Password, secret, confidence, evidence);
        self.matches.extend(found);
    }

    fn grammar(&self, class: GrammarClass, secret: ByteSpan, confidence: Confidence, evidence: Vec<Evidence>) -> Option<Match> {
        let rule = self.detector.by_class.get(&(class as u8)).copied()?;
        let tracer = self.tracer.of_grammar();
        trace::taken_as(tracer, "class", &self.detector.rules, rule, secret);
        if let Some(source) = known::is_public(secret.of(self.input.bytes)) {
            tracer.fail("known", || format!("a published sample: {source}"));
            return None;
        }
        let identity = Identity::default();
        Some(Match { rule, secret, cover: secret, public_prefix: 0, confidence, evidence, identity, encoded: None })
    }
}

/// Digits and letters in a value that is longer than people type: whether it is a credential is for the form of a provider's credentials to say.
fn is_long_and_mixed(value: &keyvalue::value::Value<'_>) -> bool {
    const LONG: usize = 32;
    value.bytes.len() >= LONG && value.charset.digits > 0 && value.charset.letters() > 0
}
