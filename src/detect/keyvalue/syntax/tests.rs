use super::*;

fn pair(text: &str, trigger: &str) -> Option<(String, Operator, String, Form)> {
    let start = text.to_ascii_lowercase().find(trigger).expect("because the test names a word of its text");
    let name = name_around(text.as_bytes(), ByteSpan::new(start, start + trigger.len()))?;
    let pair = pair_of(text.as_bytes(), name)?;
    let part = |span: ByteSpan| text[span.start..span.end].to_owned();
    Some((part(pair.name), pair.operator, part(pair.value), pair.form))
}

#[test]
fn every_syntax_gives_its_pair() {
    use Form::{Bare, Block, Quoted};
    use Operator::{Assign, Beside, Call, Comma, Compare, Element, Flag, NameValue, Sql};
    for (text, name, operator, value, form) in [
        ("DB_PASSWORD=v1", "DB_PASSWORD", Assign, "v1", Bare),
        ("export DB_PASSWORD='v1'", "DB_PASSWORD", Assign, "v1", Quoted),
        ("  password: v1 # note", "password", Assign, "v1", Bare),
        ("\"password\": \"v1\",", "password", Assign, "v1", Quoted),
        ("\\\"password\\\": \\\"v1\\\"", "password", Assign, "v1", Quoted),
        ("{&quot;password&quot;:&quot;v1&quot;}", "password", Assign, "v1", Quoted),
        ("config['password'] = 'v1'", "password", Assign, "v1", Quoted),
        (":password => 'v1'", "password", Assign, "v1", Quoted),
        ("password := \"v1\"", "password", Assign, "v1", Quoted),
        ("let password: &str = \"v1\";", "password", Assign, "v1", Quoted),
        ("password: str = 'v1'", "password", Assign, "v1", Quoted),
        ("password = b\"v1\"", "password", Assign, "v1", Quoted),
        ("password = String::from(\"v1\")", "password", Assign, "v1", Quoted),
        ("password: Some(\"v1\")", "password", Assign, "v1", Quoted),
        ("if password == \"v1\" {", "password", Compare, "v1", Quoted),
        ("setPassword(\"v1\");", "setPassword", Call, "v1", Quoted),
        ("put(\"password\", \"v1\")", "password", Comma, "v1", Quoted),
        ("tool --password v1 --x", "password", Flag, "v1", Bare),
        ("tool --db-password=v1", "db-password", Assign, "v1", Bare),
        ("<password>v1</password>", "password", Element, "v1", Quoted),
        ("<add key=\"password\" value=\"v1\"/>", "password", NameValue, "v1", Quoted),
        ("- name: DB_PASSWORD\n  value: \"v1\"", "DB_PASSWORD", NameValue, "v1", Quoted),
        ("{\"name\": \"DB_PASSWORD\", \"value\": \"v1\"}", "DB_PASSWORD", NameValue, "v1", Quoted),
        ("CREATE USER a PASSWORD 'v1'", "PASSWORD", Sql, "v1", Quoted),
        ("Server=h;Password=v1;Port=1", "Password", Assign, "v1", Bare),
        ("?a=b&password=v1&c=d", "password", Assign, "v1", Bare),
        ("password: |\n  v1\n", "password", Assign, "v1", Block),
        ("$password .= \"v1\"", "password", Assign, "v1", Quoted),
        ("#define WIFI_PASSWORD \"v1\"", "WIFI_PASSWORD", Sql, "v1", Quoted),
        ("const char password[] = \"v1\";", "password", Assign, "v1", Quoted),
        ("char password[32] = \"v1\";", "password", Assign, "v1", Quoted),
        ("ENV DB_PASSWORD v1", "DB_PASSWORD", Flag, "v1", Bare),
        ("password :::= 'v1'", "password", Assign, "v1", Quoted),
        ("var password string = \"v1\"", "password", Assign, "v1", Quoted),
        ("DECLARE @password VARCHAR(50) = 'v1'", "password", Assign, "v1", Quoted),
        ("process.env.DB_PASSWORD || 'v1'", "process.env.DB_PASSWORD", Assign, "v1", Quoted),
        ("password 0123456789abcdef", "password", Beside, "0123456789abcdef", Bare),
        ("password - '0123456789abcdef'", "password", Beside, "0123456789abcdef", Quoted),
        ("password-0123456789abcdef", "password", Beside, "0123456789abcdef", Bare),
        ("password: token 0123abcd", "password", Assign, "0123abcd", Bare),
        ("'password': 'Token v1'", "password", Assign, "v1", Quoted),
        ("<password>{a 0123456789abcdef}</password>", "password", Element, "0123456789abcdef", Quoted),
        ("<password>two words</password>", "password", Element, "two words", Quoted),
        ("password: Ab9+/x=", "password", Assign, "Ab9+/x=", Bare),
    ] {
        let expected = Some((name.to_owned(), operator, value.to_owned(), form));
        assert_eq!(pair(text, "password"), expected, "{text}");
    }
}

#[test]
fn a_pair_far_into_a_minified_line_is_read_wherever_it_begins() {
    for shift in 0..12 {
        let text = format!("{{{}{}\"password\":\"v1\"}}", " ".repeat(shift), "\"a\":\"bc\",".repeat(100));
        assert_eq!(pair(&text, "password").map(|found| found.2), Some("v1".to_owned()), "shifted by {shift}");
    }
}

#[test]
fn sql_names_a_password_in_two_words() {
    let expected = Some(("IDENTIFIED BY".to_owned(), Operator::Sql, "v1".to_owned(), Form::Quoted));
    assert_eq!(pair("ALTER USER a IDENTIFIED BY 'v1'", "identified by"), expected);
}

#[test]
fn an_empty_value_ends_the_match() {
    for text in [
        "password=",
        "password=\nnext=1",
        "password: \"\"",
        "password: ''\nuser: x",
        "password =",
        "password",
        "the password is wrong",
        "the password was = \"never\"",
        "password - described below",
        "password 0123456789",
        "password:\n  a: 1",
    ] {
        assert_eq!(pair(text, "password"), None, "{text}");
    }
}
