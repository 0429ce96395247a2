//! Which files are told by their names, their folders and a look at their content.

use crate::detect::prefilter::Workload;
use crate::detect::{Detector, Input};
use crate::finding::Confidence;
use crate::rules::RuleSet;
use crate::rules::example::expand;

fn found(path: &str, content: &str) -> Option<(String, Confidence)> {
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    let content = expand(content, path).expect("because the test writes sound templates");
    let found = detector.file(Input { bytes: content.as_bytes(), path: path.as_bytes() })?;
    Some((detector.rules().get(found.rule).rule.id.to_string(), found.confidence))
}

#[test]
fn names_and_folders_decide() {
    const SECRET: &str = "DB_PASSWORD={{base62:16}}\n";
    const KEY: &str = "{{pem:RSA PRIVATE KEY}}\n";
    const STORE: &str = "\0\u{1}store";
    const USERS: &str = "users:\n- user:\n    token: {{base62:40}}\n";
    for (path, content, expected) in [
        (".env", SECRET, "policy.env-file"),
        ("a/b/.ENV", SECRET, "policy.env-file"),
        (".env.production", SECRET, "policy.env-file"),
        ("prod.env", SECRET, "policy.env-file"),
        (".env.sample", SECRET, ""),
        (".env.local.example", SECRET, ""),
        (".env.dist", SECRET, ""),
        (".env.test", SECRET, ""),
        ("env", SECRET, ""),
        ("id_rsa", KEY, "policy.private-key-file"),
        ("deploy_rsa", KEY, "policy.private-key-file"),
        ("tls/x.KEY", KEY, "policy.private-key-file"),
        ("id_rsa.pub", KEY, ""),
        ("notes.txt", KEY, ""),
        ("x.jks", STORE, "policy.keystore"),
        ("debug.keystore", STORE, ""),
        ("my-truststore.p12", STORE, ""),
        ("x.jks", "text", ""),
        (".kube/config", USERS, "policy.kubeconfig"),
        ("home/.Kube/Config", USERS, "policy.kubeconfig"),
        ("x.kube/config", USERS, ""),
        (".kube/sub/config", USERS, ""),
        ("kubeconfig", USERS, "policy.kubeconfig"),
    ] {
        let expected = (!expected.is_empty()).then(|| expected.to_owned());
        assert_eq!(found(path, content).map(|(rule, _)| rule), expected, "{path}");
    }
}

#[test]
fn among_tests_and_examples_it_is_for_audits() {
    let content = "API_KEY={{hex:32}}\n";
    for (path, expected) in [
        ("src/test/resources/.env", Confidence::Low),
        ("spec/fixtures/prod.env", Confidence::Low),
        ("Examples/.env", Confidence::Low),
        ("load-tests/.env", Confidence::Low),
        ("contest/.env", Confidence::Medium),
        ("tests.env", Confidence::Medium),
    ] {
        assert_eq!(found(path, content).map(|(_, confidence)| confidence), Some(expected), "{path}");
    }
}

#[test]
fn an_environment_file_is_as_sure_as_its_values() {
    for (content, expected) in [
        ("", None),
        ("# API_KEY={{hex:32}}\n\n", None),
        ("API_KEY=\nDB_PASSWORD=\"\"\nTOKEN= # to be set\n", None),
        ("API_KEY=<key>\nDB_PASSWORD=${DB_PASSWORD}\nTOKEN=changeme\n", None),
        ("API_KEY=op://vault/item/key\nSECRET_KEY=encrypted:{{base64:60}}\n", None),
        ("NODE_ENV=production\nPORT=3000\n", Some(Confidence::Low)),
        ("TOKEN_TTL=3600\nPUBLIC_KEY={{hex:32}}\n", Some(Confidence::Low)),
        ("KEY_FILE=./tls/zurich.pem\n", Some(Confidence::Low)),
        ("PORT=3000\r\nexport API_KEY='{{hex:32}}'\r\n", Some(Confidence::Medium)),
        ("\u{feff}DB_PASSWORD={{base62:14}}", Some(Confidence::Medium)),
        ("MAIN_DB=mysql://app:{{base62:14}}@db/app\n", Some(Confidence::Medium)),
        ("MAIN_DB=mysql://app:password@db/app\n", None),
    ] {
        assert_eq!(found(".env", content).map(|(_, confidence)| confidence), expected, "{content}");
    }
}

#[test]
fn text_in_utf_16_is_read_and_says_nothing_of_the_content() {
    let detector = Detector::new(RuleSet::builtin(), Workload::Small);
    let password = expand("{{base62:16}}", "utf-16").expect("because the template is sound");
    let bytes: Vec<u8> = format!("\u{feff}DB_PASSWORD={password}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = detector.file(Input { bytes: &bytes, path: b".env" }).expect("because it is an environment file");
    assert_eq!(found.confidence, Confidence::Medium);
    assert!(found.evidence.iter().all(|reason| !reason.note.contains(&password)));
}
