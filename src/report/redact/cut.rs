//! The beginning of a secret at the end of a text that was cut there: the rest of it, by which it would be known, is gone.

/// Characters at which the subject of a commit is cut ([`CommitInfo::subject`](crate::finding::CommitInfo)).
const SUBJECT_CHARS: usize = 200;
/// Fewer bytes of a secret are hardly more than its public prefix.
const SHORTEST_BYTES: usize = 8;

/// How secrets begin.
pub struct Beginnings<'r> {
    /// Sorted, so that those with the same beginning stand together.
    secrets: Vec<&'r [u8]>,
}

impl<'r> Beginnings<'r> {
    /// Of so many secrets.
    pub fn of(secrets: impl Iterator<Item = &'r [u8]>) -> Self {
        let mut secrets: Vec<&[u8]> = secrets.collect();
        secrets.sort_unstable();
        Self { secrets }
    }

    /// Where in `subject` a secret begins that goes on behind the cut.
    pub fn start_in(&self, subject: &str) -> Option<usize> {
        if subject.chars().count() < SUBJECT_CHARS {
            return None;
        }
        let text = subject.trim_end_matches('…');
        let last = text.len().checked_sub(SHORTEST_BYTES)?;
        text.char_indices().map(|(at, _)| at).take_while(|at| *at <= last).find(|at| self.begins_one(&text.as_bytes()[*at..]))
    }

    fn begins_one(&self, tail: &[u8]) -> bool {
        let at = self.secrets.partition_point(|secret| *secret < tail);
        self.secrets.get(at).is_some_and(|secret| secret.starts_with(tail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_of_a_secret_at_a_cut_counts() {
        let secrets = ["abc-0123456789-xyz", "abc-9876543210-xyz", "zzzz-zzzz-zzzz-zzzz"];
        let beginnings = Beginnings::of(secrets.iter().map(|secret| secret.as_bytes()));
        let cut = |end: &str| beginnings.start_in(&format!("{}{end}", "x".repeat(SUBJECT_CHARS - end.chars().count())));
        assert_eq!(cut("abc-0123456"), Some(SUBJECT_CHARS - 11));
        assert_eq!(cut("abc-987…"), None, "too short to tell");
        assert_eq!(cut("abc-9876543…"), Some(SUBJECT_CHARS - 12));
        assert_eq!(cut("abc-0123456 "), None);
        assert_eq!(cut("bc-01234567"), None);
        assert_eq!(beginnings.start_in("abc-0123456"), None, "not cut");
        assert_eq!(beginnings.start_in(&"é".repeat(SUBJECT_CHARS)), None);
    }
}
