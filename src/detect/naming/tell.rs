//! Says of one rule what [`Naming::candidates`] sees of it at a pair, with the same tests that it uses.

use super::{NamedValue, Naming, Proximity, REACH, Surroundings, ascii_bytes, called};
use crate::detect::keyvalue::syntax::Pair;
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
            None => tracer.fail("names", || format!("none of these is in the name: {}", listed(&rule.assignment.names))),
        }
        rule.tell_value(pair.value.of(text), tracer);
    }
}

impl NamedValue {
    fn tell_value(&self, value: &[u8], tracer: Tracer<'_>) {
        let facts = self.assignment.facts;
        if !self.has_length(value.len()) {
            let most = if facts.max_length == u32::MAX { "more".to_owned() } else { facts.max_length.to_string() };
            return tracer.fail("length", || format!("{} bytes, and the pattern takes {} to {most}", value.len(), facts.min_length));
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
            0 => "in the name, in keys that enclose it or in the file's name".to_owned(),
            lines => format!("in the name, in keys that enclose it, in the file's name or {lines} lines before"),
        };
        if is_around {
            format!("{words}: near the name, but not as a word {places}")
        } else {
            format!("{words}: not {places}, nor within {REACH} bytes at all")
        }
    }
}

fn listed(words: &[Text]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
