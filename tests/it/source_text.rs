//! The project's own sources, line by line, for the tests that hold them to the rules of the house.
//!
//! Reads text, not syntax: it relies on the form that rustfmt gives to every file.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

/// One line of code.
#[derive(Debug)]
pub struct Line {
    /// From 1.
    pub number: usize,
    /// Without indentation and comments; empty where there is no code.
    pub code: String,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
    /// How many inline modules it is in.
    pub nesting: usize,
}

/// One file below `src/`.
#[derive(Debug)]
pub struct SourceFile {
    /// From the package's folder, `/` between parts.
    pub path: String,
    /// Names of the modules it is in and of its own: `["report", "json"]` for `src/report/json.rs`, nothing for `src/lib.rs`.
    pub module: Vec<String>,
    /// All of its lines.
    pub lines: Vec<Line>,
}

/// A place to name in a failure: `src/scan/mod.rs:12: use crate::report::Report;`.
pub struct Place<'s>(pub &'s SourceFile, pub &'s Line);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.0.path, self.1.number, self.1.code)
    }
}

impl SourceFile {
    /// Whether it belongs to the binary only.
    pub fn is_binary(&self) -> bool {
        self.path == "src/main.rs" || self.path.starts_with("src/cli/")
    }
}

/// The package's folder.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `src/`, sorted by path.
pub fn files() -> Vec<SourceFile> {
    let mut paths = Vec::new();
    collect(&package().join("src"), &mut paths);
    paths.sort();
    let mut files: Vec<SourceFile> = paths.iter().map(|path| read(path)).collect();
    let tests = test_modules(&files);
    for file in &mut files {
        if (1..=file.module.len()).any(|depth| tests.contains(&file.module[..depth])) {
            file.lines.iter_mut().for_each(|line| line.is_test = true);
        }
    }
    files
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("because the sources are there") {
        let path = entry.expect("because the sources are there").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn read(path: &Path) -> SourceFile {
    let below = path.strip_prefix(package()).expect("because it was found there");
    let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let mut module: Vec<String> = parts[1..].to_vec();
    let name = module.pop().unwrap_or_default();
    if !matches!(name.as_str(), "mod.rs" | "lib.rs" | "main.rs") {
        module.push(name.trim_end_matches(".rs").to_owned());
    }
    let text = std::fs::read_to_string(path).expect("because it was found there");
    SourceFile { path: parts.join("/"), module, lines: lines(&text) }
}

/// What a block is, until its closing brace at the same indentation.
struct Block {
    indentation: usize,
    is_test: bool,
    is_module: bool,
}

fn lines(text: &str) -> Vec<Line> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut test_item = false;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code = without_comment(line.trim());
        let indentation = line.len() - line.trim_start().len();
        test_item |= code.starts_with("#[cfg(test)]") || code.starts_with("#[cfg(all(test");
        let is_test = test_item || blocks.iter().any(|block| block.is_test);
        lines.push(Line { number, code: code.to_owned(), is_test, nesting: blocks.iter().filter(|block| block.is_module).count() });
        if code.starts_with('}') && blocks.last().is_some_and(|block| block.indentation == indentation) {
            blocks.pop();
        }
        let is_module = code.ends_with('{') && code.split(' ').any(|word| word == "mod");
        if is_module || (test_item && code.ends_with('{')) {
            blocks.push(Block { indentation, is_test: test_item, is_module });
        }
        if !code.is_empty() && !code.starts_with("#[") && (code.ends_with('{') || code.ends_with(';') || code.ends_with('}')) {
            test_item = false;
        }
    }
    lines
}

fn without_comment(code: &str) -> &str {
    if code.starts_with("//") {
        return "";
    }
    code.split(" // ").next().unwrap_or_default().trim_end()
}

/// The modules that are declared as `mod x;` for tests only.
fn test_modules(files: &[SourceFile]) -> BTreeSet<Vec<String>> {
    let mut modules = BTreeSet::new();
    for file in files {
        for line in file.lines.iter().filter(|line| line.is_test) {
            if let Some(name) = line.code.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                modules.insert([&file.module[..], &[name.to_owned()]].concat());
            }
        }
    }
    modules
}

#[test]
fn code_for_tests_is_told_apart() {
    let text =
        "use a; // crate::x\n/// crate::y\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\nfn f() {\n}\n#[cfg(test)]\nmod x;\nmod y;\n";
    let lines = lines(text);
    let tests: Vec<_> = lines.iter().filter(|line| line.is_test).map(|line| line.number).collect();
    assert_eq!(tests, [3, 4, 5, 6, 9, 10]);
    assert_eq!((lines[0].code.as_str(), lines[1].code.as_str(), lines[4].nesting), ("use a;", "", 1));
    let files = files();
    let find = |path: &str| files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is gone"));
    assert!(find("src/source/testing.rs").lines.iter().all(|line| line.is_test));
    assert_eq!(find("src/report/json.rs").module, ["report", "json"]);
    assert!(find("src/scan/mod.rs").lines.iter().any(|line| !line.is_test && !line.code.is_empty()));
}
