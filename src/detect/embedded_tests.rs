//! A secret in any encoding, and in encodings of encodings, is found where it stands.

use std::fmt::Write as _;
use std::sync::LazyLock;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use proptest::prelude::*;

use super::*;
use crate::rules::example::expand;

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(RuleSet::builtin(), Workload::Large));

fn token(seed: &str) -> String {
    expand("{{github:ghp_}}", seed).expect("because the template is well formed")
}

/// One way of encoding: its name in reports, and what it makes of a text.
#[derive(Clone, Copy, Debug)]
struct Way {
    name: &'static str,
    variant: usize,
}

const NAMES: [&str; 5] = ["base64", "hex", "percent", "escapes", "entities"];

impl Way {
    fn encode(self, text: &str) -> String {
        match self.name {
            "base64" => self.base64(text.as_bytes()),
            "hex" if self.variant.is_multiple_of(2) => HEXLOWER.encode(text.as_bytes()),
            "hex" => HEXUPPER.encode(text.as_bytes()),
            _ => text.bytes().enumerate().fold(String::new(), |mut written, (at, byte)| {
                // All of it, or only what is no letter, and every eighth character.
                if self.variant.is_multiple_of(2) || !byte.is_ascii_alphanumeric() || at % 8 == 0 {
                    let _ = match (self.name, self.variant % 3) {
                        ("percent", 0) => write!(written, "%{byte:02x}"),
                        ("percent", _) => write!(written, "%{byte:02X}"),
                        ("escapes", 0) => write!(written, "\\x{byte:02x}"),
                        ("escapes", _) => write!(written, "\\u{byte:04X}"),
                        (_, 0) => write!(written, "&#{byte};"),
                        _ => write!(written, "&#x{byte:x};"),
                    };
                } else {
                    written.push(char::from(byte));
                }
                written
            }),
        }
    }

    fn base64(self, bytes: &[u8]) -> String {
        let flavors = [&BASE64, &BASE64_NOPAD, &BASE64URL, &BASE64URL_NOPAD];
        let written = flavors[self.variant % 4].encode(bytes);
        let (width, seam) = [(usize::MAX, ""), (64, "\n"), (76, "\r\n    "), (48, "\" +\n  \""), (64, "\\n")][self.variant % 5];
        let lines = written.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned());
        lines.collect::<Vec<_>>().join(seam)
    }
}

fn way() -> impl Strategy<Value = Way> {
    (prop::sample::select(&NAMES[..]), 0..60usize).prop_map(|(name, variant)| Way { name, variant })
}

const AROUND: [(&str, &str); 9] = [
    ("", ""),
    ("\"", "\""),
    ("a = '", "'\n"),
    ("k: ", "\n"),
    ("{\"x\":\"", "\"}"),
    ("<a>", "</a>"),
    ("f(\"", "\")"),
    ("x,", ",y"),
    ("\t", " "),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn a_token_is_found_through_every_encoding(
        levels in prop::collection::vec((way(), prop::sample::select(&AROUND[..])), 1..=3),
        outside in prop::sample::select(&AROUND[..]),
        noise in prop::collection::vec("[ -~\n]{0,40}", 2),
        seed in 0..1000u32,
    ) {
        let secret = token(&seed.to_string());
        let mut written = secret.clone();
        for (way, (before, behind)) in &levels {
            written = way.encode(&format!("{before}{written}{behind}"));
        }
        let before = format!("{}\n{}", noise[0], outside.0);
        let text = format!("{before}{written}{}\n{}", outside.1, noise[1]);
        let found = DETECTOR.scan(Input { bytes: text.as_bytes(), path: b"a.txt" });
        let found = found.iter().find(|found| found.secret_in(text.as_bytes()) == secret.as_bytes());
        let Some(found) = found else { return Err(TestCaseError::fail(format!("not found in {text}"))) };
        let place = ByteSpan::new(before.len(), before.len() + written.len());
        prop_assert!(place.contains(found.secret) && found.cover.contains(found.secret), "{:?} in {:?}: {}", found, place, text);
        let via = found.encoded.as_ref().map(|encoded| encoded.via.clone()).unwrap_or_default();
        let expected: Vec<_> = levels.iter().rev().map(|(way, _)| way.name).collect();
        prop_assert_eq!(via, expected, "{}", text);
    }
}

fn found(path: &str, text: &str) -> Vec<(String, String, Vec<&'static str>)> {
    let found = DETECTOR.scan(Input { bytes: text.as_bytes(), path: path.as_bytes() });
    found
        .iter()
        .filter(|found| found.confidence > Confidence::Low)
        .map(|found| {
            let id = DETECTOR.rules().get(found.rule).rule.id.to_string();
            let secret = String::from_utf8_lossy(found.secret_in(text.as_bytes())).into_owned();
            (id, secret, found.encoded.as_ref().map(|encoded| encoded.via.clone()).unwrap_or_default())
        })
        .collect()
}

/// A password that no list of words has, put together here so that a scan of this file finds none.
fn password() -> String {
    ["x7Kp", "2mQ9", "zRt4"].concat()
}

#[test]
fn a_value_in_base64_is_judged_by_what_it_stands_for() {
    let secret = |value: &str| format!("apiVersion: v1\nkind: Secret\ndata:\n  password: {value}\n  username: YWRtaW4=\n");
    for word in ["password", "changeme", "admin", "${PASSWORD}", "https://example.com/x"] {
        assert_eq!(found("a.yaml", &secret(&BASE64.encode(word.as_bytes()))), [], "{word}");
    }
    for end in ["", "\n"] {
        let text = secret(&BASE64.encode(format!("{}{end}", password()).as_bytes()));
        assert_eq!(found("a.yaml", &text), [("kubernetes.secret-manifest".to_owned(), password(), vec!["base64"])], "{text}");
    }
}

#[test]
fn values_in_pieces_and_with_escapes_are_read() {
    let half = password().len() / 2;
    let (one, two) = (&password()[..half], &password()[half..]);
    for (text, via) in [
        (format!("db_password = \"{one}\" + \"{two}\";\n"), "literals"),
        (format!("$db_password = '{one}' . '{two}';\n"), "literals"),
        (format!("char *db_password = \"{one}\"\n               \"{two}\";\n"), "literals"),
        (format!("{{\"db_password\": \"{one}\\u0026{two}\"}}\n"), "escapes"),
        (format!("<db_password>{one}&amp;{two}</db_password>\n"), "entities"),
    ] {
        let expected = if via == "literals" { password() } else { format!("{one}&{two}") };
        assert_eq!(found("a.py", &text), [("generic.password".to_owned(), expected, vec![via])], "{text}");
    }
}

#[test]
fn tokens_in_pieces_are_joined() {
    let token = token("pieces");
    for at in [8, 20, 30] {
        let (one, two) = token.split_at(at);
        for text in [
            format!("x = \"{one}\" + \"{two}\";\n"),
            format!("x = '{one}'\n    '{two}'\n"),
            format!("x = '{one}' .\n  '{two}'\n"),
            format!("x = \"{one}\\\n{two}\"\n"),
        ] {
            let expected = ("github.personal-access-token".to_owned(), token.clone(), vec!["literals"]);
            assert_eq!(found("a.php", &text), [expected], "{text}");
        }
    }
}

#[test]
fn an_environment_file_in_base64_is_read() {
    let lines = format!("DB_HOST=db\nDB_PASSWORD={}\nGH_TOKEN={}\n", password(), token("env"));
    let text = format!("config: {}\n", BASE64.encode(lines.as_bytes()));
    let rules: Vec<_> = found("a.yaml", &text).into_iter().map(|(rule, _, via)| (rule, via)).collect();
    let expected = [("generic.password".to_owned(), vec!["base64"]), ("github.personal-access-token".to_owned(), vec!["base64"])];
    assert_eq!(rules, expected);
}

#[test]
fn the_parts_of_a_jwt_are_no_credentials() {
    let claims = format!(r#"{{"iss":"https://a.example","nonce":"{0}","auth_token":"{0}","password":"{0}"}}"#, password());
    let parts = [r#"{"alg":"HS256","typ":"JWT"}"#.as_bytes(), claims.as_bytes(), &[7; 32]].map(|part| BASE64URL_NOPAD.encode(part));
    let rules: Vec<_> = found("a.txt", &format!("x = {}\n", parts.join("."))).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["jwt.token"]);
    let uri = format!("url(data:application/json;base64,{})\n", BASE64.encode(claims.as_bytes()));
    assert_eq!(found("a.css", &uri), []);
    let header = format!(r#"{{"alg":"RS256","nonce":"{}","url":"https://a.example/x"}}"#, password());
    let flattened = format!(r#"{{"protected":"{}","payload":"e30"}}"#, BASE64URL_NOPAD.encode(header.as_bytes()));
    assert_eq!(found("a.json", &flattened), []);
}

#[test]
fn a_limit_is_told() {
    let mut text = token("deep");
    for _ in 0..embedded::DEEPEST {
        text = BASE64.encode(text.as_bytes());
    }
    let scan = |text: &str| DETECTOR.scan_up_to(Input { bytes: text.as_bytes(), path: b"" }, 10);
    assert!(!scan(&text).limited && scan(&text).list.len() == 1);
    let deeper = BASE64.encode(text.as_bytes());
    assert!(scan(&deeper).limited && scan(&deeper).list.is_empty());
}
