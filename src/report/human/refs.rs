//! Refs in words: `3 branches (dev, main, release), 1 tag (v1.0)`.

use super::layout::thousands;
use crate::finding::{RefKind, RefName};
use crate::report::escape;

/// Kinds in the order in which they are told, with their nouns.
const KINDS: [(RefKind, &str, &str); 8] = [
    (RefKind::Head, "other HEAD", "other HEADs"),
    (RefKind::Branch, "branch", "branches"),
    (RefKind::Remote, "remote branch", "remote branches"),
    (RefKind::Tag, "tag", "tags"),
    (RefKind::Stash, "stash entry", "stash entries"),
    (RefKind::Pull, "pull request ref", "pull request refs"),
    (RefKind::Note, "notes ref", "notes refs"),
    (RefKind::Other, "other ref", "other refs"),
];

/// One phrase for each kind of ref among `refs`, with the first `named` names of each kind.
pub fn phrases(refs: &[&RefName], named: usize) -> Vec<String> {
    let mut phrases = Vec::new();
    for (kind, one, many) in KINDS {
        let names: Vec<&str> = refs.iter().filter(|name| name.kind == kind).map(|name| short(name)).collect();
        match names.as_slice() {
            [] => {}
            ["HEAD"] => phrases.push("HEAD".to_owned()),
            names => {
                let noun = if names.len() == 1 { one } else { many };
                let listed = if named > 0 { format!(" ({})", list(names, named)) } else { String::new() };
                phrases.push(format!("{} {noun}{listed}", thousands(names.len() as u64)));
            }
        }
    }
    phrases
}

/// `a, b, c and 4 more`: the first `named` of `names`, escaped. One that would be left out alone is named, too.
pub fn list(names: &[&str], named: usize) -> String {
    let named = if names.len() == named.saturating_add(1) { names.len() } else { named };
    let shown: Vec<_> = names.iter().take(named).map(|name| escape::text(name)).collect();
    match names.len().saturating_sub(named) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), thousands(more as u64)),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn enumerate(phrases: &[String]) -> String {
    match phrases {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The name without the folder that its kind tells.
fn short(name: &RefName) -> &str {
    let folder = match name.kind {
        RefKind::Branch => "refs/heads/",
        RefKind::Remote => "refs/remotes/",
        RefKind::Tag => "refs/tags/",
        RefKind::Note => "refs/notes/",
        RefKind::Head | RefKind::Pull | RefKind::Stash | RefKind::Other => "",
    };
    name.name.strip_prefix(folder).unwrap_or(&name.name)
}

/// Names of the remotes whose branches are among `refs`, each once. The name of a remote ends at the first slash, as far as a ref tells.
pub fn remotes<'r>(refs: &[&'r RefName]) -> Vec<&'r str> {
    let branches = refs.iter().filter(|name| name.kind == RefKind::Remote);
    let mut remotes: Vec<&str> = branches.filter_map(|name| name.name.strip_prefix("refs/remotes/")?.split('/').next()).collect();
    remotes.sort_unstable();
    remotes.dedup();
    remotes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(kind: RefKind, name: &str) -> RefName {
        RefName { kind, name: name.to_owned() }
    }

    #[test]
    fn refs_are_counted_and_named_by_kind() {
        let mut refs: Vec<RefName> = (0..5).map(|n| name(RefKind::Tag, &format!("refs/tags/v{n}"))).collect();
        refs.extend([name(RefKind::Branch, "refs/heads/a"), name(RefKind::Stash, "stash@{1}"), name(RefKind::Head, "HEAD")]);
        let refs: Vec<&RefName> = refs.iter().collect();
        assert_eq!(phrases(&refs, 3), ["HEAD", "1 branch (a)", "5 tags (v0, v1, v2 and 2 more)", "1 stash entry (stash@{1})"]);
        assert_eq!(phrases(&refs, 4)[2], "5 tags (v0, v1, v2, v3, v4)");
        assert_eq!(phrases(&refs, 0)[1..3], ["1 branch", "5 tags"]);
        assert_eq!(phrases(&[], 3), Vec::<String>::new());
        assert_eq!(phrases(&[&name(RefKind::Head, "worktrees/x/HEAD")], 3), ["1 other HEAD (worktrees/x/HEAD)"]);
    }

    #[test]
    fn every_kind_has_a_noun() {
        use RefKind::*;
        for kind in [Head, Branch, Remote, Tag, Pull, Note, Stash, Other] {
            assert_eq!(phrases(&[&name(kind, "x")], 1).len(), 1, "{kind:?}");
        }
    }

    #[test]
    fn a_remote_is_named_once() {
        let refs = ["refs/remotes/up/main", "refs/remotes/origin/a/b", "refs/remotes/origin/main"].map(|full| name(RefKind::Remote, full));
        assert_eq!(remotes(&refs.iter().collect::<Vec<_>>()), ["origin", "up"]);
        assert_eq!(remotes(&[&name(RefKind::Branch, "refs/remotes/x/y")]), Vec::<&str>::new());
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(list(&["a\u{202e}b", "##[c]"], 3), "a\\u{202e}b, #\\x23[c]");
    }

    #[test]
    fn phrases_are_put_in_a_row() {
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([enumerate(&words), enumerate(&words[..2]), enumerate(&words[..1])], ["a, b and c", "a and b", "a"]);
    }
}
