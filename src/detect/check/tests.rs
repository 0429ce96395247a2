//! Laws that hold for every check, and each check against the examples that rule authors write.

use proptest::prelude::*;

use super::*;
use crate::rules::example::expand;

fn run(name: &str, secret: &[u8]) -> Checked {
    (find(name).expect(name).run)(secret)
}

#[test]
fn checks_are_sorted_by_name_and_found_by_it() {
    assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
    for check in ALL {
        assert_eq!(find(check.name).map(|found| found.summary), Some(check.summary));
    }
    assert!(find("no-such-check").is_none());
}

/// A check, a template of what it accepts, and how many bytes its checksum does not cover, if it has one.
const ACCEPTED: [(&str, &str, Option<usize>); 39] = [
    ("age", "{{age}}", Some(0)),
    ("atlassian", "{{atlassian:ATATT3}}", Some(0)),
    ("atlassian", "{{atlassian:ATCTT3}}", Some(0)),
    ("aws-access-key-id", "{{aws-key-id:AKIA}}", None),
    ("aws-access-key-id", "{{aws-key-id:ASIA}}", None),
    ("azure-sas", "sv=2022-11-02&ss=b&sp=r&se=2030-01-01T00:00:00Z&sig={{base64:43}}%3D", None),
    ("discord-bot", "{{discord}}", None),
    ("gcp-service-account", SERVICE_ACCOUNT, None),
    ("github", "{{github:ghp_}}", Some(4)),
    ("github", "{{github:gho_}}", Some(4)),
    ("github", "{{github:ghu_}}", Some(4)),
    ("github", "{{github:ghs_}}", Some(4)),
    ("github", "{{github:ghr_}}", Some(4)),
    ("gitlab-routable", "{{gitlab-routable:glpat-}}", Some(0)),
    ("gitlab-routable", "{{gitlab-routable:glrt-t1_}}", Some(0)),
    ("grafana", "{{grafana}}", Some(0)),
    ("json-payload", "ops_{{json-b64:email=a@b.example}}", None),
    ("json-payload", "glc_{{json-b64:o=12,n=name}}", None),
    ("json-payload", "sntrys_{{json-b64:iat=1700000000,url=https://sentry.example,org=acme}}_{{base64url:43}}", None),
    ("jwt", "{{jwt}}", None),
    ("jwt", "{{jwt:iss=supabase,role=service_role}}", None),
    ("nkey", "{{nkey}}", Some(0)),
    ("npm", "{{npm}}", Some(0)),
    ("onepassword", "{{onepassword}}", None),
    ("pem", "{{pem:RSA PRIVATE KEY}}", None),
    ("pem", "{{pem:DSA PRIVATE KEY}}", None),
    ("pem", "{{pem:EC PRIVATE KEY}}", None),
    ("pem", "{{pem:PRIVATE KEY}}", None),
    ("pem", "{{pem:ENCRYPTED PRIVATE KEY}}", None),
    ("pem", "{{pem:OPENSSH PRIVATE KEY}}", None),
    ("pem", "{{pem-escaped:RSA PRIVATE KEY}}", None),
    ("pem", "{{pem-escaped:PRIVATE KEY}}", None),
    ("pem", "{{pem-escaped:OPENSSH PRIVATE KEY}}", None),
    ("pem", "{{pgp-private}}", None),
    ("pypi", "{{pypi}}", None),
    ("tink", "{{tink}}", None),
    ("tink", "{{tink:keyset}}", None),
    ("slack", "xoxb-{{digits:12}}-{{digits:13}}-{{base62:24}}", None),
    ("slack", "xapp-1-A{{BASE36:10}}-{{digits:13}}-{{hex:64}}", None),
];

const SERVICE_ACCOUNT: &str = r#"{"type": "service_account", "project_id": "acme", "private_key_id": "{{hex:40}}",
    "private_key": "{{pem-escaped:PRIVATE KEY}}\n", "client_email": "ci@acme.iam.gserviceaccount.com"}"#;

#[test]
fn generated_examples_are_valid() {
    for (name, template, _) in ACCEPTED {
        for seed in 0..32 {
            let secret = expand(template, &seed.to_string()).expect(template);
            let checked = run(name, secret.as_bytes());
            assert_eq!(checked.verdict, Verdict::Valid, "{name}: {secret}");
            assert!(checked.evidence.iter().all(|evidence| evidence.supports), "{name}: {:?}", checked.evidence);
            assert!(!checked.evidence.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_check_that_can_prove_something_is_shown_an_example() {
    let without = |check: &&Check| {
        !["base64-value", "crypt", "live-or-test"].contains(&check.name) && !ACCEPTED.iter().any(|(name, ..)| *name == check.name)
    };
    assert_eq!(ALL.iter().filter(without).map(|check| check.name).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_value_in_base64_is_what_it_stands_for() {
    let run = |text: &str| run("base64-value", data_encoding::BASE64.encode(text.as_bytes()).as_bytes());
    for word in ["password", "${PASSWORD}", "https://example.com/x", "production"] {
        assert_eq!(run(word).verdict, Verdict::Malformed, "{word}");
    }
    for chosen in ["x7Kp2mQ9zRt4", "user = admin\nport = 5432\n"] {
        let checked = run(chosen);
        assert_eq!(checked.verdict, Verdict::Neutral);
        assert_eq!(checked.stands_for, Some(("base64", chosen.trim_end().as_bytes().to_vec())));
    }
}

/// A place in `length` bytes, chosen by any number.
fn place(number: usize, length: usize) -> usize {
    number % length.max(1)
}

proptest! {
    #[test]
    fn no_check_panics_on_arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for check in ALL {
            (check.run)(&bytes);
        }
    }

    #[test]
    fn no_check_panics_on_a_damaged_token(
        example in 0..ACCEPTED.len(),
        at in any::<usize>(),
        length in 0usize..40,
        inserted in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let text = expand(ACCEPTED[example].1, "seed").expect("because the template is well formed").into_bytes();
        let start = place(at, text.len());
        let rest = &text[(start + length).min(text.len())..];
        let damaged = [&text[..start], &inserted, rest].concat();
        for check in ALL {
            (check.run)(&damaged);
            (check.run)(&damaged[..start]);
        }
    }

    #[test]
    fn a_changed_character_breaks_the_checksum(seed in any::<u64>(), at in any::<usize>(), change in any::<usize>()) {
        const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_=.+/";
        for (name, template, uncovered) in ACCEPTED {
            let Some(uncovered) = uncovered else { continue };
            let mut secret = expand(template, &seed.to_string()).expect(template).into_bytes();
            let place = uncovered + place(at, secret.len() - uncovered);
            let character = CHARACTERS[change % CHARACTERS.len()];
            prop_assume!(secret[place] != character);
            secret[place] = character;
            prop_assert_ne!(run(name, &secret).verdict, Verdict::Valid, "{}: {}", name, String::from_utf8_lossy(&secret));
        }
    }
}

#[test]
fn a_wrong_checksum_leaves_a_trace() {
    for (name, template, uncovered) in ACCEPTED {
        if uncovered.is_none() {
            continue;
        }
        let mut secret = expand(template, "seed").expect(template).into_bytes();
        let last = secret.last_mut().expect("because it is not empty");
        *last = if *last == b'2' { b'3' } else { b'2' };
        let checked = run(name, &secret);
        assert_eq!(checked.verdict, Verdict::ChecksumFailed, "{name}");
        assert!(checked.evidence.iter().any(|evidence| !evidence.supports && evidence.note == "checksum wrong"), "{name}");
    }
}

#[test]
fn other_lengths_of_github_and_npm_tokens_say_nothing() {
    for (name, token) in [("github", "ghp_abc"), ("github", "ghs_12345_abc"), ("npm", "npm_"), ("npm", "npm_abcdef")] {
        assert_eq!(run(name, token.as_bytes()).verdict, Verdict::Neutral, "{token}");
    }
    for (name, token) in [("github", "glpat-"), ("github", ""), ("npm", "ghp_"), ("npm", "np")] {
        assert_eq!(run(name, token.as_bytes()).verdict, Verdict::Malformed, "{token}");
    }
}

#[test]
fn a_service_account_is_read_in_every_notation() {
    let json = expand(SERVICE_ACCOUNT, "seed").expect("because the template is well formed");
    let inside_a_string = json.replace('\\', "\\\\").replace('"', "\\\"");
    let literal = json.replace('"', "'");
    let hash = json.replace("\":", "\" =>");
    for text in [&json, &inside_a_string, &literal, &hash] {
        let checked = run("gcp-service-account", text.as_bytes());
        assert_eq!(checked.verdict, Verdict::Valid, "{text}");
        assert_eq!(checked.identity.get("project_id"), Some("acme"), "{text}");
        assert_eq!(checked.identity.get("email"), Some("ci@acme.iam.gserviceaccount.com"), "{text}");
        assert_eq!(checked.identity.get("key_id").map(str::len), Some(40), "{text}");
    }
}

#[test]
fn half_a_service_account_is_none() {
    let json = expand(SERVICE_ACCOUNT, "seed").expect("because the template is well formed");
    for (part, by) in
        [("service_account", "authorized_user"), ("project_id", "project"), ("private_key_id", "id"), ("client_email", "mail")]
    {
        assert_eq!(run("gcp-service-account", json.replace(part, by).as_bytes()).verdict, Verdict::Malformed, "{part}");
    }
    let stub = r#"{"type": "service_account", "project_id": "acme", "private_key_id": "x", "client_email": "x@y",
        "private_key": "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n"}"#;
    assert_eq!(run("gcp-service-account", stub.as_bytes()).verdict, Verdict::Malformed);
}
