//! Turns `rules/*.yaml` into a static Rust table, with the same schema and lint code that the program uses at run time, so that nothing is
//! parsed at start-up and a broken rule is a compile error that names its file and line.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "src/finding"]
mod finding {
    #[path = "confidence.rs"]
    #[expect(dead_code, reason = "the build script needs the words only")]
    mod confidence;
    #[path = "facts.rs"]
    mod facts;
    #[path = "phase.rs"]
    #[expect(dead_code, reason = "the build script needs the words only")]
    mod phase;
    #[path = "severity.rs"]
    #[expect(dead_code, reason = "the build script needs the words only")]
    mod severity;
    pub use confidence::Confidence;
    pub use facts::FACTS;
    pub use phase::Phase;
    pub use severity::Severity;
}

#[path = "src/rules"]
mod rules {
    #[path = "lint.rs"]
    pub mod lint;
    #[path = "phases.rs"]
    pub mod phases;
    #[path = "schema.rs"]
    pub mod schema;
    #[path = "search.rs"]
    #[expect(dead_code, reason = "the build script needs the form only")]
    pub mod search;
    #[path = "searchlint.rs"]
    mod searchlint;
    #[path = "step.rs"]
    pub mod step;
}

use sha2::{Digest as _, Sha256};

use rules::lint::{self, Problem};
use rules::schema::{Companion, FileExample, List, Rotation, Rule, RuleFile, Text};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    for source in
        ["finding/confidence.rs", "finding/facts.rs", "finding/phase.rs", "finding/severity.rs", "rules/lint.rs", "rules/phases.rs"]
    {
        println!("cargo::rerun-if-changed=src/{source}");
    }
    for source in ["rules/schema.rs", "rules/search.rs", "rules/searchlint.rs", "rules/step.rs"] {
        println!("cargo::rerun-if-changed=src/{source}");
    }
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("because cargo sets it for build scripts"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("because cargo sets it for build scripts"));
    match table(&root.join("rules")) {
        Ok(source) => {
            std::fs::write(out.join("rules.rs"), source).expect("because OUT_DIR is writable");
            ExitCode::SUCCESS
        }
        Err(errors) => {
            for error in errors {
                println!("cargo::error={error}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Rust source of the table, or one line for each problem: `rules/x.yaml:12: x.kind: …`.
fn table(folder: &Path) -> Result<String, Vec<String>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("because rules/ is part of the package")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    let mut errors = Vec::new();
    let mut files = Vec::new();
    for path in &paths {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(path).unwrap_or_default();
        match lint::parse(&stem, &text) {
            Ok(file) => files.push((stem.into_owned(), text, file)),
            Err(problems) => errors.extend(problems.iter().map(|problem| shown(&stem, problem))),
        }
    }
    for (subject, message) in lint::across_files(files.iter().map(|(_, _, file)| file)) {
        for (stem, text, _) in files.iter().filter(|(_, _, file)| file.rules.iter().any(|rule| rule.id == subject)) {
            let line = lint::line_of(text, &subject, 0);
            errors.push(shown(stem, &Problem { line, subject: subject.clone(), message: message.clone() }));
        }
    }
    if errors.is_empty() { Ok(source(files.iter().map(|(_, _, file)| file))) } else { Err(errors) }
}

fn shown(stem: &str, problem: &Problem) -> String {
    format!("rules/{stem}.yaml:{}: {}: {}", problem.line, problem.subject, problem.message)
}

fn source<'a>(files: impl Iterator<Item = &'a RuleFile>) -> String {
    let mut out = String::from("pub static FILES: &[RuleFile] = &[\n");
    for file in files {
        let provider = &file.provider;
        let _ = writeln!(
            out,
            "RuleFile {{ provider: Provider {{ slug: {}, name: {}, url: {}, generic: {} }}, rules: Cow::Borrowed(&[",
            text(&provider.slug),
            text(&provider.name),
            option(provider.url.as_ref(), text),
            provider.generic
        );
        for rule in file.rules.iter() {
            let _ = writeln!(out, "{},", rule_source(rule));
        }
        out.push_str("]) },\n");
    }
    out.push_str("];\n");
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&out));
    let _ = writeln!(out, "/// Over the whole table as generated.\npub const DIGEST: &str = \"{digest}\";");
    out
}

fn rule_source(rule: &Rule) -> String {
    let token = option(rule.token.as_ref(), |token| {
        let facts = token.facts;
        format!(
            "TokenMatch {{ literals: {}, pattern: {}, max_length: {:?}, facts: PatternFacts {{ max_length: {}, anchored: {}, word_start: {}, ignore_case: {} }}, lengthened: {} }}",
            texts(&token.literals),
            text(&token.pattern),
            token.max_length,
            facts.max_length,
            facts.anchored,
            facts.word_start,
            facts.ignore_case,
            texts(&token.lengthened)
        )
    });
    let assignment = option(rule.assignment.as_ref(), |assignment| {
        format!(
            "AssignmentMatch {{ context: {}, names: {}, value: {}, within_lines: {}, facts: ValueFacts {{ min_length: {}, max_length: {}, bytes: {} }} }}",
            texts(&assignment.context),
            texts(&assignment.names),
            text(&assignment.value),
            assignment.within_lines,
            assignment.facts.min_length,
            assignment.facts.max_length,
            assignment.facts.bytes
        )
    });
    let url = option(rule.url.as_ref(), |url| format!("UrlMatch {{ schemes: {} }}", texts(&url.schemes)));
    let grammar = option(rule.grammar.as_ref(), |class| format!("GrammarClass::{class:?}"));
    let path = option(rule.path.as_ref(), |path| {
        format!(
            "PathMatch {{ names: {}, except: {}, content: FileContent::{:?}, pattern: {} }}",
            texts(&path.names),
            texts(&path.except),
            path.content,
            option(path.pattern.as_ref(), text)
        )
    });
    let shared = option(rule.shared.as_ref(), |shared| format!("Shared::{shared:?}"));
    let companions = rule.companions.iter().map(companion).collect::<Vec<_>>().join(", ");
    let min_entropy = option(rule.min_entropy.as_ref(), |bits| format!("{bits:?}f32"));
    format!(
        "Rule {{ id: {}, name: {}, description: {}, severity: Severity::{:?}, confidence: Confidence::{:?}, lifetime: Lifetime::{:?}, \
         identity: IdentityClass::{:?}, token: {token}, assignment: {assignment}, url: {url}, grammar: {grammar}, path: {path}, search: None, shared: {shared}, min_entropy: {min_entropy}, \
         check: {}, companions: Cow::Borrowed(&[{companions}]), files: {}, rotation: {}, references: {}, \
         examples: Examples {{ positive: {}, negative: {}, path: {}, positive_files: {}, negative_files: {} }} }}",
        text(&rule.id),
        text(&rule.name),
        text(&rule.description),
        rule.severity,
        rule.confidence,
        rule.lifetime,
        rule.identity,
        option(rule.check.as_ref(), text),
        texts(&rule.files),
        rotation(&rule.rotation),
        texts(&rule.references),
        texts(&rule.examples.positive),
        texts(&rule.examples.negative),
        option(rule.examples.path.as_ref(), text),
        file_examples(&rule.examples.positive_files),
        file_examples(&rule.examples.negative_files)
    )
}

fn rotation(rotation: &Rotation) -> String {
    let steps: Vec<String> = rotation
        .steps
        .iter()
        .map(|step| {
            let (command, reversible) = (option(step.command.as_ref(), text), step.reversible);
            format!(
                "Step {{ phase: Phase::{:?}, text: {}, command: {command}, reversible: {reversible:?}, is_named: {} }}",
                step.phase,
                text(&step.text),
                step.is_named
            )
        })
        .collect();
    format!(
        "Rotation {{ url: {}, steps: Cow::Borrowed(&[{}]), breaks: {}, revoke_first: {} }}",
        option(rotation.url.as_ref(), text),
        steps.join(", "),
        option(rotation.breaks.as_ref(), text),
        option(rotation.revoke_first.as_ref(), text)
    )
}

fn companion(companion: &Companion) -> String {
    format!("Companion {{ rule: {}, within_lines: {}, required: {} }}", text(&companion.rule), companion.within_lines, companion.required)
}

fn file_examples(list: &List<FileExample>) -> String {
    let one = |example: &FileExample| format!("FileExample {{ path: {}, content: {} }}", text(&example.path), text(&example.content));
    format!("Cow::Borrowed(&[{}])", list.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn text(text: &Text) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn texts(list: &List<Text>) -> String {
    format!("Cow::Borrowed(&[{}])", list.iter().map(text).collect::<Vec<_>>().join(", "))
}

fn option<T>(value: Option<&T>, source: impl Fn(&T) -> String) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({})", source(value)))
}
