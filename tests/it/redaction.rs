//! Promise 2: a secret never leaves by accident. What is a secret is asked from the program itself, with `--show-secrets`.

use aho_corasick::AhoCorasick;
use keysieve::detect::Detector;
use keysieve::detect::prefilter::Workload;
use keysieve::exceptions::Exceptions;
use keysieve::finding::{Confidence, FingerprintKey};
use keysieve::report::Format;
use keysieve::rules::RuleSet;
use keysieve::run::{self, Plan, Target};
use keysieve::scan::{self, Counters};
use keysieve::source::repository::GitEnvironment;
use keysieve::source::worktree::{StoredFiles, Worktree};

use crate::support::{Folder, Said, expand, list, text, token, with_all_examples};

/// The bytes that no output may hold.
struct Secrets {
    all: Vec<String>,
    finder: AhoCorasick,
}

impl Secrets {
    fn new(mut all: Vec<String>) -> Self {
        all.sort();
        all.dedup();
        let finder = AhoCorasick::new(&all).expect("because the examples are few");
        Self { all, finder }
    }

    /// Every secret that the program finds in the folder, in the forms in which a report could write it.
    fn of(folder: &Folder) -> Self {
        let said = folder.scan(["--show-secrets", "--min-confidence", "low", "."]).ends_with(1);
        let report = said.report();
        let secrets = Self::new(list(&report["findings"]).iter().flat_map(|finding| forms(text(&finding["secret"]["value"]))).collect());
        assert!(secrets.finder.is_match(&said.stdout), "the search finds what is there");
        secrets
    }

    /// Fails with the places of the secrets that stand in `output`, without showing them.
    #[track_caller]
    fn assert_absent(&self, what: &str, output: &str) {
        let leaked: Vec<String> = self
            .finder
            .find_overlapping_iter(output)
            .map(|hit| {
                let line = output[..hit.start()].rfind('\n').map_or(0, |at| at + 1);
                let (start, before) = (&output[hit.range()], tail(&output[line..hit.start()]));
                format!("a secret of {} bytes, beginning {start:.3}, behind `{before}`", hit.len())
            })
            .collect();
        assert!(leaked.is_empty(), "{what} holds {} secrets:\n{}", leaked.len(), leaked.join("\n"));
    }
}

/// A secret itself, as a JSON string holds it, and every run of token characters in it that is too long to be a word or a public id.
fn forms(secret: &str) -> Vec<String> {
    const LONGEST_ID: usize = 47;
    assert!(!secret.is_empty(), "every finding has its secret when it is asked for");
    let json = serde_json::to_string(secret).expect("because it is text");
    let mut forms = vec![secret.to_owned(), json.trim_matches('"').to_owned()];
    let runs = secret.split(|c: char| !c.is_ascii_alphanumeric() && !"+/=_-".contains(c));
    forms.extend(runs.filter(|run| run.len() > LONGEST_ID).map(ToOwned::to_owned));
    forms
}

fn tail(text: &str) -> String {
    let count = text.chars().count();
    text.chars().skip(count.saturating_sub(80)).collect()
}

/// What one scan prints and writes, in every format.
fn in_all_formats(folder: &Folder, arguments: &[&str]) -> Vec<(String, String)> {
    let out = Folder::new();
    let file = |format: Format| out.path.join(format.as_str());
    let reports = Format::ALL.map(|format| format!("--report={}={}", format.as_str(), file(format).display()));
    let reports = reports.iter().map(String::as_str);
    let said = folder.keysieve(["scan", "--color=always"].into_iter().chain(arguments.iter().copied()).chain(reports)).ends_with(1);
    let written = |format| std::fs::read_to_string(file(format)).expect("because it was asked for");
    let files = Format::ALL.map(|format| (format!("the {} file", format.as_str()), written(format)));
    [("standard output".to_owned(), said.stdout), ("standard error".to_owned(), said.stderr)].into_iter().chain(files).collect()
}

#[test]
fn no_format_shows_a_secret_of_any_rule() {
    let folder = with_all_examples();
    let secrets = Secrets::of(&folder);
    assert!(secrets.all.len() > RuleSet::builtin().len(), "every rule has at least one example that is found");
    for level in ["low", "medium", "high"] {
        for (what, text) in in_all_formats(&folder, &["--min-confidence", level, "--show-suppressed"]) {
            secrets.assert_absent(&format!("{what} of {level} and above"), &text);
        }
    }
}

#[test]
fn the_staged_report_shows_no_secret_of_any_rule() {
    let folder = with_all_examples();
    let secrets = Secrets::of(&folder);
    folder.git(["init", "--quiet"]);
    folder.git(["add", "--all", "--force"]);
    for (what, text) in in_all_formats(&folder, &["--staged", "--min-confidence", "low"]) {
        secrets.assert_absent(&what, &text);
    }
}

#[test]
fn only_the_formats_that_say_so_show_secrets_when_asked() {
    let folder = Folder::new();
    let secret = token("shown");
    folder.write("a.env", format!("T={secret}\n"));
    for format in Format::ALL {
        let said = folder.keysieve(["scan", "--show-secrets", "--format", format.as_str()]).ends_with(1);
        assert_eq!(said.stdout.contains(&secret), format.can_show_secrets(), "{}", format.as_str());
    }
}

#[test]
fn a_secret_beside_another_one_or_in_a_name_is_masked() {
    let folder = Folder::new();
    let (one, two, name) = (token("one"), token("two"), token("name"));
    let password = expand("{{base62:14}}", "password");
    folder.write("both.env", format!("A={one} B={two} db_password='{password}'\n"));
    folder.write(format!("{name}.txt"), format!("T={name}\n"));
    folder.write(format!("{one}/{two}"), format!("{two}{one}\n"));
    folder.write("huge.txt", "x".repeat(5000)).write(format!("{one}.huge"), "x".repeat(5000));
    let secrets = Secrets::new(vec![one, two, name, password]);
    for format in Format::ALL.map(Format::as_str) {
        let said = folder.keysieve(["scan", "--format", format, "--max-file-size", "4KiB", "--min-confidence", "low", "."]).ends_with(1);
        assert!(said.stdout.contains("both.env") && said.stdout.contains("huge.txt"), "{format}");
        secrets.assert_absent(format, &said.stdout);
    }
}

#[test]
fn errors_show_no_secret() {
    let folder = Folder::repository();
    let secret = token("error");
    let secrets = Secrets::new(vec![secret.clone()]);
    folder.write("a.env", format!("T={secret}\n")).git(["add", "."]);
    for (path, content) in [("index", format!("DIRC{secret}")), ("HEAD", secret.clone()), ("config", format!("[{secret}\n{secret}\n"))] {
        let before = std::fs::read(folder.path.join(".git").join(path)).expect("because git wrote it");
        folder.write(format!(".git/{path}"), content);
        let said: Said = folder.keysieve(["scan", "--staged"]).ends_with(2);
        secrets.assert_absent(path, &(said.stdout + &said.stderr));
        let said = folder.keysieve(["scan", "."]);
        secrets.assert_absent(path, &(said.stdout + &said.stderr));
        folder.write(format!(".git/{path}"), before);
    }
    folder.write("acme.yaml", format!("provider: {secret}\nrules: [\"{secret}\"]\n"));
    folder.write("named.yaml", format!("{secret}: 1\n"));
    for file in ["acme.yaml", "a.env"] {
        let said = folder.keysieve(["rules", "check", file]);
        secrets.assert_absent(file, &(said.stdout + &said.stderr));
    }
}

fn worktree(folder: &Folder) -> Worktree {
    Worktree {
        roots: vec![folder.path.clone()],
        include_ignored: false,
        max_file_size: 1 << 20,
        git: GitEnvironment::default(),
        stored: StoredFiles::default(),
    }
}

#[test]
fn debug_output_of_reports_findings_and_sightings_shows_no_secret() {
    let folder = with_all_examples();
    let secrets = Secrets::of(&folder);
    let source = worktree(&folder);
    let plan = Plan {
        target: Target::Worktree { roots: source.roots.clone(), include_ignored: false },
        threads: 0,
        max_file_size: source.max_file_size,
        min_confidence: Confidence::Low,
        fingerprint_key: FingerprintKey::default(),
        git: GitEnvironment::default(),
        now: 0,
        settings: run::Settings::default(),
        exceptions: Exceptions::default(),
        list_comments: false,
        roots: Vec::new(),
    };
    let report = run::run(plan, RuleSet::builtin(), &Counters::default()).expect("because the folder is there");
    assert!(report.findings.len() >= RuleSet::builtin().len() / 2);
    secrets.assert_absent("Debug of Report", &format!("{report:?}{report:#?}"));
    for finding in &report.findings {
        secrets.assert_absent("Debug of Finding", &format!("{finding:?}"));
    }
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    let scanned = scan::scan(&source, &detector, 0, &Counters::default()).expect("because the folder is there");
    secrets.assert_absent("Debug of Scanned", &format!("{scanned:?}"));
}
