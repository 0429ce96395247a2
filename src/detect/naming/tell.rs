//! Says of one rule what [`Naming::candidates`] sees of it at a pair, with the same tests that it uses.

use super::{HEADER_NAMES, NamedValue, Naming, Proximity, Surroundings, ascii_bytes, called};
use crate::detect::keyvalue::syntax::{Operator, Pair};
use crate::detect::trace::Tracer;
use crate::rules::schema::Text;

impl Naming {
    pub(super) fn tell(&self, text: &[u8], path: &[u8], pair: &Pair, tracer: Tracer<'_>) {
        let Some(index) = tracer.rule() else { return };
        let Some(position) = self.rules.iter().position(|rule| rule.index == index) else { return };
        let rule = &self.rules[position];
        let is_around = self.named_around(text, path, pair).contains(&position);
        let proximity = rule.proximity(&Surroundings::new(text, path, pair)).filter(|_| is_around);
        match proximity {
            Some((proximity, length)) => tracer.pass("context", || rule.where_it_stands(proximity, length)),
            None => tracer.fail("context", || rule.nowhere(is_around)),
        }
        match rule.called(&called(text, pair)) {
            Some(0) => tracer.pass("names", || "the rule takes any name".to_owned()),
            Some(length) => {
                let word = rule.names.iter().zip(rule.assignment.names.iter()).find(|(glued, _)| glued.len() == length);
                tracer.pass("names", || format!("`{}` is in the name", word.map_or("", |(_, written)| written)));
            }
            None => tracer.fail("names", || {
                let names = listed(&rule.assignment.names);
                if pair.operator == Operator::Header {
                    format!("none of these is what the credential in a header is called ({HEADER_NAMES}): {names}")
                } else {
                    format!("none of these is in the name: {names}")
                }
            }),
        }
        rule.tell_value(pair.value.of(text), tracer);
    }
}

impl NamedValue {
    fn tell_value(&self, value: &[u8], tracer: Tracer<'_>) {
        let facts = self.assignment.facts;
        if !self.has_length(value.len()) {
            let most = if facts.max_length == u32::MAX { "more".to_owned() } else { facts.max_length.to_string() };
            let takes = if facts.min_length == facts.max_length { most } else { format!("{} to {most}", facts.min_length) };
            return tracer.fail("length", || format!("{} bytes, and the pattern takes {takes}", value.len()));
        }
        if !self.has_bytes(ascii_bytes(value)) {
            return tracer.fail("alphabet", || "holds characters that the pattern takes nowhere".to_owned());
        }
        if self.fits(value) {
            tracer.pass("pattern", || format!("the whole value matches {}", self.assignment.value));
        } else {
            tracer.fail("pattern", || {
                format!("length and characters could be, but the whole value does not match {}", self.assignment.value)
            });
        }
    }

    fn where_it_stands(&self, proximity: Proximity, length: usize) -> String {
        let fitting: Vec<_> = self.context.iter().zip(self.assignment.context.iter()).filter(|(word, _)| word.len() == length).collect();
        let words: Vec<_> = fitting.iter().map(|(_, written)| format!("`{written}`")).collect();
        let place = match proximity {
            Proximity::Name => "in the name, on its line or in a key that encloses it",
            Proximity::Path => "in the file's name",
            Proximity::Nearby => "nearby, on a line before",
        };
        format!("{} stands {place}", words.join(" or "))
    }

    fn nowhere(&self, is_around: bool) -> String {
        let words = listed(&self.assignment.context);
        let places = match self.assignment.within_lines {
            0 => "the name, keys that enclose it, the file's name".to_owned(),
            lines => format!("the name, keys that enclose it, the file's name, up to {lines} lines before"),
        };
        let elsewhere = if is_around { "; what is nearby is farther away, or a part of another word" } else { "" };
        format!("none of these stands where it counts ({places}): {words}{elsewhere}")
    }
}

fn listed(words: &[Text]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
