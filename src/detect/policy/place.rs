//! Whether a path lies among tests or examples: what stands there was mostly made for them.

use crate::detect::words;

/// Words of folders' names, in lower case: `dockerTest` and `test-data` are folders of tests.
const MADE_UP: [&str; 20] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "testcases",
    "testlib",
    "fixture",
    "fixtures",
    "spec",
    "specs",
    "mock",
    "mocks",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "testfixtures",
    "tester",
];
/// Whole names, in lower case.
const WHOLE: [&str; 2] = ["e2e", "t"];

/// Whether one of the folders of `path` is for tests or examples.
pub fn is_made_up(path: &[u8]) -> bool {
    let is_one_of = |names: &[&str], word: &[u8]| names.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()));
    let mut folders = path.split(|byte| *byte == b'/').rev().skip(1);
    folders.any(|folder| is_one_of(&WHOLE, folder) || words::split(folder).any(|word| is_one_of(&MADE_UP, word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_tests_are_told() {
        for path in ["tests/a.key", "a/dockerTest/x/a.key", "src/testFixtures/a.jks", "x/test-data/a", "__tests__/a", "e2e/.env", "T/t/a"] {
            assert!(is_made_up(path.as_bytes()), "{path}");
        }
        for path in ["a.key", "test.key", "latest/a.key", "src/contest/.env", "protest-site/.env", "attestation/a.pem"] {
            assert!(!is_made_up(path.as_bytes()), "{path}");
        }
    }
}
