//! `keysieve rules try`: says step by step why a rule finds something in a file, or does not, and shows no secret.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Folder, Said, expand, keysieve_in, list, text};

const ACME: &str = r"provider:
  slug: acme
  name: Acme
rules:
  - id: acme.api-key
    name: Acme API key
    description: Acts as an Acme account.
    severity: high
    confidence: medium
    lifetime: long
    identity: application
    assignment:
      context: [acme]
      names: [api_key]
      value: '[0-9a-f]{40}'
      within_lines: 2
    min_entropy: 3.0
    rotation:
      steps: [Revoke it.]
    references: [https://acme.example/keys]
    examples:
      positive:
        - 'ACME_API_KEY={{hex:40}}'
        - 'acme: {api_key: {{hex:40}}}'
      negative:
        - 'ACME_API_KEY={{hex:32}}'
        - 'OTHER_API_KEY={{hex:40}}'
";

/// What is said of `rule` on `content`, as JSON.
fn tried(rule: &str, content: &str) -> Value {
    let folder = Folder::new();
    folder.write("acme.yaml", ACME).write("a.env", content);
    let said = folder.keysieve(["rules", "try", rule, "a.env", "--rules", "acme.yaml", "--json"]).ends_with(0);
    assert_eq!(said.stderr, "");
    said.report()
}

fn places(tried: &Value) -> &[Value] {
    list(&tried["texts"][0]["places"])
}

/// The stages that a place failed.
fn failed(place: &Value) -> Vec<&str> {
    list(&place["steps"]).iter().filter(|step| step["outcome"] == "failed").map(|step| text(&step["stage"])).collect()
}

#[test]
fn each_reason_has_its_stage() {
    for (template, stages) in [
        ("ACME_API_KEY={{hex:40}}\n", &[][..]),
        ("# acme\nAPI_KEY={{hex:40}}\n", &[]),
        ("# acme\n\n\n\nAPI_KEY={{hex:40}}\n", &["context"]),
        ("OTHER_API_KEY={{hex:40}}\n", &["context"]),
        ("ACME_TOKEN={{hex:40}}\n", &["names"]),
        ("ACME_API_KEY={{hex:32}}\n", &["length"]),
        ("ACME_API_KEY={{base62:40}}\n", &["alphabet"]),
        ("OTHER_TOKEN={{base62:32}}\n", &["context", "names", "length"]),
        ("ACME_API_KEY=a0a0a0a0a1b1b1b1b1a0a0a0a0a1b1b1b1b1a0a0\n", &["placeholder"]),
        ("ACME_API_KEY=changeme\n", &["value"]),
        ("ACME_PUBLIC_API_KEY={{hex:40}}\n", &["value"]),
    ] {
        let tried = tried("acme.api-key", &expand(template, template));
        assert_eq!(places(&tried).len(), 1, "{template}: {tried}");
        assert_eq!(failed(&places(&tried)[0]), stages, "{template}: {tried}");
        // What the rule does not know by its form may still be its provider's by name.
        let is_issued = list(&places(&tried)[0]["steps"]).iter().any(|step| step["stage"] == "issuer");
        assert_eq!(tried["found"], stages.is_empty() || is_issued, "{template}: {tried}");
    }
}

#[test]
fn a_token_rule_says_what_stands_behind_its_literal() {
    let tried_on = |template: &str| tried("github.personal-access-token", &expand(template, template));
    let found = tried_on("T={{github:ghp_}}\n");
    let stages: Vec<_> = list(&places(&found)[0]["steps"]).iter().map(|step| text(&step["stage"])).collect();
    assert_eq!(stages[..3], ["literal", "window", "pattern"], "{found}");
    assert!(stages.contains(&"check") && found["confidence"] == "high", "{found}");
    let short = tried_on("T=ghp_{{base62:12}}\"\n");
    let note = list(&places(&short)[0]["steps"]).iter().map(|step| text(&step["note"])).collect::<Vec<_>>().join("\n");
    assert_eq!(failed(&places(&short)[0]), ["pattern"], "{short}");
    assert!(note.contains("behind the literal: 12 bytes of ") && note.contains("then a quote"), "{note}");
    let none = tried_on("nothing here\n");
    assert!(places(&none).is_empty() && text(&none["texts"][0]["why_no_place"]).contains("`ghp_`"), "{none}");
}

#[test]
fn the_grammar_adds_its_points_up() {
    let password = tried("generic.password", &expand("db_password = \"{{base62:18}}\"\n", "points"));
    let notes: Vec<_> = list(&places(&password)[0]["steps"]).iter().map(|step| text(&step["note"])).collect();
    assert!(notes.iter().any(|note| note.contains("class Password")) && notes.iter().any(|note| note.contains("together ")), "{password}");
    let word = tried("generic.password", "password = \"changeme\"\n");
    assert_eq!(failed(&places(&word)[0]), ["value"], "{word}");
    let other = tried("generic.token", &expand("db_password = \"{{base62:18}}\"\n", "points"));
    assert_eq!(failed(&places(&other)[0]), ["class"], "{other}");
}

#[test]
fn another_rule_that_wins_is_named() {
    let token = tried("generic.token", &expand("token = \"{{github:ghp_}}\"\n", "winner"));
    let note =
        text(&list(&places(&token)[0]["steps"]).iter().find(|step| step["outcome"] == "failed").expect("because it is lost")["note"]);
    assert!(note.starts_with("`github.personal-access-token` has it"), "{token}");
}

#[test]
fn no_secret_is_shown_whether_found_or_not() {
    for (rule, template) in [
        ("acme.api-key", "ACME_API_KEY={{hex:40}}"),
        ("acme.api-key", "ACME_API_KEY={{hex:41}}"),
        ("acme.api-key", "OTHER={{hex:40}} key={{base62:30}}"),
        ("generic.password", "password={{base62:20}}"),
        ("generic.password", "{{base62:30}}_password={{base62:20}}"),
        ("github.personal-access-token", "T={{github:ghp_}}"),
        ("github.personal-access-token", "T=ghp_{{base62:50}}"),
        ("postgres.connection-uri", "postgres://app:{{base62:20}}@db/x"),
    ] {
        let folder = Folder::new();
        let content = expand(template, "hidden");
        let content = format!("{content}\ndata: {}\npassword: {}\n", base64(template), base64("{{base62:20}}"));
        folder.write("acme.yaml", ACME).write("a.env", &content);
        for flags in [&["--json"][..], &["--color", "always"]] {
            let said = folder.keysieve(["rules", "try", rule, "a.env", "--rules", "acme.yaml"].iter().chain(flags));
            // A rule of that name need not be there; nothing may be said in any case.
            let words: Vec<_> = content.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= 16).collect();
            for word in words {
                assert!(!said.stdout.contains(&word[5..13]) && !said.stderr.contains(&word[5..13]), "{template}: {said:?}");
            }
        }
    }
}

/// The notes of a place's steps of this stage.
fn notes<'v>(place: &'v Value, stage: &str) -> Vec<&'v str> {
    list(&place["steps"]).iter().filter(|step| step["stage"] == stage).map(|step| text(&step["note"])).collect()
}

fn base64(template: &str) -> String {
    data_encoding::BASE64.encode(expand(template, template).as_bytes())
}

#[test]
fn what_stands_encoded_is_tried_where_it_stands() {
    let content = format!("first line\ndata: {}\n", base64("export A={{github:ghp_}}\nexport B=ghp_{{base62:9}}\n"));
    let tried = tried("github.personal-access-token", &content);
    let [found, short] = places(&tried) else { panic!("{tried}") };
    assert_eq!((&found["line"], &found["confidence"]), (&2.into(), &"high".into()), "{tried}");
    assert!(text(&found["masked"]).starts_with("ghp_*") && found["decoded_via"] == serde_json::json!(["base64"]), "{tried}");
    assert_eq!(notes(found, "encoded"), ["found in base64"], "{tried}");
    assert!(failed(short) == ["pattern"] && short["line"] == 2 && short["confidence"].is_null(), "{tried}");
    // Read as it is written and as it is meant, but told once.
    let escaped = expand("{\"a\": \"x\\nA={{github:ghp_}}\\ny\\u0041\"}\n", "escapes");
    let told = self::tried("github.personal-access-token", &escaped);
    assert!(places(&told).len() == 1 && told["confidence"] == "high", "{told}");
}

#[test]
fn a_value_in_base64_is_tried_as_what_it_stands_for() {
    let secret = |value: &str| format!("kind: Config\nsettings:\n  password: {}\n", base64(value));
    let found = tried("generic.password", &secret("{{base62:18}}"));
    assert_eq!(notes(&places(&found)[0], "encoded").len(), 2, "{found}");
    assert_eq!(places(&found)[0]["decoded_via"], serde_json::json!(["base64"]), "{found}");
    let word = tried("generic.password", &secret("changeme"));
    assert_eq!(failed(&places(&word)[0]), ["value"], "{word}");
    let token = tried("generic.password", &secret("{{github:ghp_}}"));
    assert_eq!(failed(&places(&token)[0]), ["overlap"], "{token}");
    let acme = tried("acme.api-key", &format!("acme_api_key: {}\n", base64("{{hex:40}}")));
    assert!(acme["found"] == true && failed(&places(&acme)[0]).is_empty(), "{acme}");
}

#[test]
fn the_claims_of_a_jwt_are_told_to_be_such() {
    let claims = expand("iss=acme,password={{base62:16}}", "claims");
    let tried = tried("generic.password", &expand(&format!("T={{{{jwt:{claims}}}}}\n"), "jwt"));
    let claim = places(&tried).iter().find(|place| !list(&place["decoded_via"]).is_empty());
    assert_eq!(failed(claim.expect("because the claim is an assignment")), ["carrier"], "{tried}");
}

#[test]
fn every_way_to_a_secret_tells_its_steps() {
    let numbers = (0..32u32).map(|n| (n * 97 % 251).to_string()).collect::<Vec<_>>().join(", ");
    for (rule, content, stage) in [
        ("httpauth.bearer", expand("-H 'Authorization: Bearer {{base62:40}}'\n", "bearer"), "header"),
        ("codecov.upload-token", expand("# codecov\ncurl -H 'Authorization: Bearer {{uuid}}'\n", "named"), "context"),
        ("httpauth.user-option", expand("curl -u admin:{{base62:16}} https://acme.example/\n", "command"), "literal"),
        ("generic.key", format!("key = [{numbers}]\n"), "value"),
        ("acme.api-key", expand("ACME_TOKEN={{base62:33}}\n", "issuer"), "issuer"),
    ] {
        let tried = tried(rule, &content);
        let place = places(&tried).iter().find(|place| !place["confidence"].is_null());
        assert!(!notes(place.unwrap_or(&Value::Null), stage).is_empty(), "{rule}: {tried}");
    }
}

#[test]
fn what_another_rule_has_is_not_found_by_this_one() {
    let folder = Folder::new();
    folder.write("a.env", expand("token = \"{{github:ghp_}}\"\n", "lost"));
    let said = folder.keysieve(["rules", "try", "generic.token", "a.env"]).ends_with(0);
    assert!(said.stdout.ends_with("\nnot found by this rule: another one has what it would take\n"), "{said:?}");
}

#[test]
fn standard_input_is_tried_under_a_name() {
    let folder = Folder::new();
    let try_as = |path: &[&str]| {
        let mut command = keysieve_in(&folder.path);
        command.args(["rules", "try", "github.personal-access-token", "-"]).args(path);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("because the program was just built");
        let content = expand("T={{github:ghp_}}\n", "stdin");
        child.stdin.take().expect("because it is piped").write_all(content.as_bytes()).expect("because it is read");
        Said::from(child.wait_with_output().expect("because the program ends")).ends_with(0).stdout
    };
    assert!(
        try_as(&[]).starts_with("GitHub personal access token (classic) (github.personal-access-token) in <stdin>\n"),
        "{}",
        try_as(&[])
    );
    assert!(try_as(&["--path", "x.env"]).contains(" in x.env\n"));
    assert!(try_as(&[]).ends_with("\nfound at 1 of 1 place\n"));
}

#[test]
fn text_in_another_encoding_is_read() {
    let folder = Folder::new();
    let content = expand("T={{github:ghp_}}\n", "utf-16");
    let bytes: Vec<u8> = [0xfeff_u16].into_iter().chain(content.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    folder.write("a.txt", bytes);
    let said = folder.keysieve(["rules", "try", "github.personal-access-token", "a.txt"]).ends_with(0);
    assert!(said.stdout.contains("found at 1 of 1 place"), "{said:?}");
}

#[test]
fn many_places_are_told_in_few_lines() {
    let folder = Folder::new();
    let lines: String = (0..300).map(|n| expand(&format!("OTHER_{n}_KEY={{{{hex:40}}}}\n"), "many")).collect();
    folder.write("acme.yaml", ACME).write("a.env", lines);
    let said = folder.keysieve(["rules", "try", "acme.api-key", "a.env", "--rules", "acme.yaml"]).ends_with(0);
    assert!(said.stdout.lines().count() < 120, "{} lines", said.stdout.lines().count());
    assert!(said.stdout.ends_with("\nnot found\n"), "{said:?}");
}

#[test]
fn what_is_not_there_is_2() {
    let folder = Folder::new();
    for (id, hint) in [
        ("acme.no-such", "`keysieve rules list` shows all of them"),
        ("github.personal-acces-token", "did you mean `github.personal-access-token`?"),
        ("generic.what-is-this-called", "`keysieve rules list --provider generic` shows those of this provider"),
    ] {
        let said = folder.keysieve(["rules", "try", id, "a.env"]).ends_with(2);
        assert_eq!(said.stderr, format!("keysieve: there is no rule `{id}`; {hint}\n"));
    }
    let said = folder.keysieve(["rules", "try", "generic.password", "no/such"]).ends_with(2);
    assert!(said.stderr.starts_with("keysieve: cannot read no/such: "), "{said:?}");
}

#[test]
fn the_rule_of_the_guide_passes_the_check_and_finds_its_examples() {
    let guide = std::fs::read_to_string(crate::source_text::package().join("rules/README.md")).expect("because it is checked in");
    let (_, rest) = guide.split_once("```yaml\nprovider:").expect("because the guide has a whole file");
    let (file, _) = rest.split_once("```").expect("because the block ends");
    let folder = Folder::new();
    folder.write("acme.yaml", format!("provider:{file}")).write("a.py", expand("Acme(token=\"acme_{{base62:32}}\")\n", "guide"));
    assert_eq!(folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(0).stdout, "1 rules in 1 files are fine\n");
    let said = folder.keysieve(["rules", "try", "acme.api-token", "a.py", "--rules", "acme.yaml"]).ends_with(0);
    assert!(said.stdout.contains("found, high confidence: acme_"), "{said:?}");
    folder.scan(["a.py", "--rules", "acme.yaml"]).finds(&["a.py: acme.api-token"]);
}
