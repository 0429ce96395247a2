//! What loading a configuration costs.

use std::time::{Duration, Instant};

use keysieve::config::{Config, Sources, root_of};
use keysieve::rules::RuleSet;
use keysieve::source::repository::GitEnvironment;

use crate::support::Folder;

/// The least time of several runs: the machine may be busy.
fn least<T>(work: impl Fn() -> T) -> Duration {
    let once = |_| {
        let began = Instant::now();
        std::hint::black_box(work());
        began.elapsed()
    };
    (0..20).map(once).min().unwrap_or_default()
}

/// 200 patterns: names, folders, extensions, and 40 that need a regular expression.
fn patterns() -> String {
    let all = (0..40).map(|n| format!("dir{n}/, /a/b{n}, '*.ext{n}', name{n}, 'src/**/gen{n}/*.rs'")).collect::<Vec<_>>();
    format!("paths: {{exclude: [{}]}}\n", all.join(", "))
}

#[test]
fn loading_takes_milliseconds_at_most() {
    let folder = Folder::committed();
    let rules = "rules: {disable: ['slack.*'], override: {generic.password: {severity: high}}}\n";
    for (name, config) in [("a common file", format!("{rules}paths: {{exclude: [vendor/, '*.min.js']}}\n")), ("200 patterns", patterns())] {
        folder.write("keysieve.yaml", config);
        let git = GitEnvironment::default();
        let root = least(|| root_of(&folder.path, &git));
        let sources = Sources { root: root_of(&folder.path, &git), ..Sources::default() };
        let load = || Config::load(&sources).expect("because the file is fine");
        let config = load();
        let (read, set) = (least(load), least(|| config.rules(RuleSet::builtin()).is_ok()));
        let excludes = least(|| config.excludes().is_ok());
        println!(
            "{name}: root {root:?}, read {read:?}, rules {set:?} (of which the built-in ones {:?}), paths {excludes:?}",
            least(RuleSet::builtin)
        );
        // Ten times what it takes: this is about another order of growth, not about a busy machine.
        assert!(root + read + set + excludes < Duration::from_millis(200), "{name}");
    }
    let excludes = load_patterns();
    let paths: Vec<_> = (0..10_000).map(|n| format!("src/module{}/inner/file{n}.rs", n % 50).into_bytes()).collect();
    let left_out = || paths.iter().filter(|path| excludes.by(path).is_some()).count();
    let time = least(left_out);
    println!("10,000 paths against 200 patterns: {time:?}");
    assert!(left_out() == 0 && time < Duration::from_secs(1));
}

/// 500 exceptions: by fingerprint, by rule and path, by path.
fn exceptions() -> String {
    let one = |n: usize| match n % 3 {
        0 => format!("  - {{fingerprint: 'v1:github:{n:032x}', reason: revoked}}\n"),
        1 => format!("  - {{rule: generic.password, path: 'docs/part{n}/**/*.md', expires: 2999-01-31}}\n"),
        _ => format!("  - {{path: 'src/**/fixtures{n}/*.rs', owner: '@org/team'}}\n"),
    };
    (0..500).fold("exceptions:\n".to_owned(), |all, n| all + &one(n))
}

#[test]
fn five_hundred_exceptions_are_read_and_held_against_many_findings_soon() {
    let folder = Folder::new();
    folder.write("keysieve.yaml", exceptions());
    let sources = Sources { root: Some(folder.path.clone()), ..Sources::default() };
    let load = || Config::load(&sources).expect("because the file is fine");
    let (config, rules) = (load(), RuleSet::builtin());
    let (read, checked) = (least(load), least(|| config.exceptions(&rules).is_ok()));
    let exceptions = config.exceptions(&rules).expect("because the rules are there");
    let paths: Vec<_> = (0..10_000).map(|n| format!("src/module{}/inner/file{n}.rs", n % 50).into_bytes()).collect();
    let globs: Vec<_> = exceptions.listed.iter().filter_map(|exception| exception.path()).collect();
    let covered = || paths.iter().filter(|path| globs.iter().any(|glob| glob.matches(path))).count();
    let time = least(covered);
    println!("500 exceptions: read {read:?}, checked {checked:?}; 10,000 paths against {} patterns: {time:?}", globs.len());
    // Ten times what it takes, as above.
    assert!(covered() == 0 && read + checked < Duration::from_millis(200) && time < Duration::from_secs(10));
}

fn load_patterns() -> keysieve::source::excludes::Excludes {
    let folder = Folder::new();
    folder.write("keysieve.yaml", patterns());
    let sources = Sources { root: Some(folder.path.clone()), ..Sources::default() };
    Config::load(&sources).and_then(|config| config.excludes()).expect("because the file is fine")
}
