//! Classes of characters in Go's regular expressions, as sets.

/// Characters by number, as ranges with both ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    ranges: Vec<(u32, u32)>,
    is_negated: bool,
}

const LAST: u32 = char::MAX as u32;
const LAST_ASCII: u32 = 0x7f;
/// What can be written in no pattern.
const SURROGATES: (u32, u32) = (0xd800, 0xdfff);
/// A range of more characters beyond ASCII is not gone through for their other case.
const WIDEST_FOLDED: u32 = 512;

impl Class {
    /// One character.
    pub fn of(c: char) -> Self {
        Self { ranges: vec![(c.into(), c.into())], is_negated: false }
    }

    /// `\d` and its like, by letter.
    pub fn perl(letter: char) -> Option<Self> {
        let ranges: &[(char, char)] = match letter.to_ascii_lowercase() {
            'd' => &[('0', '9')],
            'w' => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            's' => &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')],
            _ => return None,
        };
        Some(Self { ranges: numbers(ranges), is_negated: letter.is_ascii_uppercase() })
    }

    /// Reads a class from `rest`, which begins behind its `[`.
    ///
    /// # Errors
    /// It is no class, or has something that cannot be written here.
    pub fn parse(rest: &mut &str) -> Result<Self, String> {
        let is_negated = takes(rest, "^");
        let mut ranges = Vec::new();
        let mut is_first = true;
        loop {
            if !is_first && takes(rest, "]") {
                return Ok(Self { ranges: sorted(ranges), is_negated });
            }
            is_first = false;
            if let Some(named) = named(rest)? {
                ranges.extend(named.positive());
            } else if let Some(perl) = rest.strip_prefix('\\').and_then(|inside| Self::perl(inside.chars().next()?)) {
                *rest = &rest[2..];
                ranges.extend(perl.positive());
            } else {
                let low = one(rest)?;
                let high = if rest.starts_with('-') && !rest.starts_with("-]") {
                    *rest = &rest[1..];
                    one(rest)?
                } else {
                    low
                };
                if low > high {
                    return Err("a range in a class ends before it begins".to_owned());
                }
                ranges.push((low.into(), high.into()));
            }
        }
    }

    /// With the other case of each letter.
    pub fn folded(mut self) -> Self {
        let mut more = Vec::new();
        for (low, high) in &self.ranges {
            let is_gone_through = *high <= LAST_ASCII || high - low <= WIDEST_FOLDED;
            let high = if is_gone_through { *high } else { (*high).min(LAST_ASCII) };
            for c in (*low..=high).filter_map(char::from_u32) {
                let (mut lower, mut upper) = (c.to_lowercase(), c.to_uppercase());
                // The other case of some letters is several; those have none for Go.
                more.extend((lower.len() == 1).then(|| lower.next()).flatten().map(|c| (c.into(), c.into())));
                more.extend((upper.len() == 1).then(|| upper.next()).flatten().map(|c| (c.into(), c.into())));
            }
        }
        self.ranges.extend(more);
        self.ranges = sorted(self.ranges);
        self
    }

    /// As a part of a pattern over bytes.
    ///
    /// # Errors
    /// It holds no character.
    pub fn written(&self) -> Result<String, String> {
        let positive = self.positive();
        if positive.iter().all(|range| without_surrogates(*range).is_empty()) {
            return Err("a class in it holds no character".to_owned());
        }
        let is_ascii = positive.iter().all(|(_, high)| *high <= LAST_ASCII);
        // What is negated reads better as it was written.
        let (ranges, sign) = if self.is_negated && !is_ascii { (self.ranges.clone(), "^") } else { (positive, "") };
        let mut inside = String::from(sign);
        for (low, high) in ranges.into_iter().flat_map(without_surrogates) {
            push_number(&mut inside, low);
            if high > low {
                inside.push_str(if high > low + 1 { "-" } else { "" });
                push_number(&mut inside, high);
            }
        }
        Ok(if is_ascii { format!("[{inside}]") } else { format!("(?u-i:[{inside}])") })
    }

    /// The ranges of what it holds.
    fn positive(&self) -> Vec<(u32, u32)> {
        if !self.is_negated {
            return self.ranges.clone();
        }
        let mut holes = Vec::new();
        let mut next = 0;
        for (low, high) in &self.ranges {
            if *low > next {
                holes.push((next, low - 1));
            }
            next = next.max(high + 1);
        }
        if next <= LAST {
            holes.push((next, LAST));
        }
        holes
    }
}

/// Sorted, those that touch joined.
fn sorted(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match joined.last_mut() {
            Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
            _ => joined.push((low, high)),
        }
    }
    joined
}

fn without_surrogates((low, high): (u32, u32)) -> Vec<(u32, u32)> {
    let (first, last) = SURROGATES;
    let parts = if high < first || low > last { vec![(low, high)] } else { vec![(low, high.min(first - 1)), (low.max(last + 1), high)] };
    parts.into_iter().filter(|(low, high)| low <= high).collect()
}

fn numbers(ranges: &[(char, char)]) -> Vec<(u32, u32)> {
    ranges.iter().map(|(low, high)| ((*low).into(), (*high).into())).collect()
}

fn takes(rest: &mut &str, text: &str) -> bool {
    let found = rest.strip_prefix(text);
    *rest = found.unwrap_or(rest);
    found.is_some()
}

/// `[:alpha:]` and its like.
fn named(rest: &mut &str) -> Result<Option<Class>, String> {
    let Some((name, behind)) = rest.strip_prefix("[:").and_then(|inside| inside.split_once(":]")) else { return Ok(None) };
    let (is_negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return Err("it has a class by a name that Go does not know".to_owned()),
    };
    *rest = behind;
    Ok(Some(Class { ranges: numbers(ranges), is_negated }))
}

/// One character of a class, escaped or not.
fn one(rest: &mut &str) -> Result<char, String> {
    if takes(rest, "\\") {
        return escaped(rest);
    }
    let c = rest.chars().next().ok_or("a class is not closed")?;
    *rest = &rest[c.len_utf8()..];
    Ok(c)
}

/// The character that stands behind a `\`.
///
/// # Errors
/// It is none, or one that Go does not know.
pub fn escaped(rest: &mut &str) -> Result<char, String> {
    let c = rest.chars().next().ok_or("it ends with a `\\`")?;
    *rest = &rest[c.len_utf8()..];
    Ok(match c {
        'a' => '\x07',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        'x' => hex(rest)?,
        'p' | 'P' => return Err(r"it has a class of Unicode, as `\pL` is, which rule files do not know".to_owned()),
        '0' => octal(rest, 0, 2)?,
        '1'..='7' if rest.starts_with(|next: char| next.is_digit(8)) => octal(rest, c.to_digit(8).unwrap_or(0), 2)?,
        '1'..='9' => return Err("it refers back to a group, which Go does not know either".to_owned()),
        c if c.is_ascii_punctuation() || c == ' ' || c == '\x7f' || c.is_ascii_control() => c,
        _ => return Err(format!("it has `\\{c}`, which Go does not know")),
    })
}

fn octal(rest: &mut &str, first: u32, most: usize) -> Result<char, String> {
    let digits = rest.bytes().take(most).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let number = rest[..digits].bytes().fold(first, |number, digit| number * 8 + u32::from(digit - b'0'));
    *rest = &rest[digits..];
    char::from_u32(number).ok_or_else(|| "it names a character that there is not".to_owned())
}

fn hex(rest: &mut &str) -> Result<char, String> {
    let wrong = || "it names a character that there is not".to_owned();
    let (digits, behind) = match rest.strip_prefix('{') {
        Some(inside) => inside.split_once('}').ok_or_else(wrong)?,
        None => rest.split_at_checked(2).ok_or_else(wrong)?,
    };
    let number = (digits.len() <= 8).then(|| u32::from_str_radix(digits, 16).ok()).flatten();
    *rest = behind;
    number.and_then(char::from_u32).ok_or_else(wrong)
}

/// Appends an ASCII character so that it means itself outside of a class.
pub fn push_escaped(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str(r"\n"),
        '\r' => out.push_str(r"\r"),
        '\t' => out.push_str(r"\t"),
        '\x0c' => out.push_str(r"\f"),
        c if c.is_ascii_control() => out.push_str(&format!(r"\x{:02X}", u32::from(c))),
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
            out.push('\\');
            out.push(c);
        }
        c => out.push(c),
    }
}

fn push_number(out: &mut String, number: u32) {
    match char::from_u32(number) {
        Some(c @ ('&' | '-' | '~')) => {
            out.push('\\');
            out.push(c);
        }
        Some(c) if c.is_ascii() => push_escaped(out, c),
        Some(c) if c.is_alphabetic() => out.push(c),
        _ => out.push_str(&format!(r"\x{{{number:X}}}")),
    }
}
