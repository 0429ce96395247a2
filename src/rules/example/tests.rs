use super::*;

#[test]
fn text_without_placeholders_stays() {
    for text in
        ["", "plain", "{", "{{", "}}", "{{}}", "{{ base62:3 }}", "${{ secrets.X }}", "${{secrets.X}}", "{{ x}}", "{{x }}", "{{.Values.x}}"]
    {
        assert_eq!(expand(text, "s").as_deref(), Ok(text));
    }
}

#[test]
fn placeholders_next_to_braces_are_found() {
    let json = expand(r#"{"a":{"b":{{digits:5}}}}"#, "s").expect("because the placeholder is known");
    assert_eq!(json.len(), r#"{"a":{"b":12345}}"#.len(), "{json}");
}

#[test]
fn what_is_no_placeholder_is_an_error_that_names_it() {
    for (text, named) in [
        ("a {{foo}} b", "{{foo}}"),
        ("{{foo:3}}", "{{foo:3}}"),
        ("{{hex}}", "number of characters"),
        ("{{hex:0}}", "number of characters"),
        ("{{hex:x}}", "number of characters"),
        ("{{hex:99999999}}", "number of characters"),
        ("{{uuid:3}}", "no argument"),
        ("{{github:ghx_}}", "ghp_"),
    ] {
        let error = expand(text, "s").expect_err(text);
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn the_same_seed_gives_the_same_text_and_another_place_another() {
    let twice = expand("{{base62:24}} {{base62:24}}", "seed").expect("because the placeholder is known");
    assert_eq!(expand("{{base62:24}} {{base62:24}}", "seed"), Ok(twice.clone()));
    let (first, second) = twice.split_once(' ').expect("because a space stands between them");
    assert_ne!(first, second);
    assert_ne!(expand("{{base62:24}}", "other"), Ok(first.to_owned()));
}

/// One template of every kind.
const KINDS: [&str; 37] = [
    "{{hex:32}}",
    "{{HEX:32}}",
    "{{base62:32}}",
    "{{base64:32}}",
    "{{base64url:32}}",
    "{{base32:32}}",
    "{{base36:32}}",
    "{{BASE36:32}}",
    "{{digits:12}}",
    "{{lower:20}}",
    "{{upper:20}}",
    "{{uuid}}",
    "{{github:ghp_}}",
    "{{github:ghr_}}",
    "{{npm}}",
    "{{gitlab-routable:glpat-}}",
    "{{grafana}}",
    "{{atlassian:ATATT3}}",
    "{{age}}",
    "{{aws-key-id:AKIA}}",
    "{{pypi}}",
    "{{discord}}",
    "{{jwt}}",
    "{{jwt:iss=supabase,role=service_role}}",
    "{{json-b64:iat=1700000000,org=acme}}",
    "{{pem:RSA PRIVATE KEY}}",
    "{{pem:EC PRIVATE KEY}}",
    "{{pem:DSA PRIVATE KEY}}",
    "{{pem:OPENSSH PRIVATE KEY}}",
    "{{pem-escaped:ENCRYPTED PRIVATE KEY}}",
    "{{pgp-private}}",
    "{{nkey}}",
    "{{crypt:bcrypt}}",
    "{{crypt:yescrypt}}",
    "{{onepassword}}",
    "{{tink}}",
    "{{tink:keyset}}",
];

#[test]
fn every_kind_expands_to_the_same_text_for_the_same_seed() {
    for kind in KINDS {
        let text = expand(kind, "seed").expect(kind);
        assert!(!text.contains("{{"), "{kind}: {text}");
        assert_eq!(expand(kind, "seed"), Ok(text.clone()), "{kind}");
        assert_ne!(expand(kind, "other"), Ok(text), "{kind}");
    }
}

#[test]
fn lengths_are_those_of_real_tokens() {
    for (template, length) in [
        ("{{github:ghp_}}", 40),
        ("{{github:ghr_}}", 80),
        ("{{npm}}", 40),
        ("{{grafana}}", 46),
        ("{{atlassian:ATCTT3}}", 192),
        ("{{age}}", 74),
        ("{{aws-key-id:ASIA}}", 20),
        ("{{discord}}", 72),
        ("{{nkey}}", 58),
        ("{{onepassword}}", 40),
        ("{{crypt:bcrypt}}", 60),
    ] {
        assert_eq!(expand(template, "s").map(|text| text.len()), Ok(length), "{template}");
    }
}

#[test]
fn pairs_keep_their_order_and_digits_become_numbers() {
    let text = expand("{{json-b64:iat=1700000000,org=acme,zip=007,k=v}}", "s").expect("because the pairs are well formed");
    let json = data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).expect("because it is base64");
    assert_eq!(json, br#"{"iat":1700000000,"org":"acme","zip":"007","k":"v"}"#);
    assert!(expand("{{jwt:iss}}", "s").is_err_and(|error| error.contains("`iss`")));
}

#[test]
fn an_escaped_block_is_one_line() {
    let (lines, escaped) = (expand("{{pem:EC PRIVATE KEY}}", "s"), expand("{{pem-escaped:EC PRIVATE KEY}}", "s"));
    assert_eq!(lines.map(|text| text.replace('\n', "\\n")), escaped);
}
