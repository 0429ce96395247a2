//! Patterns of paths as names of files, for rules that have nothing but a path: `\.pem$` is `*.pem`.

use regex_syntax::hir::{Class, Hir, HirKind, Look, literal};

/// Most names of one pattern.
const MOST: usize = 64;

/// The names that match what `pattern`, one of a rule file, matches at the end of a path; none if names cannot say it.
pub fn of(pattern: &str) -> Option<Vec<String>> {
    let hir = crate::rules::lint::parse_pattern(pattern).ok()?;
    let HirKind::Concat(parts) = hir.kind() else { return None };
    let (last, rest) = parts.split_last()?;
    if !matches!(last.kind(), HirKind::Look(Look::End)) {
        return None;
    }
    let (is_whole, rest) = match rest.split_first() {
        Some((first, rest)) if is_start(first) => (true, rest),
        _ => (false, rest),
    };
    let mut extractor = literal::Extractor::new();
    extractor.limit_total(MOST).limit_class(MOST).limit_repeat(4);
    let texts = extractor.extract(&Hir::concat(rest.to_vec()));
    let texts = texts.literals().filter(|texts| !texts.is_empty() && texts.iter().all(literal::Literal::is_exact))?;
    let name = |text: &literal::Literal| {
        let text = std::str::from_utf8(text.as_bytes()).ok()?;
        let is_plain = !text.is_empty() && !text.contains(['*', '/']);
        is_plain.then(|| if is_whole { text.to_owned() } else { format!("*{text}") })
    };
    texts.iter().map(name).collect()
}

/// Whether a name begins here: `(^|/)`.
fn is_start(hir: &Hir) -> bool {
    let is_slash = |hir: &Hir| match hir.kind() {
        HirKind::Literal(literal) => &*literal.0 == b"/",
        HirKind::Class(Class::Bytes(class)) => class.ranges().iter().all(|range| (range.start(), range.end()) == (b'/', b'/')),
        _ => false,
    };
    match hir.kind() {
        HirKind::Capture(capture) => is_start(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().all(|part| is_slash(part) || matches!(part.kind(), HirKind::Look(Look::Start))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn ends_of_paths_are_names() {
        assert_eq!(of(r"\.pem$"), Some(vec!["*.pem".to_owned()]));
        assert_eq!(of(r"(^|/)\.netrc$"), Some(vec![".netrc".to_owned()]));
        assert_eq!(of(r"(?:^|/)id_(rsa|dsa)$"), Some(vec!["id_rsa".to_owned(), "id_dsa".to_owned()]));
        assert_eq!(of(r"\.(p12|pfx)\z"), Some(vec!["*.p12".to_owned(), "*.pfx".to_owned()]));
    }

    #[test]
    fn other_paths_are_none() {
        for pattern in [r"\.pem", "^secrets/", r"keys/.*\.pem$", "$", r"[a-z]+\.key$", r"conf/\.env$"] {
            assert_eq!(of(pattern), None, "{pattern}");
        }
    }
}
