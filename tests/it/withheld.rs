//! Secrets that are found and not reported, or reported as excepted: they are masked where they stand in what is reported.

use crate::support::{Folder, Said, assigned, encoded, expand, list, text, token};

const FORMATS: [&str; 4] = ["human", "json", "jsonl", "sarif"];
const RULE: &str = "github.personal-access-token";

/// A line with a value that another rule finds.
fn password(seed: &str) -> String {
    format!("PASSWORD={}\n", expand("{{base62:24}}", seed))
}

/// Fails if a report in any format shows one of `secrets`, or does not report what stands beside them.
#[track_caller]
fn assert_hidden(folder: &Folder, arguments: &[&str], secrets: &[&str]) {
    for format in FORMATS {
        for more in [&["--exposure", "full"][..], &["--exposure", "brief", "--show-suppressed"]] {
            let fixed = ["scan", "--max-file-size", "4KiB", "--format", format];
            let said: Said = folder.keysieve(fixed.iter().chain(arguments).chain(more)).ends_with(1);
            assert!(said.stdout.contains("note.txt"), "{format}: {said:?}");
            for secret in secrets {
                let shown = said.stdout.lines().chain(said.stderr.lines()).find(|line| line.contains(secret));
                assert!(shown.is_none(), "{format} {arguments:?} shows a secret of {} bytes: {shown:?}", secret.len());
            }
        }
    }
}

/// The ways in which a GitHub token is found and does not count: what to write, and into which file.
fn ways(fingerprint: &str) -> [(&'static str, String); 4] {
    [
        ("disabled", "rules: {disable: ['github.*']}\n".to_owned()),
        ("by fingerprint", format!("exceptions: [{{fingerprint: '{fingerprint}', reason: revoked}}]\n")),
        ("by path", format!("exceptions: [{{rule: {RULE}, path: '**/*.env'}}]\n")),
        ("disabled and excepted", format!("rules: {{disable: [{RULE}]}}\nexceptions: [{{fingerprint: '{fingerprint}'}}]\n")),
    ]
}

/// A token in a file, and in the name of a folder whose file holds another secret.
fn in_a_path(secret: &str) -> Folder {
    let folder = Folder::committed();
    folder.write("a.env", format!("T={secret}\n")).write(format!("{secret}/note.txt"), password("p"));
    folder.write("both/note.txt", format!("A={secret} {}", password("q")));
    folder
}

fn fingerprint(folder: &Folder) -> String {
    let report = folder.scan(["a.env", "--no-config", "--no-baseline"]).ends_with(1).report();
    text(&report["findings"][0]["fingerprint"]).to_owned()
}

/// Fails unless no finding of the rule counts.
#[track_caller]
fn assert_off(folder: &Folder, arguments: &[&str]) {
    let report = folder.scan(["--max-file-size", "4KiB"].iter().chain(arguments)).ends_with(1).report();
    let rules: Vec<&str> = list(&report["findings"]).iter().map(|finding| text(&finding["rule"]["id"])).collect();
    assert!(!rules.is_empty() && !rules.contains(&RULE), "{rules:?}");
}

#[test]
fn in_files_and_staged_changes() {
    let secret = token("tree");
    let folder = in_a_path(&secret);
    // What cannot be scanned is named as well.
    folder.write(format!("{secret}.huge"), "x".repeat(5000));
    let name = fingerprint(&folder);
    for (way, config) in ways(&name).into_iter().filter(|(way, _)| *way != "by path") {
        folder.write("keysieve.yaml", config);
        folder.git(["add", "--all", "--force"]);
        for arguments in [&["."][..], &["--staged"]] {
            assert_off(&folder, arguments);
            assert_hidden(&folder, arguments, &[&secret]);
        }
        println!("{way}: hidden");
    }
    folder.remove("keysieve.yaml").keysieve(["baseline", "create"]).ends_with(0);
    let known = folder.read("keysieve-baseline.jsonl");
    assert!(!known.contains(&secret));
    folder.write("new/note.txt", password("new"));
    assert_hidden(&folder, &["."], &[&secret]);
}

#[test]
fn on_standard_input() {
    let secret = token("stdin");
    let folder = Folder::committed();
    folder.write("keysieve.yaml", "rules: {disable: ['github.*']}\n");
    let input = format!("T={secret}\n{}", password("p"));
    let path = format!("{secret}/note.txt");
    for format in FORMATS {
        let mut command = crate::support::keysieve_in(&folder.path);
        command.args(["scan", "--stdin", "--format", format, "--path", &path]);
        let said = fed(command, input.as_bytes()).ends_with(1);
        assert!(said.stdout.contains("note.txt") && !said.stdout.contains(&secret), "{format}: {said:?}");
    }
}

fn fed(mut command: std::process::Command, input: &[u8]) -> Said {
    use std::io::Write as _;
    use std::process::Stdio;
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("because the program was just built");
    child.stdin.take().expect("because it is piped").write_all(input).expect("because the program reads all of it");
    Said::from(child.wait_with_output().expect("because the program ends"))
}

#[test]
fn in_paths_subjects_people_and_refs_of_a_history() {
    let secret = token("history");
    let folder = in_a_path(&secret);
    let name = fingerprint(&folder);
    folder.git(["add", "--all", "--force"]);
    let author = format!("--author={secret} <{secret}@example.org>");
    let subject = format!("Use {secret} from now on");
    folder.git(["commit", "--quiet", "--message", &subject, &author]);
    folder.git(["branch", &secret]);
    folder.git(["tag", &format!("v1-{secret}")]);
    for (way, config) in ways(&name).into_iter().filter(|(way, _)| *way != "by path") {
        folder.write("keysieve.yaml", config);
        assert_off(&folder, &["--history"]);
        assert_hidden(&folder, &["--history"], &[&secret]);
        assert_hidden(&folder, &["--range", "HEAD"], &[&secret]);
        println!("{way}: hidden");
    }
}

#[test]
fn cut_off_at_the_end_of_a_subject() {
    let secret = token("cut");
    let folder = Folder::committed();
    folder.write("a.env", format!("T={secret}\n")).write("note.txt", password("p"));
    folder.git(["add", "--all", "--force"]);
    folder.git(["commit", "--quiet", "--message", &format!("{} {secret}", "x".repeat(170))]);
    folder.write("keysieve.yaml", "rules: {disable: ['github.*']}\n");
    assert_hidden(&folder, &["--history"], &[&secret[..20]]);
}

#[test]
fn in_the_form_in_which_it_stands_encoded() {
    let secret = token("encoded");
    let folder = Folder::committed();
    let (_, hex) = encoded(&secret).into_iter().find(|(via, _)| *via == ["hex"]).expect("because it is one of them");
    let hex = hex.trim().trim_start_matches("0x").to_owned();
    folder.write("a.txt", format!("0x{hex}\n")).write("note.txt", password("p")).commit_all();
    folder.git(["branch", &format!("x/{hex}")]);
    // The secret is the middle of what is encoded.
    let middle = &hex[hex.len() / 2 - 20..hex.len() / 2 + 20];
    assert!(folder.scan(["--history"]).stdout.contains(RULE), "it is found");
    for config in ["{}\n", "rules: {disable: ['github.*']}\n"] {
        folder.write("keysieve.yaml", config);
        assert_hidden(&folder, &["--history"], &[middle]);
    }
}

#[test]
fn of_excluded_paths_of_a_history() {
    let secret = token("excluded");
    let folder = Folder::committed();
    folder.write("gen/a.env", format!("T={secret}\n")).write("note.txt", password("p")).commit_all();
    folder.git(["branch", &secret]);
    folder.write("keysieve.yaml", "paths: {exclude: [gen/]}\n");
    assert_off(&folder, &["--history"]);
    assert_hidden(&folder, &["--history"], &[&secret]);
}

#[test]
fn of_submodules() {
    let secret = token("inner");
    let (inner, outer) = (Folder::committed(), Folder::committed());
    inner.write("a.env", format!("T={secret}\n")).commit_all();
    outer.git(["submodule", "--quiet", "add", &inner.path.display().to_string(), "sub"]);
    outer.write("note.txt", password("p")).commit_all();
    outer.git(["branch", &secret]);
    outer.write("keysieve.yaml", "rules: {disable: ['github.*']}\n");
    assert_hidden(&outer, &["--history", "--submodules"], &[&secret]);
}

#[test]
fn turning_a_rule_off_changes_nothing_else() {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a")).write("note.txt", password("p")).commit_all();
    for arguments in [&["."][..], &["--history"]] {
        let with = folder.scan(arguments).report();
        let without = folder.scan(arguments.iter().chain(&["--disable-rule", RULE])).report();
        let others = |report: &serde_json::Value| -> Vec<serde_json::Value> {
            list(&report["findings"]).iter().filter(|finding| text(&finding["rule"]["id"]) != RULE).cloned().collect()
        };
        assert_eq!(others(&with), others(&without), "{arguments:?}");
        assert_eq!((list(&with["findings"]).len(), list(&without["findings"]).len()), (2, 1), "{arguments:?}");
        assert_eq!(with["below_threshold"], without["below_threshold"]);
    }
}
