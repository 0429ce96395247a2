//! Regular expressions of paths from other tools as those of `paths.exclude_regex`.
//!
//! Go and Python write almost what is written here. What is written otherwise and means the same is rewritten; what means something else here or
//! cannot be said is refused, never taken as something near. Sources: the syntax pages of Go's `regexp/syntax`, Python's `re` and the crate `regex`.

use crate::source::excludes;

/// Whose syntax it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Go's `regexp`.
    Go,
    /// Python's `re`.
    Python,
}

/// The same expression for `paths.exclude_regex`.
///
/// # Errors
/// Why it cannot be said there, without the expression itself.
pub fn translate(text: &str, syntax: Syntax) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // The first character of a class may be `]` itself.
    let mut class: Option<usize> = None;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        let step = match (c, &mut class) {
            ('\\', _) => escape(behind, syntax, class.is_some())?,
            ('[', Some(_)) if rest.starts_with("[:") => (rest.find(":]").map_or(1, |end| end + 2), None),
            // A bracket or a doubled sign in a class is one of its characters there, and an operation here.
            ('[', Some(_)) => (1, Some("\\[".to_owned())),
            ('&' | '~' | '-', Some(_)) if behind.starts_with(c) => (1, Some(format!("\\{c}"))),
            (']', Some(length)) if *length > 0 => {
                class = None;
                (1, None)
            }
            (']', Some(_)) => (1, Some("\\]".to_owned())),
            ('[', None) => {
                let negated = usize::from(behind.starts_with('^'));
                out.push_str(&rest[..=negated]);
                rest = &rest[1 + negated..];
                class = Some(0);
                continue;
            }
            ('{', None) if !is_repetition(behind) => (1, Some("\\{".to_owned())),
            ('}', None) if !ends_repetition(&out) => (1, Some("\\}".to_owned())),
            _ => (c.len_utf8(), None),
        };
        let (taken, written) = step;
        out.push_str(written.as_deref().unwrap_or(&rest[..taken]));
        rest = &rest[taken..];
        class = class.map(|length| length + 1);
    }
    excludes::check_regex(&out).map_err(|(why, _)| why)?;
    Ok(out)
}

/// What stands behind a backslash: how many bytes of it, the backslash among them, are taken, and what is written for them if not they.
fn escape(behind: &str, syntax: Syntax, is_class: bool) -> Result<(usize, Option<String>), String> {
    let Some(c) = behind.chars().next() else { return Err("it ends in a backslash".to_owned()) };
    let length = 1 + c.len_utf8();
    match (syntax, c) {
        (Syntax::Python, 'Z') => Ok((length, Some("\\z".to_owned()))),
        (Syntax::Go, 'Q') => {
            let (text, end) = behind[1..].split_once("\\E").map_or((&behind[1..], behind.len()), |(text, _)| (text, text.len() + 3));
            Ok((1 + end, Some(regex::escape(text))))
        }
        (_, '1'..='9') if !is_class => Err("it refers back to a group".to_owned()),
        (Syntax::Go, 'C') => Err("`\\C` is a byte of a character".to_owned()),
        (Syntax::Go, 'Z') => Err("it has an escape that Go does not know".to_owned()),
        (Syntax::Python, 'b') if is_class => Ok((length, Some("\\x08".to_owned()))),
        (_, '<' | '>') => Ok((length, Some(c.to_string()))),
        _ => Ok((length, None)),
    }
}

/// Whether a repetition such as `3,5}` comes next.
fn is_repetition(behind: &str) -> bool {
    let Some((inner, _)) = behind.split_once('}') else { return false };
    let mut parts = inner.splitn(2, ',');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    parts.next().is_some_and(is_number) && parts.next().is_none_or(|most| most.is_empty() || is_number(most))
}

/// Whether `}` closes what stands at the end of `out`.
fn ends_repetition(out: &str) -> bool {
    let inner = out.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',');
    inner.ends_with('{') && !inner.ends_with("\\{") || is_named_class(inner)
}

/// Whether `out` ends in something like `\p{Greek` or `\x{263a`.
fn is_named_class(out: &str) -> bool {
    let inner = out.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    ["\\p{", "\\P{", "\\x{"].iter().any(|lead| inner.ends_with(lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_taken() {
        for (syntax, from, to) in [
            (Syntax::Go, r"^vendor/.*\.go$", r"^vendor/.*\.go$"),
            (Syntax::Go, r"(?i)\/node_modules\/", r"(?i)\/node_modules\/"),
            (Syntax::Go, r"a[[]b[]x]", r"a[\[]b[\]x]"),
            (Syntax::Go, r"[^]a]", r"[^\]a]"),
            (Syntax::Go, r"[a&&b--c]", r"[a\&&b\--c]"),
            (Syntax::Go, r"[[:alpha:]-]", r"[[:alpha:]-]"),
            (Syntax::Go, r"\Qa.b\E$", r"a\.b$"),
            (Syntax::Go, r"\Qa.b", r"a\.b"),
            (Syntax::Go, "a{,3}b{2,}c{x}", r"a\{,3\}b{2,}c\{x\}"),
            (Syntax::Go, r"a\{1}", r"a\{1\}"),
            (Syntax::Python, r"a\Z", r"a\z"),
            (Syntax::Python, r"(?P<n>a|b)", r"(?P<n>a|b)"),
        ] {
            assert_eq!(translate(from, syntax).as_deref(), Ok(to), "{from}");
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        for (syntax, from, why) in [
            (Syntax::Python, r"(?!a)b", "look-around"),
            (Syntax::Python, r"(a)\1", "refers back"),
            (Syntax::Python, r"(?P=n)", ""),
            (Syntax::Go, "(a", "unclosed group"),
            (Syntax::Go, r"a\Z", "does not know"),
            (Syntax::Go, "a\\", "backslash"),
            (Syntax::Go, "", "every path"),
            (Syntax::Go, "[a", "unclosed"),
        ] {
            let said = translate(from, syntax);
            assert!(said.as_ref().is_err_and(|said| said.contains(why)), "{from}: {said:?}");
        }
    }
}
