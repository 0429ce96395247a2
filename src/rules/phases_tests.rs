use std::collections::BTreeMap;

use super::*;
use crate::rules::RuleSet;
use crate::rules::schema::Text;

fn rotation(steps: &[&str]) -> Rotation {
    let mut steps: Vec<Step> = steps.iter().map(|text| Step::sentence((*text).to_owned())).collect();
    settle(&mut steps);
    Rotation { url: None, steps: steps.into(), breaks: None, revoke_first: None }
}

fn phases(steps: &[&str]) -> Vec<Phase> {
    rotation(steps).steps.iter().map(|step| step.phase).collect()
}

#[test]
fn the_table_is_sorted_and_says_each_verb_once() {
    let mut seen = BTreeMap::new();
    for (meaning, words) in VERBS {
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]), "{meaning:?}");
        for word in words {
            assert_eq!(seen.insert(*word, meaning), None, "{word}");
        }
    }
}

#[test]
fn verbs_mean_what_their_place_says() {
    use Phase::{Create, Deploy, Revoke, Verify};
    assert_eq!(phases(&["Create a key.", "Deploy it.", "Delete the exposed one.", "Review the log."]), Phase::ALL);
    assert_eq!(
        phases(&["Find out whose it is.", "Make another.", "Deploy it.", "Regenerate the exposed one.", "Rotate what it opened."]),
        [Create, Create, Deploy, Revoke, Verify]
    );
    assert_eq!(
        phases(&["Choose Reset on the page.", "Set it as `X`.", "Have the old one disabled.", "Make sure that it is refused."]),
        [Create, Deploy, Revoke, Verify]
    );
    assert_eq!(phases(&["Frobnicate it.", "And again."]), [Create, Create]);
}

#[test]
fn the_order_is_kept_or_there_is_a_reason() {
    let wrong = rotation(&["Delete the exposed one.", "Create a new one."]);
    assert!(problems(&wrong)[0].contains("`Create a new one.` is for create and stands behind one for revoke"), "{:?}", problems(&wrong));
    let with_reason = Rotation { revoke_first: Some(Text::from("It is public.")), ..wrong };
    assert_eq!(problems(&with_reason), [""; 0]);
    let needless = Rotation { revoke_first: Some(Text::from("It is public.")), ..rotation(&["Create a new one."]) };
    assert!(problems(&needless)[0].contains("revokes nothing"));
}

#[test]
fn commands_ask_for_facts_only() {
    let mut steps = vec![Step { command: Some("x {key_id} {a_fact} '{\"a\":{}}' ${HOME} {}".into()), ..Step::sentence("Delete it.") }];
    settle(&mut steps);
    let wrong = problems(&Rotation { url: None, steps: steps.into(), breaks: None, revoke_first: None });
    assert!(wrong.len() == 1 && wrong[0].contains("{a_fact}"), "{wrong:?}");
    for (command, is_fine) in [
        ("printf %s \"$LEAKED_TOKEN\" | x", true),
        ("A=\"$LEAKED_A\" B=\"$LEAKED_B\" x", true),
        ("x $LEAKED_TOKEN", false),
        ("x \"Bearer $LEAKED_TOKEN\"", false),
        ("x \u{1b}[2J", false),
    ] {
        assert_eq!(command_problems(command).is_empty(), is_fine, "{command}");
    }
}

#[test]
fn steps_are_read_and_written_in_both_forms() {
    let text = r#"["Create one.",{"revoke":"Delete it.","command":"x {key_id}\n","reversible":false},{"do":"Look it up."}]"#;
    let steps: Vec<Step> = serde_json::from_str(text).expect("because both forms are known");
    assert_eq!((steps[1].phase, steps[1].command.as_deref(), steps[1].reversible), (Phase::Revoke, Some("x {key_id}"), Some(false)));
    let written = serde_json::to_string(&steps).expect("because it is plain data");
    assert_eq!(serde_json::from_str::<Vec<Step>>(&written).expect("because it was just written"), steps);
    for wrong in [r#"{"command":"x"}"#, r#"{"revoke":"a","create":"b"}"#, r#"{"revoke":"a","other":1}"#, "7"] {
        assert!(serde_json::from_str::<Step>(wrong).is_err(), "{wrong}");
    }
}

/// Prints how often each first word means which phase: `cargo test --lib verbs_of -- --nocapture`.
#[test]
fn verbs_of_the_built_in_rules_are_known() {
    let (mut count, mut strange) = (BTreeMap::<(String, &str), usize>::new(), Vec::new());
    for (_, entry) in RuleSet::builtin().iter() {
        assert_eq!(problems(&entry.rule.rotation), [""; 0], "{}", entry.rule.id);
        for step in entry.rule.rotation.steps.iter() {
            let lower = step.text.to_ascii_lowercase();
            let first = lower.split(|c: char| !c.is_ascii_lowercase()).find(|word| !word.is_empty()).unwrap_or_default().to_owned();
            *count.entry((first, step.phase.as_str())).or_default() += 1;
            let mut words = lower.split(|c: char| !c.is_ascii_lowercase());
            if !step.is_named && !words.any(|word| participle(word).is_some()) {
                strange.push(format!("{}: {}", entry.rule.id, step.text));
            }
        }
    }
    let mut rows: Vec<_> = count.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let table: Vec<String> = rows.iter().map(|((verb, phase), count)| format!("{count:>5}  {verb} → {phase}")).collect();
    assert!(strange.len() <= 40, "name the phases of these steps, no verb tells them:\n{}\n{}", strange.join("\n"), table.join("\n"));
}
