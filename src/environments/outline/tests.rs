use super::*;

/// What the place of `@` in `text` stands in, and what hints at its environment.
fn at(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let offset = text.find('@').expect("because it is there");
    let start = text[..offset].rfind('\n').map_or(0, |lf| lf + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |lf| offset + lf);
    let around = Outline::new(path.as_bytes(), text.as_bytes()).around(offset, ByteSpan::new(start, end));
    around.map(|around| ((around.within).clone(), around.hints.clone())).unwrap_or_default()
}

#[test]
fn keys_of_yaml_enclose_what_is_indented_below_them() {
    let rails =
        "default: &default\n  pool: 5\n\nproduction:\n  <<: *default\n  # a comment\n  db:\n    password: '@'\nstaging:\n  password: x\n";
    assert_eq!(at("config/database.yml", rails), (vec!["db".into(), "production".into()], vec!["password".into(), "password".into()]));
    let list = "envs:\n- name: a\n  token: x\n- name: prod\n  token: @\nother: 1\n";
    assert_eq!(at("x.yaml", list).0, ["envs"]);
    let block = "data:\n  application-prod.yml: |\n    spring:\n      password: @\n  x: 1\n";
    assert_eq!(at("x.yaml", block).0, ["application-prod.yml", "data"]);
    assert_eq!(at("x.yaml", "\"prod\":\n    'key' : @\n").0, ["prod"]);
    assert_eq!(at("group_vars/all", "prod:\n  key: @\n").0, ["prod"]);
}

#[test]
fn values_of_yaml_speak_for_what_is_around_them() {
    let job = "jobs:\n  deploy:\n    environment: production\n    steps:\n      - run: x\n        env:\n          KEY: @\n  test:\n    environment: qa\n";
    assert_eq!(at(".github/workflows/x.yml", job).0, ["env", "steps", "production", "deploy", "jobs"]);
    let named = "jobs:\n  deploy:\n    environment:\n      name: staging\n      url: x\n    env:\n      KEY: @\n";
    assert_eq!(at("x.yml", named).0, ["env", "staging", "deploy", "jobs"]);
    let spring =
        "a: x\n---\nspring:\n  config:\n    activate:\n      on-profile: prod\ndb:\n  password: @\n---\nspring:\n  profiles: dev\n";
    assert_eq!(at("application.yml", spring).0, ["db", "prod"]);
    let labels =
        "kind: Secret\nmetadata:\n  namespace: shop\n  labels:\n    app.kubernetes.io/environment: prod # x\nstringData:\n  key: @\n";
    assert_eq!(at("x.yaml", labels).0, ["stringData", "shop prod"]);
    let compose =
        "services:\n  web:\n    environment:\n      RAILS_ENV: production\n      KEY: @\n    profiles:\n      - dev\n      - prod\n";
    assert_eq!(
        at("compose.yml", compose),
        (
            vec!["environment".into(), "dev prod".into(), "web".into(), "services".into()],
            vec!["KEY".into(), "KEY".into(), "production".into()]
        )
    );
}

#[test]
fn brackets_are_named_by_what_stands_before_them() {
    assert_eq!(at("x.json", "{\"a\": {\"x\": 1}, \"production\": {\"db\": [\"@\"]}, \"staging\": {}}").0, ["db", "production"]);
    assert_eq!(at("x.json", "{\n  \"production\":\n  {\n    \"key\": \"@\"\n  }\n}").0, ["production"]);
    assert_eq!(
        at("x.tf", "locals {\n  # prod = {\n  keys = {\n    prod = {\n      k = \"@\"\n    }\n  }\n}\n").0,
        ["prod", "keys", "locals"]
    );
    let tags = "resource \"aws_x\" \"y\" {\n  key = \"@\"\n  tags = {\n    Environment = \"prod\"\n  }\n}\nresource \"a\" \"b\" {\n  tags = { Environment = \"dev\" }\n}\n";
    assert_eq!(at("x.tf", tags).0, ["prod", "y"]);
    let code = "module.exports = {\n  production: { // it's live\n    connection: { password: '@' },\n  },\n  dev: {},\n}\n";
    assert_eq!(at("knexfile.js", code).0, ["connection", "production", "module.exports"]);
    assert_eq!(at("x.php", "return ['prod' => ['key' => '@']];").0, ["prod"]);
    assert_eq!(at("x.js", "if (env === 'production') {\n  key = '@'\n}\n").0, Vec::<String>::new());
}

#[test]
fn sections_go_to_the_next_head() {
    assert_eq!(at("x.ini", "[staging]\nkey=x\n[production:vars]\n; [dev]\nkey=@\n[dev]\n").0, ["production:vars"]);
    assert_eq!(at("wrangler.toml", "[[env.staging.kv]]\nkey = \"@\"\n").0, ["env.staging.kv"]);
    assert_eq!(
        at("application.properties", "a=b\n#---\nspring.config.activate.on-profile=prod\nkey=@\n#---\nspring.profiles=dev\n").0,
        ["prod"]
    );
    assert_eq!(
        at(".env", "export RAILS_ENV=\"staging\" # x\nPROD_URL=a://b:@\n"),
        (Vec::new(), vec!["PROD_URL b".into(), "staging".into()])
    );
}

#[test]
fn nonsense_is_read_as_far_as_it_can_be() {
    for path in ["x.yml", "x.json", "x.tf", "x.js", "x.rb", "x.toml", "x.txt", ".env"] {
        for text in [
            "",
            "}}]]))",
            "{{{[[[(((",
            "- - - - a:\n-\n  -\n---\n--- x",
            "\"",
            "'",
            "/*",
            "//",
            "[",
            "[[x",
            ":",
            "= =",
            "\r\n\r\n",
            "a: |\n",
            "\u{feff}é: é",
        ] {
            let mut outline = Outline::new(path.as_bytes(), text.as_bytes());
            for offset in 0..=text.len() + 1 {
                outline.around(offset, ByteSpan::new(offset.min(text.len()), text.len()));
            }
        }
    }
    let deep = "{\"a\":".repeat(100_000);
    assert!(Outline::new(b"x.json", deep.as_bytes()).around(deep.len(), ByteSpan::new(0, deep.len())).is_some());
    let steps: String = (0..1_200).map(|indent| format!("{}a:\n", " ".repeat(indent))).collect();
    Outline::new(b"x.yml", steps.as_bytes()).around(steps.len() - 1, ByteSpan::new(0, 1));
}
