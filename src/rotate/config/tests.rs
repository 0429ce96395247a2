use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::*;
use crate::rotate::format::Format;

fn parsed(text: &str) -> Result<RotationConfig, String> {
    read("rotation.yaml", Path::new("/home/ann/.config/keysieve"), text.as_bytes()).map_err(|error| error.to_string())
}

/// The configuration of one target with these further lines.
fn target(lines: &str) -> Result<Target, String> {
    let text = format!(
        "targets:\n- name: t\n  url: https://hooks.example.org/a\n  format: keysieve\n  signing_keys: [{{env: HOOK_KEY}}]\n{lines}"
    );
    parsed(&text).map(|mut config| config.targets.remove(0))
}

#[track_caller]
fn refused(result: Result<impl std::fmt::Debug, String>, says: &[&str]) {
    let said = result.expect_err("because it is wrong");
    assert!(says.iter().all(|text| said.contains(text)), "{says:?} is not in: {said}");
}

#[test]
fn the_example_is_fine() {
    let config = parsed(EXAMPLE).expect("because it is an example");
    assert_eq!(config.targets.iter().map(|target| target.name.as_str()).collect::<Vec<_>>(), ["rotation-service", "local", "chat"]);
    assert_eq!((config.deadline(Severity::Critical), config.deadline(Severity::Low)), (4 * 3_600, 30 * 86_400));
    let whole = EXAMPLE.replace("  # - name: ", "  - name: ").replace("  #   ", "    ");
    let whole = whole.replace("age1…", &age::x25519::Identity::generate().to_public().to_string());
    let config = parsed(&whole).expect("because the rest is one, too");
    let internal = config.target("internal").expect("because it is there");
    assert!(internal.allow_private && internal.require_approval == Approval::Owner && internal.headers[0].0 == "authorization");
    for (name, rule, word) in [
        ("revocation", "gitlab.personal-access-token", "gitleaks_rule_id_gitlab_personal_access_token"),
        ("issuer", "github.personal-access-token", "github_personal_access_token"),
    ] {
        let target = config.target(name).expect("because it is there");
        assert!(target.takes_plain_secrets() && target.types.of(rule) == word, "{target:?}");
    }
    assert_eq!(internal.ca_file, Some(PathBuf::from("/home/ann/.config/keysieve/keys/internal-ca.pem")));
}

#[test]
fn the_shortest_configuration_is_enough() {
    let text = "targets: [{name: test, url: \"http://127.0.0.1:8080/hook\", format: keysieve, signing_keys: [{env: HOOK_KEY}]}]";
    let config = parsed(text).expect("because it is fine");
    assert_eq!((config.targets[0].format, config.targets[0].timeout_seconds, config.source), (Format::Keysieve, 20, None));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_nearest_word() {
    refused(parsed(""), &["no `targets`", "config example"]);
    refused(parsed("- a"), &["rotation.yaml:1:1", "not a list"]);
    refused(parsed("target: []"), &["rotation.yaml:1:1: unknown key `target`", "did you mean `targets`?"]);
    refused(parsed("targets: ["), &["rotation.yaml:", "no YAML"]);
    refused(parsed("targets: []"), &["no `targets`"]);
    refused(parsed("targets:\n- name: t\n"), &["rotation.yaml:2:3", "needs `name`, `url` and `format`"]);
    refused(target("  fromat: slack"), &["rotation.yaml:6:3", "did you mean `format`?"]);
    refused(
        parsed("targets:\n- {name: t, url: 'https://a.example', format: slak}"),
        &["rotation.yaml:2:47", "there is no `slak`", "did you mean `slack`?"],
    );
    refused(target("  rate_limit: fast"), &["rotation.yaml:6:15", "10/s"]);
    refused(target("  timeout: 1h"), &["at most `2m`"]);
    refused(target("  parallel: 0"), &["from 1 to 16"]);
    refused(target("  allow_private: maybe"), &["`true` or `false`"]);
    refused(target("  include_secret: plan"), &["there is no `plan`", "did you mean `plain`?"]);
    refused(target("  include_secret: yes please"), &["there is no `yes please`", "never"]);
    refused(target("  select: {min_severity: hgh}"), &["did you mean `high`?"]);
    refused(target("  select: {rules: aws}"), &["takes a list"]);
    refused(target("  select: {rules: ['[']}"), &["this is no pattern"]);
    refused(target("  client_certificate: {key: a}"), &["needs `certificate` and `key`"]);
    refused(parsed("deadlines: {high: soon}\ntargets: []"), &["rotation.yaml:1:19", "`4h` or `7d`"]);
    let two = "targets:\n- &a {name: t}\n";
    refused(parsed(two), &["anchors"]);
    let same = "{name: t, url: 'https://a.example', format: slack}";
    refused(parsed(&format!("targets: [{same}, {same}]")), &["another target is called `t`"]);
}

#[test]
fn plain_http_goes_to_this_machine_alone() {
    for url in ["http://example.org/hook", "http://10.0.0.1", "http://127.0.0.1.nip.example/", "http://0.0.0.0/"] {
        refused(
            parsed(&format!("targets: [{{name: t, url: '{url}', format: slack}}]")),
            &["rotation.yaml:1:26", "plain http to another machine"],
        );
    }
    for url in ["http://127.0.0.1:1/", "http://localhost:8080", "http://[::1]:9/x"] {
        assert!(parsed(&format!("targets: [{{name: t, url: '{url}', format: slack}}]")).is_ok(), "{url}");
    }
}

#[test]
fn a_secret_in_the_file_is_refused_with_the_way_to_name_it_and_is_not_repeated() {
    let key = ["whsec", "_", &"c2Vj".repeat(8)].concat();
    let long = "a1B2".repeat(8);
    for (lines, says) in [
        (format!("  headers: {{Authorization: 'Bearer {long}'}}"), "is a secret by its name"),
        ("  headers: {X-Api-Key: hunter2}".to_owned(), "is a secret by its name"),
        (format!("  headers: {{X-Trace: {long}}}"), "seems to be a secret"),
        (format!("  headers: {{X-Own: {{env: {long}}}}}"), "is no name of an environment variable"),
    ] {
        let said = target(&lines).expect_err("because it is a secret");
        assert!(said.contains(says) && !said.contains(&long) && !said.contains("hunter2"), "{says}: {said}");
    }
    let with = |keys: &str, url: &str| parsed(&format!("targets: [{{name: t, url: '{url}', format: keysieve, signing_keys: [{keys}]}}]"));
    let said = with(&key, "https://a.example").expect_err("because it is a secret");
    assert!(said.contains("{env: NAME}") && said.contains("{file: PATH}") && !said.contains(&key), "{said}");
    refused(with("{env: A, file: b}", "https://a.example"), &["both a variable and a file"]);
    refused(with("{}", "https://a.example"), &["neither a variable nor a file"]);
    refused(with("{env: A}", "https://hooks.slack.com/services/x"), &["is a secret itself", "{env: NAME}"]);
    refused(with("{env: A}", &["https://user:", "hunter2@a.example/"].concat()), &["user name or password"]);
    refused(parsed("targets: [{name: t, url: 'https://a.example', format: keysieve}]"), &["has no `signing_keys`"]);
}

#[test]
fn headers_that_the_delivery_writes_cannot_be_set() {
    for name in ["Host", "Content-Length", "webhook-signature", "a b", "é", ""] {
        assert!(target(&format!("  headers: {{'{name}': x}}")).is_err(), "{name}");
    }
    assert!(target("  headers: {X-Team: payments}").is_ok());
}

#[test]
fn values_come_from_the_environment_or_a_file() {
    let folder = tempfile::tempdir().expect("because the temporary folder can be written");
    let path = folder.path().join("key");
    std::fs::write(&path, "  from file\n").expect("because it can be written");
    let lookup = |name: &str| (name == "KEY").then(|| OsString::from("from environment")).or_else(|| (name == "EMPTY").then(OsString::new));
    let variable = |name: &str| Reference::Variable { name: name.to_owned(), prefix: "Bearer ".to_owned() };
    assert_eq!(variable("KEY").value(&lookup).as_deref().map(String::as_str), Ok("Bearer from environment"));
    assert_eq!(Reference::File { path, prefix: String::new() }.value(&lookup).as_deref().map(String::as_str), Ok("from file"));
    assert!(variable("EMPTY").value(&lookup).is_err_and(|why| why.contains("environment variable EMPTY is empty")));
    assert!(variable("OTHER").value(&lookup).is_err_and(|why| why.contains("OTHER is not set")));
    let missing = Reference::File { path: folder.path().join("none"), prefix: String::new() };
    assert!(missing.value(&lookup).is_err_and(|why| why.contains("there is no file")));
}

#[test]
fn all_conditions_have_to_hold() {
    let mut identity = crate::finding::Identity::default();
    identity.insert("account_id", "1234");
    identity.insert("mode", "live");
    let takes = |lines: &str, path: &str| {
        let select = target(&format!("  select: {{{lines}}}")).expect("because it is fine").select;
        let asked =
            Asked { rule: "aws.access-key", severity: Severity::High, confidence: crate::finding::Confidence::Medium, identity: &identity };
        select.takes(asked, [path, "README"].map(std::borrow::Cow::from).into_iter())
    };
    for lines in [
        "",
        "rules: ['aws.*']",
        "rules: [x, aws.access-key]",
        "min_severity: high",
        "min_confidence: medium",
        "paths: [deploy/]",
        "paths: ['**/*.py']",
        "environments: [live]",
        "identity: {account_id: ['12*']}",
    ] {
        assert!(takes(lines, "deploy/a/b.py"), "{lines}");
    }
    for lines in [
        "rules: ['github.*']",
        "rules: []",
        "min_severity: critical",
        "min_confidence: high",
        "paths: ['*.py']",
        "paths: [docs/]",
        "environments: [test]",
        "identity: {account_id: ['9*']}",
        "identity: {email: ['*']}",
        "rules: ['aws.*'], min_severity: critical",
    ] {
        assert!(!takes(lines, "deploy/a/b.py"), "{lines}");
    }
}

/// The configuration of one target of this format that may have secrets, with these further keys.
fn special(format: &str, more: &str) -> Result<Target, String> {
    let text = format!("targets: [{{name: t, url: 'https://a.example', format: {format}, include_secret: plain, {more}}}]");
    parsed(&text).map(|mut config| config.targets.remove(0))
}

#[test]
fn formats_that_send_the_secret_say_what_they_lack() {
    let header = "headers: {Authorization: {env: TOKEN, prefix: 'Bearer '}}";
    assert!(special("gitlab-revoke-tokens", header).is_ok_and(|target| target.takes_plain_secrets() && target.signing_keys.is_empty()));
    assert!(special("github-partner", "signing_keys: [{file: a.pem}, {env: OLD}]").is_ok());
    refused(special("gitlab-revoke-tokens", "parallel: 1"), &["no header `Authorization`", "prefix: \"Bearer \""]);
    refused(special("github-partner", "parallel: 1"), &["has no `signing_keys`", "openssl genpkey", "P-256"]);
    refused(special("github-partner", "headers: {Github-Public-Key-Signature: x}"), &["is written by keysieve itself"]);
    for (format, more) in [("gitlab-revoke-tokens", header), ("github-partner", "signing_keys: [{env: KEY}]")] {
        let text = format!("targets: [{{name: t, url: 'https://a.example', format: {format}, {more}}}]");
        refused(parsed(&text), &["sends the secret itself", "`t`", "write `include_secret: plain`"]);
        let never = text.replace("name: t", "name: t, include_secret: never");
        refused(parsed(&never), &["write `include_secret: plain`"]);
    }
    let query =
        format!("targets: [{{name: t, url: 'https://a.example/?a=b', format: gitlab-revoke-tokens, include_secret: plain, {header}}}]");
    refused(parsed(&query), &["has a query", "before `/v1/revoke_tokens`"]);
}

#[test]
fn types_are_words_for_rules_that_there_are() {
    let types = |map: &str| special("github-partner", &format!("signing_keys: [{{env: KEY}}], types: {map}"));
    let own = types("{github.personal-access-token: a b, acme.api-key: 1}").expect("because it is fine").types;
    assert_eq!((own.of("github.personal-access-token"), own.of("acme.api-key"), own.of("aws.x")), ("a b", "1", "aws.x"));
    refused(types("{github.personal-acess-token: a}"), &["there is no rule", "did you mean `github.personal-access-token`?"]);
    refused(types("{gihub.personal-acess-token: a}"), &["did you mean `github.personal-access-token`?"]);
    refused(types("{github.nothing-like-this-at-all: a}"), &["there is no rule", "keysieve rules list --provider github"]);
    refused(types("{acme: a}"), &["there is no rule `acme`", "keysieve rules list"]);
    refused(types("[a]"), &["`types` is a map"]);
    refused(types("{acme.api-key: [a]}"), &["takes a text"]);
    refused(types(&format!("{{acme.api-key: '{}'}}", "a ".repeat(101))), &["at most 200 characters"]);
    refused(target("  types: {acme.api-key: a}"), &["the format `keysieve` does not take `types`"]);
}

#[test]
fn nothing_panics() {
    for text in [
        "\u{0}",
        "targets: [[[]]]",
        "targets: {a: b}",
        "targets: [1, a, null]",
        "targets: [{url: []}]",
        "targets: [{headers: []}]",
        "source: [a]\n",
    ] {
        assert!(parsed(text).is_err(), "{text}");
    }
    assert!(read("x", Path::new("."), &[0xff, 0xfe]).is_err());
}
