use proptest::prelude::*;

use super::*;
use crate::finding::{FACTS, Identity, RuleRef};
use crate::report::sample;

fn with(command: &str, identity: &[(&'static str, &str)]) -> Finding {
    let mut finding = sample::finding("a.b", "A", "A", "x_secret");
    finding.remediation.playbook.steps[0].command = Some(command.to_owned());
    finding.identity = Identity::default();
    identity.iter().for_each(|(key, value)| finding.identity.insert(*key, value));
    finding.locations = vec![sample::place(b"deploy/a.py", 3, "k = ", "x_****", "")];
    finding
}

fn command(finding: &Finding) -> String {
    Filled::of(finding).steps.iter().find_map(|step| step.command.clone()).expect("because it has one")
}

#[test]
fn what_is_known_is_filled_in_and_the_rest_is_a_blank() {
    let finding = with("x keys disable {key_id} --project {project_id} '{\"a\": {}}'", &[("key_id", "0a1b"), ("user", "u")]);
    assert_eq!(command(&finding), "x keys disable 0a1b --project PROJECT_ID '{\"a\": {}}'");
    let blanks = |finding: &Finding| {
        let filled = Filled::of(finding);
        filled.steps.iter().flat_map(blanks).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(blanks(&finding), ["PROJECT_ID"]);
    assert_eq!(blanks(&with("ALTER USER {user}; a \"$LEAKED_TOKEN\" ${A_B}é MY_NAME --X_a", &[("user", "-x")])), ["USER", "MY_NAME"]);
}

#[test]
fn phases_that_the_rule_leaves_out_are_there_and_in_order() {
    let filled = Filled::of(&with("x", &[]));
    let phases: Vec<_> = filled.phases().into_iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, [Phase::Deploy, Phase::Revoke, Phase::Verify]);
    assert!(filled.steps[0].added && filled.steps[0].text.contains("not back into deploy/a.py:3:5"), "{filled:?}");
    let mut message = with("x", &[]);
    message.locations[0].kind = crate::finding::LocationKind::CommitMessage;
    assert!(!Filled::of(&message).steps[0].text.contains("not back into"));
    let mut kept = with("x", &[]);
    kept.remediation.playbook.steps[0].phase = Phase::Verify;
    let before = Filled::of(&kept).steps.len();
    kept.locations[0].commit = Some("0".repeat(40));
    let after = Filled::of(&kept).steps;
    let last = after.last().expect("because it has steps");
    assert!(
        after.len() == before + 1
            && last.added
            && last.command.as_ref().is_some_and(|command| command.starts_with("keysieve purge-plan --fingerprint "))
    );
    let mut file = with("x", &[]);
    file.subject = crate::finding::Subject::File;
    assert!(Filled::of(&file).steps.iter().all(|step| !step.added));
    let mut first = with("x", &[]);
    first.remediation.playbook.revoke_first = Some("It is public.".to_owned());
    assert_eq!(Filled::of(&first).steps[0].phase, Phase::Revoke);
}

#[test]
fn hostile_values_stay_out_of_commands() {
    for hostile in [
        "x; rm -rf ~",
        "$(id)",
        "`id`",
        "a b",
        "-rf",
        "--all",
        "../../x",
        "a/b",
        "x'y",
        "x\"y",
        "x\\y",
        "*",
        "~",
        "=ls",
        "a|b",
        "a&b",
        "a>b",
        "{user}",
        "%PATH%",
        "!x",
        "#x",
        "é",
        "\u{202e}x",
        "@x",
        "",
        "a,b",
    ] {
        let shown = command(&with("x {key_id} {user}", &[("key_id", hostile), ("user", "ann")]));
        assert_eq!(shown, "x KEY_ID ann", "{hostile}");
    }
    for plain in ["AKIA0", "ann@example.org", "sa@p.iam.gserviceaccount.com", "a.b-c_d:1+2"] {
        assert_eq!(command(&with("x {key_id}", &[("key_id", plain)])), format!("x {plain}"));
    }
}

proptest! {
    /// Whatever the values are, a command has the words of its template and no others but plain ones.
    #[test]
    fn a_value_is_one_plain_word_or_not_there(values in prop::collection::vec("\\PC{0,12}|[ -~]{0,12}|[\\n\\t;&|$`'\"a-z]{0,12}", 4)) {
        let names = ["key_id", "project_id", "user", "email"];
        let mut identity = Identity::default();
        names.iter().zip(&values).for_each(|(name, value)| identity.insert(*name, value));
        let template = "x a={key_id} 'b {project_id}' \"c {user}\" d/{email}/e";
        let shown = fill::command(template, |name| identity.get(name));
        let mut rest = shown.as_str();
        for (before, name) in [("x a=", "key_id"), (" 'b ", "project_id"), ("' \"c ", "user"), ("\" d/", "email")] {
            rest = rest.strip_prefix(before).expect("because the template says so");
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._-@:+".contains(c))).expect("because something follows");
            let (word, after) = rest.split_at(end);
            prop_assert!(word == name.to_ascii_uppercase() || identity.get(name) == Some(word), "{shown}");
            prop_assert!(!word.is_empty() && !word.starts_with('-'));
            rest = after;
        }
        prop_assert_eq!(rest, "/e");
        // What is filled in is never taken for a blank.
        prop_assert_eq!(fill::command(&shown, |_| Some("again")), shown.clone());
    }
}

#[test]
fn texts_have_phases_boxes_and_what_to_fill_in() {
    let mut finding = with("x {key_id}\ny \"$LEAKED_TOKEN\"", &[("email", "ann@example.org\u{202e}")]);
    finding.remediation.playbook.breaks = "Jobs fail.".to_owned();
    finding.remediation.playbook.steps[0].reversible = Some(false);
    let about = About { rule: &finding.rule, url: Some("https://a.example/keys"), finding: Some(&finding) };
    let filled = Filled::of(&finding);
    let (text, page) = (terminal(about, &filled, ["", ""], None), markdown(about, &filled));
    for words in [
        "deploy\n  1. Put",
        "revoke\n  2. Revoke it. (cannot be undone)\n       x KEY_ID\n       y",
        "Fill in: KEY_ID.",
        "LEAKED_TOKEN",
        "Jobs fail.",
    ] {
        assert!(text.contains(words), "`{words}` is missing in {text}");
    }
    let narrow = terminal(about, &filled, ["", ""], Some(50));
    assert!(
        narrow.lines().filter(|line| !line.contains("https:") && !line.contains("v1:")).all(|line| line.chars().count() <= 50),
        "{narrow}"
    );
    for words in ["### Revoke", "- [ ] Revoke it", "```sh\n  x KEY_ID", "### What breaks meanwhile"] {
        assert!(page.contains(words), "`{words}` is missing in {page}");
    }
    assert!(!text.contains('\u{202e}') && !page.contains('\u{202e}'));
}

#[test]
fn facts_are_words_in_order() {
    assert!(FACTS.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(FACTS.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    let rule = RuleRef { id: "a.b".into(), name: "A".into(), provider: "A".into(), description: String::new() };
    let filled = Filled::blank(&Playbook::default(), None, Subject::Secret);
    assert_eq!(terminal(About { rule: &rule, url: None, finding: None }, &filled, ["", ""], None), "A (a.b)\n");
}
