//! Go's regular expressions as those of rule files: the same texts match.
//!
//! Go matches characters and its `\w`, `\d`, `\s` and `\b` are ASCII; rule files match bytes. So what can match a character beyond ASCII is
//! written as a Unicode class of its own. Source: the syntax page of Go's package `regexp/syntax`. Two differences remain: bytes that are not
//! UTF-8 match no negated class and no dot, and `(?i)` knows ASCII letters and single letters beyond.

mod class;

use class::Class;

/// Longest pattern in bytes.
const LONGEST: usize = 100_000;
/// Deepest group in a group.
const DEEPEST: usize = 200;
/// Go refuses more repetitions.
const MOST_REPETITIONS: u32 = 1_000;

/// The same pattern for a rule file.
///
/// # Errors
/// What in it cannot be said there, for people.
pub fn translate(pattern: &str) -> Result<String, String> {
    if pattern.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let mut translator = Translator { rest: pattern, out: String::with_capacity(pattern.len() * 2), flags: vec![Flags::default()] };
    while let Some(c) = translator.next() {
        translator.step(c)?;
    }
    if translator.flags.len() > 1 {
        return Err("a group is not closed".to_owned());
    }
    Ok(translator.out)
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`
    ignore_case: bool,
    /// `s`
    dot_all: bool,
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    /// One for each open group, and one for the whole.
    flags: Vec<Flags>,
}

impl<'p> Translator<'p> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn now(&self) -> Flags {
        self.flags.last().copied().unwrap_or_default()
    }

    fn step(&mut self, c: char) -> Result<(), String> {
        match c {
            '\\' => self.escape()?,
            '[' => {
                let class = Class::parse(&mut self.rest)?;
                self.class(class)?;
            }
            '(' => self.open()?,
            ')' => {
                if self.flags.len() == 1 {
                    return Err("a `)` closes no group".to_owned());
                }
                self.flags.pop();
                self.out.push(')');
            }
            '.' => self.out.push_str(if self.now().dot_all { "(?su:.)" } else { "(?u-s:.)" }),
            '{' => self.repetition()?,
            '|' | '*' | '+' | '?' | '^' | '$' => self.out.push(c),
            _ => self.literal(c),
        }
        Ok(())
    }

    fn class(&mut self, class: Class) -> Result<(), String> {
        let class = if self.now().ignore_case { class.folded() } else { class };
        self.out.push_str(&class.written()?);
        Ok(())
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii() {
            class::push_escaped(&mut self.out, c);
            return;
        }
        let folded = Class::of(c);
        let folded = if self.now().ignore_case { folded.folded() } else { folded };
        // A class of one character can always be written.
        self.out.push_str(&folded.written().unwrap_or_default());
    }

    /// Behind a `(`.
    fn open(&mut self) -> Result<(), String> {
        let mut flags = self.now();
        if self.flags.len() > DEEPEST {
            return Err(format!("groups stand in each other more than {DEEPEST} deep"));
        }
        if !self.takes("?") {
            self.out.push('(');
            self.flags.push(flags);
            return Ok(());
        }
        if ["=", "!", "<=", "<!"].iter().any(|look| self.rest.starts_with(look)) {
            return Err("it looks ahead or behind, as `(?=…)` does, which Go does not know either".to_owned());
        }
        if self.takes("P<") || self.takes("<") {
            // Names say nothing here.
            let end = self.rest.find('>').ok_or("the name of a group is not closed")?;
            self.rest = &self.rest[end + 1..];
            self.out.push('(');
            self.flags.push(flags);
            return Ok(());
        }
        let (mut is_on, mut written) = (true, String::from("(?"));
        loop {
            let c = self.next().ok_or("a group is not closed")?;
            match c {
                '-' => is_on = false,
                'i' => flags.ignore_case = is_on,
                's' => flags.dot_all = is_on,
                'm' | 'U' => {}
                ':' | ')' => {
                    written.push(c);
                    break self.flagged(c, flags, &written);
                }
                _ => return Err(format!("it has the flag `{c}`, which Go does not know")),
            }
            written.push(c);
        }
    }

    /// Behind the flags of a group, or of what is left of one.
    fn flagged(&mut self, end: char, flags: Flags, written: &str) -> Result<(), String> {
        self.out.push_str(written);
        if end == ':' {
            self.flags.push(flags);
        } else if let Some(now) = self.flags.last_mut() {
            *now = flags;
        }
        Ok(())
    }

    /// Behind a `{`: a repetition, or the sign itself.
    fn repetition(&mut self) -> Result<(), String> {
        let Some((inside, rest)) = self.rest.split_once('}').filter(|(inside, _)| is_repetition(inside)) else {
            self.out.push_str(r"\{");
            return Ok(());
        };
        if inside.split(',').any(|number| number.parse().is_ok_and(|number: u32| number > MOST_REPETITIONS) || number.len() > 9) {
            return Err(format!("it repeats something more than {MOST_REPETITIONS} times, which Go refuses, too"));
        }
        self.out.push('{');
        self.out.push_str(inside);
        self.out.push('}');
        self.rest = rest;
        Ok(())
    }

    /// Behind a `\`.
    fn escape(&mut self) -> Result<(), String> {
        if self.takes("Q") {
            let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
            self.rest = rest;
            quoted.chars().for_each(|c| self.literal(c));
            return Ok(());
        }
        let c = self.rest.chars().next().ok_or("it ends with a `\\`")?;
        match c {
            'A' | 'z' | 'B' | 'b' => {
                self.next();
                // `\b{` would be another kind of boundary here.
                let is_clear = !self.rest.starts_with('{');
                self.out.push_str(&if is_clear { format!(r"\{c}") } else { format!(r"(?:\{c})") });
            }
            'd' | 'w' => {
                self.next();
                self.out.push('\\');
                self.out.push(c);
            }
            'D' | 's' | 'S' | 'W' => {
                self.next();
                let class = Class::perl(c).ok_or("an unknown class")?;
                self.class(class)?;
            }
            _ => {
                let c = class::escaped(&mut self.rest)?;
                self.literal(c);
            }
        }
        Ok(())
    }
}

/// Whether it is `n`, `n,` or `n,m`.
fn is_repetition(inside: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        None => is_number(inside),
        Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
    }
}

#[cfg(test)]
mod tests {
    use regex::bytes::RegexBuilder;

    use super::translate;

    /// What the translation of `pattern` matches in `text`, and what its groups hold.
    fn groups(pattern: &str, text: &str) -> Vec<Option<String>> {
        let translated = translate(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
        let regex = RegexBuilder::new(&translated).unicode(false).build().unwrap_or_else(|why| panic!("{translated}: {why}"));
        let Some(captures) = regex.captures(text.as_bytes()) else { return Vec::new() };
        captures.iter().map(|group| group.map(|group| String::from_utf8_lossy(group.as_bytes()).into_owned())).collect()
    }

    #[test]
    fn patterns_match_what_go_matches() {
        // Each as gitleaks 8.30.1, built with Go 1.26, matched it.
        for (pattern, text, secret) in [
            (r"k=([[a]+)", "k=[a[b", "[a["),
            (r"k=([a&&b]+)", "k=a&b", "a&b"),
            (r"k=([+--a]+)", "k=a,b", "a,"),
            (r"k=\<(\w+)\>", "k=<ab>", "ab"),
            (r"k={(\w+)}", "k={ab}", "ab"),
            (r"k=(a{,2})", "k=a{,2}", "a{,2}"),
            (r"k=\Q(a)\E(\w+)", "k=(a)b", "b"),
            (r"k=(\w+)\Q+a", "k=b+a", "b"),
            (r"k=(\060)", "k=0", "0"),
            (r"k=(\141)", "k=a", "a"),
            (r#"k\_(\w+)\""#, "k_aa\"", "aa"),
            (r"k=(?<n>\w+)", "k=aa", "aa"),
            (r"k=(?P<n>\w+)", "k=aa", "aa"),
            (r"k=([\w-.]+)", "k=a-.b", "a-.b"),
            (r"k=([]a]+)", "k=]a", "]a"),
            (r"k=([^]a]+)", "k=bc]a", "bc"),
            (r"k=([[:alpha:]]+)", "k=bc1", "bc"),
            (r"k=([[:^alpha:]\n]+)", "k=12a", "12"),
            (r"k=(\x{e9}\xe9)", "k=\u{e9}\u{e9}", "\u{e9}\u{e9}"),
            (r"k=(.{3});", "k=\u{e9}\u{e0}\u{fc};", "\u{e9}\u{e0}\u{fc}"),
            (r"k=([^;]{3});", "k=\u{e9}\u{e0}\u{fc};", "\u{e9}\u{e0}\u{fc}"),
            (r"k=(a\sb)", "k=a\u{c}b", "a\u{c}b"),
            (r"(?i)K=([A-C]+)\z", "k=abcABC", "abcABC"),
            (r"(?i)(?-i:K)=(\S+)", "K=\u{c9}a b", "\u{c9}a"),
            (r"(?i)k=(\x{c9})", "k=\u{e9}", "\u{e9}"),
            (r"(?s)k=(.+)", "k=a\nb", "a\nb"),
            (r"(?U)k=(a+)", "k=aaa", "a"),
            (r"\bk=(\d{2,3})\b", "k=12 ", "12"),
        ] {
            assert_eq!(groups(pattern, text).get(1), Some(&Some(secret.to_owned())), "{pattern} in {text:?}");
        }
    }

    #[test]
    fn patterns_match_no_more_than_go_matches() {
        for (pattern, text) in
            [(r"k=a\sb", "k=a\u{b}b"), (r"k=\w", "k=\u{e9}"), (r"k=.", "k=\n"), (r"(?m)k=a$", "k=a\r\n"), (r"k=\d", "k=\u{661}")]
        {
            assert_eq!(groups(pattern, text), Vec::new(), "{pattern} in {text:?}");
        }
    }

    #[test]
    fn what_go_does_not_know_is_refused() {
        for pattern in [
            "k=(?=a)", "(?<!a)b", r"(\w)\1", r"\Z", r"\h", r"\e", "(?x)a", "(a", "a)", "[b-a]", r"[a-\d]", r"[\b]", "[a", r"a\", "a{1001}",
            r"\pL", "(?P<a",
        ] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
    }
}
