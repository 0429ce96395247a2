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
