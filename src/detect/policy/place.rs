//! Whether a path lies among tests or examples: what stands there was mostly made for them.

/// Names of folders, in lower case.
const MADE_UP: [&str; 24] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "testcases",
    "testlib",
    "__tests__",
    "__fixtures__",
    "fixture",
    "fixtures",
    "spec",
    "specs",
    "e2e",
    "mock",
    "mocks",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "t",
];
/// Ends of such names.
const ENDS: [&[u8]; 6] = [b"-test", b"-tests", b"_test", b"_tests", b"-fixtures", b"-examples"];

/// Whether one of the folders of `path`, which is in lower case, is for tests or examples.
pub fn is_made_up(path: &[u8]) -> bool {
    let mut folders = path.split(|byte| *byte == b'/').rev().skip(1);
    folders.any(|folder| MADE_UP.iter().any(|name| name.as_bytes() == folder) || ENDS.iter().any(|end| folder.ends_with(end)))
}
