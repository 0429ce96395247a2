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

fn load_patterns() -> keysieve::source::excludes::Excludes {
    let folder = Folder::new();
    folder.write("keysieve.yaml", patterns());
    let sources = Sources { root: Some(folder.path.clone()), ..Sources::default() };
    Config::load(&sources).and_then(|config| config.excludes()).expect("because the file is fine")
}
