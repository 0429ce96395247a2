//! Formats of receivers that exist: what the configuration asks for, keys for receivers, and signatures as openssl checks them.

use std::path::Path;
use std::process::Command;

use data_encoding::BASE64;
use keysieve::rotate::sign::{self, Key, PartnerKey};
use serde_json::Value;

use crate::support::{Folder, Said, keysieve_in, list, text};

/// What a Standard Webhooks key of this kind begins with.
fn webhook_key(kind: &str, bytes: &[u8]) -> String {
    [kind, "_", &BASE64.encode(bytes)].concat()
}

/// A folder with a rotation configuration of these targets.
pub fn desk(targets: &str) -> Folder {
    let folder = Folder::new();
    folder.write("rotation.yaml", format!("targets:\n{targets}"));
    folder
}

pub fn rotate(desk: &Folder, arguments: &[&str]) -> Said {
    let mut command = keysieve_in(&desk.path);
    command.arg("rotate").args(arguments).env("TOKEN", "caller").env("USER", "ann").env("HOOK_KEY", webhook_key("whsec", &[3; 32]));
    if matches!(arguments[0], "enqueue" | "deliver" | "keys" | "config") {
        command.args(["--rotation-config", "rotation.yaml"]);
    }
    if !matches!(arguments[0], "keys" | "config") {
        command.args(["--state", "state.sqlite"]);
    }
    Said::of(&mut command)
}

/// What openssl writes, in `folder`; none where there is no openssl, which is then told.
pub fn openssl(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    match Command::new("openssl").args(arguments).current_dir(folder).output() {
        Ok(output) => {
            assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            eprintln!("SKIPPED: there is no openssl on this machine, so its view of signatures was not tested ({error})");
            None
        }
    }
}

pub const NEW_KEY: [&str; 7] = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "partner.pem"];

pub const PARTNER: &str =
    "- {name: issuer, url: 'http://127.0.0.1:1/', format: github-partner, include_secret: plain, signing_keys: [{file: partner.pem}]}\n";

#[test]
fn openssl_accepts_what_partner_keys_sign() {
    let desk = desk(PARTNER);
    let old_way = ["ecparam", "-name", "prime256v1", "-genkey", "-out", "partner.pem"];
    for make in [&NEW_KEY[..], &old_way] {
        if openssl(&desk.path, make).is_none() {
            return;
        }
        let said = rotate(&desk, &["keys", "--format", "json"]).ends_with(0).stdout;
        let keys: Value = serde_json::from_str(&said).expect("because it is JSON");
        let known = &list(&keys["public_keys"])[0];
        let public = openssl(&desk.path, &["pkey", "-in", "partner.pem", "-pubout"]).expect("because it is there");
        assert_eq!(text(&known["key"]).as_bytes(), public, "what is told is the public half");
        let digest = openssl(&desk.path, &["pkey", "-in", "partner.pem", "-pubout", "-out", "public.pem"])
            .and_then(|_| openssl(&desk.path, &["dgst", "-sha256", "-r", "public.pem"]))
            .expect("because it is there");
        assert!(String::from_utf8_lossy(&digest).starts_with(text(&known["key_identifier"])), "{known}");
        let key = PartnerKey::read(&desk.read("partner.pem")).expect("because openssl made it");
        let body = r#"[{"token":"é","type":"t","url":"","source":"content"}]"#;
        let signature = BASE64.decode(key.header(body.as_bytes()).as_bytes()).expect("because it is base64");
        desk.write("body", body).write("signature", &signature).write("other", "[]");
        let verify = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature"];
        let said = openssl(&desk.path, &[&verify[..], &["body"]].concat()).expect("because it is there");
        assert_eq!(String::from_utf8_lossy(&said).trim(), "Verified OK");
        let other = Command::new("openssl").args(verify).arg("other").current_dir(&desk.path).output().expect("because it is there");
        assert!(!other.status.success(), "it signs this body and no other");
    }
}

#[test]
fn openssl_accepts_what_ed25519_keys_sign() {
    let desk = desk("- {name: own, url: 'http://127.0.0.1:1/', format: keysieve, signing_keys: [{file: own.whsk}]}\n");
    let Some(private) = openssl(&desk.path, &["genpkey", "-algorithm", "ed25519", "-outform", "DER"]) else { return };
    // The seed is the end of the PKCS #8 document (RFC 8410), as the public key is of its own.
    let own = webhook_key("whsk", &private[private.len() - 32..]);
    desk.write("own.whsk", &own);
    let said = rotate(&desk, &["keys", "--format", "json"]).ends_with(0).stdout;
    let keys: Value = serde_json::from_str(&said).expect("because it is JSON");
    let public = text(&list(&keys["webhook_keys"])[0]["key"]).strip_prefix("whpk_").expect("because it is a public key").to_owned();
    let public = BASE64.decode(public.as_bytes()).expect("because it is base64");
    desk.write("private.der", &private);
    let der = openssl(&desk.path, &["pkey", "-inform", "DER", "-in", "private.der", "-pubout", "-outform", "DER"]);
    let der = der.expect("because it is there");
    assert_eq!(der[der.len() - 32..], public[..]);
    let key = Key::read(&own).expect("because it is a key");
    let entry = sign::header(&[key], "evt_1", 1_700_000_000, b"{}");
    let signature = entry.strip_prefix("v1a,").and_then(|text| BASE64.decode(text.as_bytes()).ok()).expect("because it is base64");
    desk.write("public.der", &der).write("signature", &signature).write("signed", "evt_1.1700000000.{}");
    let verify =
        ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "public.der", "-rawin", "-in", "signed", "-sigfile", "signature"];
    let said = openssl(&desk.path, &verify).expect("because it is there");
    assert!(String::from_utf8_lossy(&said).contains("Verified Successfully"), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn keys_tell_receivers_what_they_need_and_nothing_private() {
    let whsk = webhook_key("whsk", &[7; 32]);
    let targets = "- {name: own, url: 'http://127.0.0.1:1/', format: keysieve, signing_keys: [{env: HOOK_KEY}, {file: own.whsk}]}\n\
                   - {name: chat, url: 'http://127.0.0.1:1/', format: slack}\n\
                   - {name: issuer, url: 'http://127.0.0.1:1/', format: github-partner, include_secret: plain, \
                   signing_keys: [{file: partner.pem}, {file: next.pem}]}\n";
    let desk = desk(targets);
    desk.write("own.whsk", &whsk);
    if openssl(&desk.path, &NEW_KEY).is_none() {
        return;
    }
    let next: Vec<_> = NEW_KEY.iter().map(|word| if *word == "partner.pem" { "next.pem" } else { word }).collect();
    openssl(&desk.path, &next).expect("because it is there");
    let human = rotate(&desk, &["keys"]).ends_with(0).stdout;
    let json = rotate(&desk, &["keys", "--format", "json"]).ends_with(0).stdout;
    let private = desk.read("partner.pem").lines().nth(1).expect("because it has lines").to_owned();
    for said in [&human, &json] {
        assert!(
            !said.contains(&private)
                && !said.contains("PRIVATE")
                && !said.contains("whsk_")
                && !said.contains("whsec_")
                && said.contains("whpk_"),
            "{said}"
        );
    }
    assert!(
        human.contains("environment variable HOOK_KEY: HMAC-SHA256") && human.contains("chat (slack)\n  has no signing keys"),
        "{human}"
    );
    assert!(human.contains("next.pem: ECDSA-NIST-P256V1-SHA256, does not sign: the first one does"), "{human}");
    let keys: Value = serde_json::from_str(&json).expect("because it is JSON");
    let current: Vec<_> = list(&keys["public_keys"]).iter().map(|key| key["is_current"] == true).collect();
    assert_eq!((current, list(&keys["webhook_keys"]).len()), (vec![true, false], 2));
    let only = rotate(&desk, &["keys", "--target", "chat"]).ends_with(0).stdout;
    assert_eq!(only, "chat (slack)\n  has no signing keys\n");
    assert!(rotate(&desk, &["keys", "--target", "caht"]).ends_with(2).stderr.contains("no target `caht`"));
    desk.write("partner.pem", &whsk);
    let wrong = rotate(&desk, &["keys"]).ends_with(2);
    assert!(wrong.stdout.contains("whpk_") && wrong.stderr.contains("`issuer`") && wrong.stderr.contains("openssl genpkey"), "{wrong:?}");
    assert!(!wrong.stderr.contains(&whsk), "{wrong:?}");
}

#[test]
fn the_configuration_says_what_each_target_is_sent() {
    let targets = "- {name: own, url: 'https://own.example.org/x', format: keysieve, signing_keys: [{env: HOOK_KEY}]}\n\
                   - {name: srs, url: 'https://srs.example.org', format: gitlab-revoke-tokens, include_secret: plain, \
                   headers: {Authorization: {env: TOKEN}}, require_approval: true}\n";
    let desk = desk(&format!("{targets}{PARTNER}"));
    if openssl(&desk.path, &NEW_KEY).is_none() {
        return;
    }
    let said = rotate(&desk, &["config", "check"]).ends_with(0).stdout;
    for line in [
        "  own: to own.example.org, the secret masked, signed with HMAC-SHA256\n",
        "  srs: to srs.example.org, the secret itself, with the header Authorization, after a person approved it\n",
        "  issuer: to 127.0.0.1, the secret itself, signed with ECDSA-NIST-P256V1-SHA256 as ",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    for (wrong, says) in [
        (PARTNER.replace(" include_secret: plain,", ""), "write `include_secret: plain`"),
        (PARTNER.replace(", signing_keys: [{file: partner.pem}]", ""), "openssl genpkey"),
        (
            PARTNER.replace("name: issuer", "name: issuer, types: {github.personal-acess-token: x}"),
            "did you mean `github.personal-access-token`?",
        ),
        (PARTNER.replace("github-partner", "github-partners"), "did you mean `github-partner`?"),
    ] {
        desk.write("rotation.yaml", format!("targets:\n{wrong}"));
        let said = rotate(&desk, &["config", "check"]).ends_with(2);
        assert!(said.stderr.contains("rotation.yaml:2:") && said.stderr.contains(says), "{says}: {said:?}");
    }
}
