//! What a configuration costs: reading it, and holding its patterns against paths.

use divan::Bencher;
use tempfile::TempDir;

use keysieve::config::{Config, Sources};
use keysieve::rules::RuleSet;

fn main() {
    divan::main();
}

const NAMES: [&str; 3] = ["common", "200 patterns", "500 exceptions"];

fn text(name: &str) -> String {
    match name {
        "common" => {
            "rules: {disable: ['slack.*'], override: {generic.password: {severity: high}}}\npaths: {exclude: [vendor/, '*.min.js']}\n"
                .to_owned()
        }
        // Names, folders, extensions, and 40 that need a regular expression.
        "200 patterns" => {
            let patterns = (0..40).map(|n| format!("dir{n}/, /a/b{n}, '*.ext{n}', name{n}, 'src/**/gen{n}/*.rs'")).collect::<Vec<_>>();
            format!("paths: {{exclude: [{}]}}\n", patterns.join(", "))
        }
        _ => (0..500).fold("exceptions:\n".to_owned(), |all, n| all + &exception(n)),
    }
}

/// By fingerprint, by rule and path, by path.
fn exception(n: usize) -> String {
    match n % 3 {
        0 => format!("  - {{fingerprint: 'v1:github:{n:032x}', reason: revoked}}\n"),
        1 => format!("  - {{rule: generic.password, path: 'docs/part{n}/**/*.md', expires: 2999-01-31}}\n"),
        _ => format!("  - {{path: 'src/**/fixtures{n}/*.rs', owner: '@org/team'}}\n"),
    }
}

/// A folder with the configuration of this name, and where that is read from.
fn configured(name: &str) -> (TempDir, Sources) {
    let folder = tempfile::tempdir().expect("because there is room for a folder");
    std::fs::write(folder.path().join("keysieve.yaml"), text(name)).expect("because there is room for a file");
    let sources = Sources { root: Some(folder.path().to_owned()), ..Sources::default() };
    (folder, sources)
}

fn load(sources: &Sources) -> Config {
    Config::load(sources).expect("because the file is fine")
}

#[divan::bench(args = NAMES)]
fn read(bencher: Bencher, name: &str) {
    let (_folder, sources) = configured(name);
    let rules = RuleSet::builtin();
    bencher.bench(|| {
        let config = load(&sources);
        (config.excludes().is_ok(), config.exceptions(&rules).is_ok())
    });
}

fn paths() -> Vec<Vec<u8>> {
    (0..10_000).map(|n| format!("src/module{}/inner/file{n}.rs", n % 50).into_bytes()).collect()
}

#[divan::bench]
fn leave_out_of_ten_thousand_paths(bencher: Bencher) {
    let (_folder, sources) = configured("200 patterns");
    let (excludes, paths) = (load(&sources).excludes().expect("because the patterns are fine"), paths());
    bencher.bench(|| paths.iter().filter(|path| excludes.by(path).is_some()).count());
}

#[divan::bench]
fn except_some_of_ten_thousand_paths(bencher: Bencher) {
    let (_folder, sources) = configured("500 exceptions");
    let (exceptions, paths) = (load(&sources).exceptions(&RuleSet::builtin()).expect("because the rules are there"), paths());
    let globs: Vec<_> = exceptions.listed.iter().filter_map(|exception| exception.path()).collect();
    bencher.bench(|| paths.iter().filter(|path| globs.iter().any(|glob| glob.matches(path))).count());
}
