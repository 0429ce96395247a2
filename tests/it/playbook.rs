//! `keysieve playbook`: a finding or a rule in, its steps out, and nothing that harms whoever copies a command.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

use keysieve::finding::{FACTS, Finding, Phase, Playbook, Subject};
use keysieve::report::playbook::Filled;
use keysieve::report::saved;
use keysieve::rules::RuleSet;
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Folder, Said, assigned, expand, keysieve_in, list, text};

/// A folder with a database URL of this user, and the digits of its fingerprint.
fn folder(user: &str) -> (Folder, String) {
    let folder = Folder::new();
    let url = expand("postgres://app:{{base62:22}}@db.internal.io/x", "playbook").replace("app", user);
    folder.write("deploy/app.env", format!("DATABASE_URL={url}\n"));
    let report = folder.scan(["."]).report();
    let finding = list(&report["findings"]).first().expect("because the URL is found");
    let digits = text(&finding["secret"]["digest"]).to_owned();
    (folder, digits)
}

fn with_input(folder: &Folder, input: &str, arguments: &[&str]) -> Said {
    let mut child = keysieve_in(&folder.path)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("because the program is built");
    child.stdin.take().expect("because it is piped").write_all(input.as_bytes()).expect("because it is read to its end");
    let done = child.wait_with_output().expect("because it ends");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: done.status.code().unwrap_or(-1), stdout: said(&done.stdout), stderr: said(&done.stderr) }
}

#[test]
fn a_finding_of_this_folder_has_its_steps_in_order_with_what_is_known() {
    let (folder, digits) = folder("ann");
    let said = folder.keysieve(["playbook", &digits[..8]]).ends_with(0);
    let at = |words: &str| said.stdout.find(words).unwrap_or_else(|| panic!("`{words}` is missing: {said:?}"));
    assert!(at("\ncreate\n") < at("\ndeploy\n") && at("\ndeploy\n") < at("\nrevoke\n") && at("\nrevoke\n") < at("\nverify\n"));
    at("ALTER ROLE \"ann\" NOLOGIN");
    at("what breaks meanwhile");
    at("deploy/app.env:1:");
    let page = folder.keysieve(["playbook", &digits, "--format", "markdown"]).ends_with(0).stdout;
    assert!(page.contains("- [ ] ") && page.contains("```sh\n  psql"), "{page}");
}

#[test]
fn a_report_gives_the_same_from_a_file_and_from_standard_input() {
    let (folder, digits) = folder("ann");
    let report = folder.scan(["."]).stdout;
    folder.write("found.json", &report);
    let direct = folder.keysieve(["playbook", &digits, "--format", "json"]).ends_with(0);
    let from_file = folder.keysieve(["playbook", &digits, "--format", "json", "--report", "found.json"]).ends_with(0);
    let from_input = with_input(&folder, &report, &["playbook", &digits, "--format", "json", "--report", "-"]).ends_with(0);
    assert_eq!((&direct.stdout, &direct.stdout), (&from_file.stdout, &from_input.stdout));
    let saved: Value = serde_json::from_str(&report).expect("because it is a report");
    assert_eq!(saved["findings"][0]["remediation"]["playbook"]["steps"], direct.report()["steps"]);
}

#[test]
fn a_rule_has_blanks_and_what_is_none_is_said() {
    let folder = Folder::new();
    let said = folder.keysieve(["playbook", "google.service-account-key"]).ends_with(0);
    assert!(said.stdout.contains("keys disable KEY_ID --iam-account=EMAIL") && said.stdout.contains("Fill in: "), "{said:?}");
    for (arguments, words) in [
        (&["playbook", "github.personal-acces-token"][..], "did you mean `github.personal-access-token`?"),
        (&["playbook", "nonsense"], "neither a fingerprint nor a rule id"),
        (&["playbook", "0123abcd"], "for one in the history add --history"),
        (&["playbook", "0123abcd", "--history", "--report", "none.json"], "cannot be used with"),
        (&["playbook", "github.personal-access-token", "--history"], "is a rule id"),
        (&["playbook", "0123abcd", "--report", "none.json"], "cannot read none.json"),
        (&["playbook", "github.personal-access-token", "--report", "none.json"], "is a rule id"),
    ] {
        let said = folder.keysieve(arguments).ends_with(2);
        assert!(said.stderr.contains(words) && said.stdout.is_empty(), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_beginning_that_several_findings_have_is_asked_to_be_longer() {
    let (folder, digits) = folder("ann");
    let mut report: Value = folder.scan(["."]).report();
    let mut other = report["findings"][0].clone();
    let longer = format!("{}{}", &digits[..8], "0".repeat(24));
    other["fingerprint"] = format!("v1:postgres:{longer}").into();
    report["findings"].as_array_mut().expect("because it is a list").push(other);
    folder.write("found.json", report.to_string());
    let said = folder.keysieve(["playbook", &digits[..8], "--report", "found.json"]).ends_with(2);
    assert!(said.stderr.contains("several fingerprints") && said.stderr.contains(&longer), "{said:?}");
    folder.keysieve(["playbook", &format!("v1:postgres:{longer}"), "--report", "found.json"]).ends_with(0);
}

#[test]
fn what_only_the_history_holds_is_found_there() {
    let (folder, digits) = folder("ann");
    folder.git(["init", "--quiet"]);
    folder.commit_all();
    folder.remove("deploy/app.env");
    folder.write("readme.txt", "nothing\n").commit_all();
    assert!(folder.keysieve(["playbook", &digits[..8]]).ends_with(2).stderr.contains("add --history"));
    assert!(folder.keysieve(["playbook", "0123abcd", "--history"]).ends_with(2).stderr.contains("no secret in the history"));
    let told = folder.keysieve(["scan", "--history"]).ends_with(1).stdout;
    let line = told.lines().find_map(|line| line.split_once("keysieve playbook ")).expect("because the report names it").1;
    assert_eq!(line, format!("{} --history", &digits[..8]));
    let said = folder.keysieve(["playbook", &digits[..8], "--history"]).ends_with(0).stdout;
    assert!(said.contains("ALTER ROLE \"ann\" NOLOGIN"), "{said}");
}

/// What a report says is foreign: its commands are not taken, and its facts cannot leave their place.
#[test]
fn a_hostile_report_brings_no_command_of_its_own() {
    let (folder, digits) = folder("ann");
    let harmful = "x; touch harmed; $(touch harmed)`touch harmed`\n touch harmed #'\"";
    let mut report: Value = folder.scan(["."]).report();
    let finding = &mut report["findings"][0];
    finding["identity"]["user"] = harmful.into();
    for step in finding["remediation"]["playbook"]["steps"].as_array_mut().expect("because it has steps") {
        step["command"] = "touch harmed".into();
        step["template"] = "touch harmed".into();
    }
    folder.write("found.json", report.to_string());
    let said = folder.keysieve(["playbook", &digits, "--report", "found.json", "--format", "json"]).ends_with(0).report();
    let commands: Vec<&str> =
        list(&said["steps"]).iter().map(|step| text(&step["command"])).filter(|command| !command.is_empty()).collect();
    assert!(!commands.is_empty() && commands.iter().all(|command| !command.contains("touch")), "{commands:?}");
    for command in commands {
        let script = format!("psql() {{ :; }}\n{command}");
        let done = Command::new("sh").arg("-c").arg(script).current_dir(&folder.path).output().expect("because there is a shell");
        assert!(done.status.success() && !folder.path.join("harmed").exists(), "{command}: {done:?}");
    }
    // Of a rule that is not known here not even the form is.
    report["findings"][0]["rule"]["id"] = "acme.unknown".into();
    folder.write("found.json", report.to_string());
    let said = folder.keysieve(["playbook", &digits, "--report", "found.json"]).ends_with(0);
    assert!(!said.stdout.contains("       touch") && said.stderr.contains("acme.unknown is not in force here"), "{said:?}");
}

#[test]
fn every_rule_has_a_playbook_and_no_command_holds_a_secret_or_fails_in_a_shell() {
    let mut commands = String::new();
    for (_, entry) in RuleSet::builtin().iter() {
        let (playbook, url) = (entry.rule.playbook(), entry.rule.rotation.url.as_deref());
        let filled = Filled::blank(&playbook, url, Subject::Secret);
        assert!(!filled.steps.is_empty(), "{}", entry.rule.id);
        let is_credential = entry.rule.path.is_none() && entry.rule.shared.is_none();
        for phase in [Phase::Deploy, Phase::Revoke, Phase::Verify] {
            assert!(filled.steps.iter().any(|step| step.phase == phase), "{}: nothing to {}", entry.rule.id, phase.as_str());
        }
        assert_eq!(!filled.breaks.is_empty(), is_credential, "{}", entry.rule.id);
        for command in filled.commands() {
            assert!(!command.contains('\u{1b}') && !command.contains("{{"), "{}: {command}", entry.rule.id);
            let uses_secret = command.contains("LEAKED_");
            assert!(!uses_secret || command.contains("\"$LEAKED_"), "{}: the variable is not quoted in {command}", entry.rule.id);
            commands.push_str(command);
            commands.push('\n');
        }
    }
    let folder = Folder::new();
    folder.write("commands.sh", &commands);
    let done = Command::new("sh").args(["-n", "commands.sh"]).current_dir(&folder.path).output().expect("because there is a shell");
    assert!(done.status.success(), "{done:?}");
}

/// Any finding, to be given playbooks and facts, and the playbooks of all rules that have commands.
static MATERIAL: LazyLock<Mutex<(Finding, Vec<Playbook>)>> = LazyLock::new(|| {
    let report = folder("ann").0.scan(["."]).stdout;
    let finding = saved::read(report.as_bytes()).expect("because it is a report").findings.remove(0);
    let playbooks = RuleSet::builtin().iter().map(|(_, entry)| entry.rule.playbook()).collect::<Vec<_>>();
    let has_commands = |playbook: &Playbook| playbook.steps.iter().any(|step| step.command.is_some());
    Mutex::new((finding, playbooks.into_iter().filter(has_commands).collect()))
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever a credential says of itself, a command is what the rule's author wrote, with one plain word in the place of a fact or none.
    #[test]
    fn no_fact_changes_a_command(
        value in "\\PC{0,16}|[ -~]{0,16}|[\\n\\t;&|$`'\"<>(){}*?~!#a-z-]{0,16}|[a-zA-Z0-9._@:+-]{0,16}"
    ) {
        let mut material = MATERIAL.lock().unwrap_or_else(PoisonError::into_inner);
        let (finding, playbooks) = &mut *material;
        FACTS.iter().for_each(|name| finding.identity.insert(*name, &value));
        let known = finding.identity.get("user").unwrap_or_default().to_owned();
        let is_plain = known.chars().all(|c| c.is_ascii_alphanumeric() || "._-@:+".contains(c))
            && known.starts_with(|c: char| c.is_ascii_alphanumeric()) && !known.contains("..");
        prop_assert!(playbooks.len() > 50);
        for playbook in playbooks {
            finding.remediation.playbook = playbook.clone();
            let commands = Filled::of(finding).steps.into_iter().filter(|step| !step.added).filter_map(|step| step.command);
            for (shown, template) in commands.zip(playbook.steps.iter().filter_map(|step| step.command.as_ref())) {
                let expected = FACTS.iter().fold(template.clone(), |text, name| {
                    let word = if is_plain { known.clone() } else { name.to_ascii_uppercase() };
                    text.replace(&format!("{{{name}}}"), &word)
                });
                // The hash of a key may have a slash.
                prop_assert!(shown == expected || template.contains("{key_fingerprint}"), "{} instead of {}", shown, expected);
            }
        }
    }
}

#[test]
fn neither_format_holds_the_secret() {
    let folder = Folder::new();
    let line = assigned("playbook");
    folder.write("settings.py", &line);
    let secret = line.split('"').nth(1).unwrap_or(&line).trim();
    let report = folder.scan(["."]).report();
    let digits = text(&report["findings"][0]["secret"]["digest"]).to_owned();
    for format in ["text", "markdown", "json"] {
        let said = folder.keysieve(["playbook", &digits, "--format", format]).ends_with(0);
        assert!(!said.stdout.contains(secret) && said.stdout.contains("LEAKED_TOKEN"), "{said:?}");
    }
}
