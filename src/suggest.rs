//! The nearest known word for a misspelled one. Knows nothing of what the words stand for.

/// The word of `known` that takes the fewest edits, if they are few for the length.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.len() / 3).clamp(1, 8);
    known.map(|candidate| (distance(word, candidate), candidate)).filter(|(edits, _)| *edits <= limit).min().map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let cost = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word() {
        let known = ["github.oauth-token", "github.refresh-token", "npm.access-token"];
        assert_eq!(nearest("github.oath-token", known.into_iter()), Some("github.oauth-token"));
        assert_eq!(nearest("zzz", known.into_iter()), None);
    }
}
