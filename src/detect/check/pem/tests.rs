use super::*;
use crate::detect::check::Verdict;
use crate::rules::example::expand;

fn block(label: &str) -> String {
    let template = if label == "PGP" { "{{pgp-private}}".to_owned() } else { format!("{{{{pem:{label}}}}}") };
    expand(&template, "seed").expect("because the type is known")
}

const LABELS: [&str; 7] =
    ["RSA PRIVATE KEY", "DSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP"];

#[test]
fn the_structure_tells_type_and_encryption() {
    for (label, key_type, encrypted) in [
        ("RSA PRIVATE KEY", Some("rsa"), "false"),
        ("DSA PRIVATE KEY", Some("dsa"), "false"),
        ("EC PRIVATE KEY", Some("ec"), "false"),
        ("PRIVATE KEY", Some("rsa"), "false"),
        ("ENCRYPTED PRIVATE KEY", None, "true"),
        ("OPENSSH PRIVATE KEY", Some("ed25519"), "false"),
        ("PGP", Some("rsa"), "false"),
    ] {
        let checked = run(block(label).as_bytes());
        assert_eq!(checked.verdict, Verdict::Valid, "{label}");
        assert_eq!(checked.identity.get("key_type"), key_type, "{label}");
        assert_eq!(checked.identity.get("encrypted"), Some(encrypted), "{label}");
    }
}

#[test]
fn keys_that_hold_their_public_half_have_its_fingerprint() {
    for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let checked = run(block(label).as_bytes());
        assert_eq!(checked.identity.get("key_fingerprint").map(str::len), Some("SHA256:".len() + 43), "{label}");
    }
    for label in ["DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
        assert_eq!(run(block(label).as_bytes()).identity.get("key_fingerprint"), None, "{label}");
    }
}

#[test]
fn openssh_and_pgp_blocks_name_their_owner() {
    let openssh = run(block("OPENSSH PRIVATE KEY").as_bytes());
    assert_eq!(openssh.identity.get("comment"), Some("user@host"));
    assert_eq!(openssh.identity.get("key_fingerprint").map(str::len), Some("SHA256:".len() + 43));
    assert_eq!(run(block("PGP").as_bytes()).identity.get("owner"), Some("user <user@host>"));
}

#[test]
fn every_way_to_write_a_block_down_is_read() {
    type Dress = fn(&str) -> String;
    fn each(text: &str, head: &str, tail: &str) -> String {
        text.lines().map(|line| format!("{head}{line}{tail}")).collect::<Vec<_>>().join("\n")
    }
    let ways: [(&str, Dress); 19] = [
        ("carriage returns", |text| each(text, "", "\r")),
        ("escaped line feeds", |text| text.replace('\n', "\\n")),
        ("escaped carriage returns", |text| text.replace('\n', "\\r\\n")),
        ("escapes inside a string", |text| text.replace('\n', "\\\\n")),
        ("hex escapes", |text| text.replace('\n', "\\x0a")),
        ("escaped by PHP and Gson", |text| text.replace('/', "\\/").replace('=', "\\u003d").replace('\n', "\\n")),
        ("indentation", |text| each(text, "    \t", "  ")),
        ("line continuations", |text| each(text, "", "\\n\\")),
        ("spaces for line feeds", |text| text.replace('\n', " ")),
        ("strings joined by signs", |text| each(text, "    \"", "\\n\" +")),
        ("strings joined by signs before", |text| each(text, "  + '", "\\n'")),
        ("strings joined by dots", |text| each(text, "  . '", "' . \"\\n\"")),
        ("strings joined in one line", |text| text.replace('\n', "\\n\" + \"")),
        ("strings in a list", |text| each(text, "  \"", "\",")),
        ("Visual Basic", |text| each(text, "  \"", "\" & vbCrLf & _")),
        ("appended strings", |text| each(text, "  key += \"", "\\n\";")),
        ("comments", |text| each(text, "// ", "")),
        ("added in a diff", |text| each(text, "+", "")),
        ("removed in a diff", |text| each(text, "-", "")),
    ];
    for label in LABELS {
        for (way, dress) in ways {
            // Headers of OpenPGP need their empty line, and its checksum a line of its own.
            if label == "PGP" && way == "spaces for line feeds" {
                continue;
            }
            let text = dress(&block(label));
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Valid, "{label}, {way}:\n{text}");
        }
    }
}

#[test]
fn more_marks_at_the_line_are_left_out() {
    for head in ["# ", " * ", "> ", "| ", "-- ", "; "] {
        let text: String = block("EC PRIVATE KEY").lines().map(|line| format!("{head}{line}\n")).collect();
        assert_eq!(run(text.as_bytes()).verdict, Verdict::Valid, "{text}");
    }
    for head in ["#6 0.245 ", "2026-04-26 12:36:01 ", "app-1  | "] {
        let text = block("RSA PRIVATE KEY").replace('\n', &format!("\n{head}"));
        assert_eq!(run(text.as_bytes()).verdict, Verdict::Valid, "{text}");
        assert_eq!(run(text.replace('\n', "\\r\\n").as_bytes()).verdict, Verdict::Valid, "{text}");
    }
    let entities = block("EC PRIVATE KEY").replace('\n', "&#xA;");
    assert_eq!(run(entities.as_bytes()).verdict, Verdict::Valid);
}

#[test]
fn the_body_decides_whatever_the_label_says() {
    let pkcs8 = block("PRIVATE KEY").replace(" PRIVATE KEY", " RSA PRIVATE KEY");
    assert_eq!(run(pkcs8.as_bytes()).verdict, Verdict::Valid);
    let openssh = block("OPENSSH PRIVATE KEY").replace("OPENSSH", "RSA");
    assert_eq!(run(openssh.as_bytes()).identity.get("key_type"), Some("ed25519"));
}

#[test]
fn the_older_encryption_is_known_by_its_headers() {
    let body = data_encoding::BASE64.encode(&[0xA7; 608]);
    let head = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n";
    let text = format!("-----BEGIN RSA PRIVATE KEY-----\n{head}{body}\n-----END RSA PRIVATE KEY-----");
    for text in [text.clone(), text.replace('\n', "\\n"), text.replace('\n', " "), text.replace(": ", ":")] {
        let checked = run(text.as_bytes());
        assert_eq!(checked.verdict, Verdict::Valid, "{text}");
        assert_eq!(checked.identity.get("encrypted"), Some("true"), "{text}");
        assert_eq!(checked.identity.get("key_type"), Some("rsa"), "{text}");
    }
    assert_eq!(run(text.replace(&body, "AAAA").as_bytes()).verdict, Verdict::Malformed);
}

#[test]
fn a_cut_block_is_no_key() {
    for label in LABELS {
        let text = block(label);
        let lines: Vec<&str> = text.lines().collect();
        let without_one = [&lines[..2], &lines[3..]].concat().join("\n");
        assert_ne!(run(without_one.as_bytes()).verdict, Verdict::Valid, "{label}");
        let without_end = lines[..lines.len() - 1].join("\n");
        assert_eq!(run(without_end.as_bytes()).verdict, Verdict::Malformed, "{label}");
    }
}

#[test]
fn documentation_stubs_and_public_keys_are_no_keys() {
    for body in ["", "...", "\n...\n", "\\n...\\n", "<your key>", "MIIEpAIBAAKCAQEA...", "MIIEpAIBAAKCAQEA", "xxxxxxxx", "AAAAAAAAAAAAAAAA"]
    {
        for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
            let text = format!("-----BEGIN {label}-----{body}-----END {label}-----");
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Malformed, "{text}");
        }
    }
    for label in ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "PGP PUBLIC KEY BLOCK"] {
        assert_eq!(run(block("EC PRIVATE KEY").replace("EC PRIVATE KEY", label).as_bytes()).verdict, Verdict::Malformed, "{label}");
    }
}

#[test]
fn kinds_of_keys_that_are_not_known_are_left_to_the_rule() {
    let text = |length: usize| format!("-----BEGIN OTHER PRIVATE KEY-----\n{}\n-----END OTHER PRIVATE KEY-----", "c0de".repeat(length));
    assert_eq!(run(text(16).as_bytes()).verdict, Verdict::Neutral);
    assert_eq!(run(text(2).as_bytes()).verdict, Verdict::Malformed);
}

#[test]
fn a_wrong_checksum_of_an_openpgp_block_leaves_a_trace() {
    let text = block("PGP");
    let sum = text.lines().rev().nth(1).expect("because the sum stands before the last line");
    assert_eq!(run(text.replace(sum, "=AAAA").as_bytes()).verdict, Verdict::ChecksumFailed);
    assert_eq!(run(text.replace(&format!("{sum}\n"), "").as_bytes()).verdict, Verdict::Valid);
}
