//! The file of paths that trufflehog leaves out.

use super::{import, left, say, taken};
use crate::support::{Folder, NOTHING, assigned, at};

#[test]
fn its_expressions_leave_the_same_files_out() {
    let folder = Folder::committed();
    for path in ["vendor/a.env", "src/vendor/a.env", "a.lock", "a.lock.env", "b.env"] {
        folder.write(path, assigned(path));
    }
    folder.write("exclude.txt", "# third party\n^vendor/\n\n.*\\.lock$\n(bad\n");
    let said = import(&folder, &["trufflehog-exclude", "exclude.txt"]);
    say(&taken(&said), &["`^vendor/`: an expression of `paths.exclude_regex`", "`.*\\.lock$`"]);
    say(&left(&said), &["`(bad`: it is no regular expression that can be used: unclosed group"]);
    folder.scan(NOTHING).finds(&[&at("a.lock.env"), &at("b.env"), &at("src/vendor/a.env")]);
}

#[test]
fn what_to_do_is_told_in_words() {
    let folder = Folder::committed();
    folder.write("exclude.txt", "^vendor/\n(bad\n");
    let said = folder.keysieve(["import", "trufflehog-exclude", "exclude.txt", "--dry-run"]).ends_with(0);
    let expected = "--- keysieve.yaml\npaths:\n  exclude_regex:\n    - \"^vendor/\"\n---\n\ntaken from exclude.txt: 1\n  1: `^vendor/` -> an \
                    expression of `paths.exclude_regex`\nnot taken: 1\n  2: `(bad`: it is no regular expression that can be used: unclosed group\n";
    assert_eq!(said.stdout, expected);
    assert!(!folder.path.join("keysieve.yaml").exists());
}
