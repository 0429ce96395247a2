//! The shape of the library: which module may know which, and what library code must not do at all.

use std::collections::BTreeSet;

use regex::Regex;

use crate::source_text::{Place, SourceFile, files, package};

/// What each module of the library may import, besides itself. The table in the design, in which what stands above is not known below.
/// A new module gets its line here.
const LAYERS: [(&str, &[&str]); 22] = [
    ("secret", &[]),
    ("location", &[]),
    ("coverage", &[]),
    ("checksum", &[]),
    ("suggest", &[]),
    ("decode", &["location", "coverage"]),
    ("owners", &[]),
    ("finding", &["secret", "location"]),
    ("exceptions", &["finding", "location", "owners", "secret"]),
    ("environments", &["exceptions", "finding", "location"]),
    ("rules", &["finding", "checksum"]),
    ("detect", &["rules", "finding", "decode", "location", "checksum", "secret"]),
    ("source", &["location", "coverage", "owners"]),
    ("scan", &["source", "detect", "decode", "rules", "environments", "exceptions", "finding", "coverage", "location", "secret"]),
    ("enrich", &["scan", "source", "finding"]),
    ("report", &["exceptions", "finding", "coverage", "location", "secret"]),
    ("compare", &["report", "finding"]),
    ("purge", &["enrich", "scan", "source", "report", "finding", "coverage", "location", "secret"]),
    ("config", &["source", "rules", "environments", "exceptions", "owners", "finding", "coverage", "suggest"]),
    ("rotate", &["config", "source", "report", "owners", "rules", "finding", "secret", "suggest"]),
    ("import", &["config", "source", "detect", "rules", "exceptions", "finding", "location", "secret", "suggest"]),
    (
        "run",
        &[
            "enrich",
            "scan",
            "source",
            "report",
            "detect",
            "rules",
            "environments",
            "exceptions",
            "finding",
            "coverage",
            "location",
            "secret",
        ],
    ),
];

/// The modules at the top of the crate that `code` names, as `crate::x` or by enough `super::`.
///
/// # Errors
/// The form of the import hides them.
fn named(file: &SourceFile, nesting: usize, code: &str) -> Result<Vec<String>, &'static str> {
    let path = Regex::new(r"\b(crate::|(?:super::)+)(\w+|\*|\{)").expect("because it is a constant");
    let mut found = Vec::new();
    for part in path.captures_iter(code) {
        let supers = part[1].matches("super::").count();
        if supers > 0 && supers < file.module.len() + nesting {
            continue;
        }
        match &part[2] {
            "*" | "{" => return Err("write one import for each module of the crate, so that this test can read it"),
            name => found.push(name.to_owned()),
        }
    }
    Ok(found)
}

#[test]
fn modules_import_only_what_is_below_them() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files().iter().filter(|file| !file.is_binary() && file.path != "src/lib.rs") {
        let own = file.module[0].as_str();
        let Some((_, allowed)) = LAYERS.iter().find(|(module, _)| *module == own) else {
            wrong.push(format!("{}: `{own}` is not among the layers", file.path));
            continue;
        };
        for line in &file.lines {
            match named(file, line.nesting, &line.code) {
                Err(why) => wrong.push(format!("{} ({why})", Place(file, line))),
                Ok(modules) => {
                    for module in modules.iter().filter(|module| *module != own) {
                        seen.insert((own.to_owned(), module.clone()));
                        if !allowed.contains(&module.as_str()) {
                            wrong.push(format!("{} (`{own}` must not know `{module}`)", Place(file, line)));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} imports against the layers:\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen.len() > 15, "imports are no longer read: only {seen:?}");
}

#[test]
fn the_layers_are_those_of_the_library() {
    let files = files();
    let lib = files.iter().find(|file| file.path == "src/lib.rs").expect("because there is a library");
    let declared: BTreeSet<_> =
        lib.lines.iter().filter_map(|line| line.code.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';'))).collect();
    assert_eq!(declared, LAYERS.iter().map(|(module, _)| *module).collect());
    for (at, (module, allowed)) in LAYERS.iter().enumerate() {
        for below in *allowed {
            let place = LAYERS.iter().position(|(other, _)| other == below);
            assert!(place.is_some_and(|place| place < at), "`{module}` may import `{below}`, which is not before it");
        }
    }
}

#[test]
fn imports_are_recognized_in_every_form() {
    let file = SourceFile { path: String::new(), module: vec!["a".into(), "b".into()], lines: Vec::new() };
    let named = |nesting, code| named(&file, nesting, code).map(|found| found.join(" ")).ok();
    assert_eq!(named(0, "use crate::scan::Counters;"), Some("scan".into()));
    assert_eq!(named(0, "f(crate::secret::Secret::new(b), &crate::run::x())"), Some("secret run".into()));
    assert_eq!((named(0, "use super::c;"), named(0, "use super::super::scan;")), (Some(String::new()), Some("scan".into())));
    assert_eq!((named(1, "use super::super::*;"), named(1, "use super::super::super::scan;")), (Some(String::new()), Some("scan".into())));
    assert_eq!((named(0, "use crate::{scan, run};"), named(0, "use super::super::*;")), (None, None));
}

/// Fails for each line of non-test code in `files` on which one of `patterns` stands.
#[track_caller]
fn assert_absent(files: &[SourceFile], patterns: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (pattern, why) in patterns {
        let pattern = Regex::new(pattern).expect("because it is a constant");
        for file in files {
            let lines = file.lines.iter().filter(|line| !line.is_test && pattern.is_match(&line.code));
            wrong.extend(lines.map(|line| format!("{} ({why})", Place(file, line))));
        }
    }
    assert!(wrong.is_empty(), "{} lines against the rules:\n{}", wrong.len(), wrong.join("\n"));
}

fn library() -> Vec<SourceFile> {
    files().into_iter().filter(|file| !file.is_binary()).collect()
}

#[test]
fn library_code_does_not_print_exit_or_read_the_environment() {
    let mut library = library();
    // Takes a list apart and reads nothing.
    for line in library.iter_mut().flat_map(|file| &mut file.lines) {
        line.code = line.code.replace("std::env::split_paths", "split_paths");
    }
    assert_absent(
        &library,
        &[
            (r"\b(e?print(ln)?|dbg)!", "only the binary prints"),
            (r"\bio::(stdin|stdout|stderr)\b", "only the binary has standard streams"),
            (r"\benv::", "only the binary reads the environment"),
            (r"\bprocess::(exit|abort)\b", "only the binary exits"),
        ],
    );
}

/// The library without the files below these paths.
fn library_but(paths: &[&str]) -> Vec<SourceFile> {
    library().into_iter().filter(|file| !paths.iter().any(|path| file.path.starts_with(path))).collect()
}

#[test]
fn library_code_starts_nothing_writes_nothing_and_opens_no_socket() {
    assert_absent(&library(), &[(r"\bprocess::|\bCommand::new\b|\bfork\(|\bexec\(", "nothing is ever started")]);
    assert_absent(
        &library_but(&["src/rotate/outbox/", "src/rotate/audit/"]),
        &[
            (
                r"\bfs::(write|rename|copy|hard_link|remove_\w+|create_\w+|set_permissions)\b|\bFile::create|\.(write|append|create)\((true|\w+)\)",
                "only the outbox and the audit log are ever written",
            ),
            (r"\brusqlite::", "only the outbox is a database"),
        ],
    );
    assert_absent(
        &library_but(&["src/rotate/deliver/"]),
        &[(
            r"\bTcp(Stream|Listener)\b|\bUdpSocket\b|\bUnixStream\b|\bToSocketAddrs\b|\bureq::|\brustls",
            "only the delivery uses a network",
        )],
    );
}

#[test]
fn what_only_one_module_knows_stays_there() {
    for (pattern, owners) in [
        (r"\brayon::", &["scan"][..]),
        (r"\bstd::thread\b|\bthread::(spawn|scope|Builder)", &["scan", "rotate"]),
        (r"\bgix::|\bignore::|\brustix::", &["source"]),
        (r"\bage::(x25519|secrecy|encrypt|decrypt)", &["rotate"]),
        (r"\bregex_syntax::", &["rules", "import"]),
        (r"\bclap(_complete)?::|\banyhow\b|\bindicatif::|\banstream::", &[]),
    ] {
        let others: Vec<_> =
            library().into_iter().filter(|file| file.module.first().is_none_or(|module| !owners.contains(&module.as_str()))).collect();
        assert_absent(&others, &[(pattern, if owners.is_empty() { "only the binary knows this" } else { "one module alone knows this" })]);
    }
}

#[test]
fn nothing_is_unwrapped_and_every_expectation_says_why() {
    let mut all = files();
    for line in all.iter_mut().flat_map(|file| &mut file.lines) {
        line.code = line.code.replace(".expect(\"because ", "");
    }
    assert_absent(
        &all,
        &[
            (r"\.unwrap(_err)?\(\)", "use `expect` with a reason, or an error"),
            (r#"\.expect(_err)?\(""#, "begin the reason with `because`"),
            (r"\b(todo|unimplemented)!", "finish it"),
        ],
    );
}

#[test]
fn unsafe_code_is_forbidden() {
    for root in ["src/lib.rs", "src/main.rs"] {
        let text = std::fs::read_to_string(package().join(root)).expect("because both are there");
        assert!(text.lines().any(|line| line == "#![forbid(unsafe_code)]"), "{root} does not forbid unsafe code");
    }
}
