//! Rule files that people write: what is wrong with one is said with its file and line, by `keysieve rules check` as by the build.

use keysieve::rules::lint::{self, Problem};
use keysieve::rules::schema::RuleFile;

use crate::support::Folder;

const GOOD: &str = r"provider:
  slug: acme
  name: Acme
rules:
  - id: acme.token
    name: Acme token
    description: Acts as an Acme account.
    severity: high
    confidence: high
    lifetime: long
    identity: human
    token:
      literals: [acme_]
      pattern: '\b(?<secret>acme_[0-9A-Za-z]{30})\b'
    rotation:
      steps: [Revoke it.]
    references: [https://acme.example/tokens]
    examples:
      positive:
        - 'T={{base62:1}} acme_{{base62:30}}'
        - 'acme_{{base62:30}}'
      negative:
        - 'acme_{{base62:20}}'
        - 'acme_{{base62:31}}'
";

/// [`GOOD`] with `from` replaced, the line that must be named, and words that must be said.
struct Broken {
    what: &'static str,
    from: &'static str,
    to: &'static str,
    line: u32,
    says: &'static str,
}

const BROKEN: [Broken; 13] = [
    Broken { what: "unknown key in a rule", from: "    severity:", to: "    color: red\n    severity:", line: 8, says: "color" },
    Broken { what: "unknown key in a token", from: "      literals:", to: "      words: [a]\n      literals:", line: 13, says: "words" },
    Broken { what: "unknown key in the file", from: "rules:", to: "extra: 1\nrules:", line: 4, says: "extra" },
    Broken { what: "unknown word", from: "severity: high", to: "severity: huge", line: 8, says: "huge" },
    Broken { what: "no YAML", from: "    name: Acme token", to: "    name: \"Acme token", line: 6, says: "quote" },
    Broken { what: "too few examples", from: "        - 'acme_{{base62:20}}'\n", to: "", line: 5, says: "1 negative examples are missing" },
    Broken { what: "no secret group", from: "?<secret>", to: "?<value>", line: 5, says: "no group named `secret`" },
    Broken { what: "no bound", from: "{30})\\b'", to: "{30,})\\b'", line: 5, says: "declare `max_length`" },
    Broken { what: "no literal", from: "[acme_]", to: "[]", line: 5, says: "`token.literals` is empty" },
    Broken { what: "broad literal", from: "[acme_]", to: "[token]", line: 5, says: "use `assignment`" },
    Broken { what: "no pattern", from: "{30})\\b'", to: "{30}\\b'", line: 5, says: "`token.pattern` is no valid pattern" },
    Broken {
        what: "pattern that does not compile",
        from: "[0-9A-Za-z]{30})\\b'",
        to: "(?:[0-9A-Za-z]{1,1000}){1,1000})\\b'\n      max_length: 100",
        line: 5,
        says: "shorten its repetitions",
    },
    Broken { what: "id of another provider", from: "id: acme.token", to: "id: other.token", line: 5, says: "an id is `acme.<kind>`" },
];

impl Broken {
    fn yaml(&self) -> String {
        let yaml = GOOD.replacen(self.from, self.to, 1);
        assert_ne!(yaml, GOOD, "{}", self.what);
        yaml
    }
}

/// A second rule with the id of the first.
fn duplicate() -> String {
    let rule = GOOD.split_once("rules:\n").expect("because it has rules").1;
    format!("{GOOD}{rule}")
}

#[test]
fn the_lint_names_the_line() {
    assert_eq!(lint::parse("acme", GOOD).map(|file| file.rules.len()), Ok(1));
    for broken in &BROKEN {
        let problems = lint::parse("acme", &broken.yaml()).expect_err(broken.what);
        let fits = |problem: &Problem| problem.line == broken.line && problem.message.contains(broken.says);
        assert!(problems.iter().any(fits), "{}: {problems:?}", broken.what);
    }
}

#[test]
fn the_lint_finds_examples_that_are_left_out_altogether() {
    let (yaml, _) = GOOD.split_once("    examples:").expect("because it has examples");
    let problems = lint::parse("acme", yaml).expect_err("because examples are missing");
    assert!(problems[0].message.contains("examples") && problems[0].line >= 5, "{problems:?}");
}

#[test]
fn the_lint_finds_ids_that_stand_twice() {
    let text = duplicate();
    let file: RuleFile = lint::parse("acme", &text).expect("because each rule is fine by itself");
    let problems = lint::across_files(std::iter::once(&file));
    assert_eq!(problems, [("acme.token".to_owned(), "this id stands 2 times; ids are unique".to_owned())]);
    assert_eq!((lint::line_of(&text, "acme.token", 0), lint::line_of(&text, "acme.token", 1)), (5, 25));
}

#[test]
fn a_good_file_is_0() {
    let folder = Folder::new();
    folder.write("acme.yaml", GOOD);
    let said = folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("1 rules in 1 files are fine\n", ""));
}

#[test]
fn a_broken_file_is_1_and_its_name_and_line_are_said() {
    let folder = Folder::new();
    for broken in &BROKEN {
        folder.write("sub/acme.yaml", broken.yaml());
        let said = folder.keysieve(["rules", "check", "sub/acme.yaml"]).ends_with(1);
        let place = format!("sub/acme.yaml:{}: ", broken.line);
        assert!(said.stdout.lines().any(|line| line.starts_with(&place) && line.contains(broken.says)), "{}: {said:?}", broken.what);
    }
}

#[test]
fn the_good_file_beside_a_broken_one_is_checked_too() {
    let folder = Folder::new();
    folder.write("broken/acme.yaml", BROKEN[0].yaml());
    folder.write("acme.yaml", GOOD.replace("acme_{{base62:20}}", "acme_{{base62:30}}"));
    let said = folder.keysieve(["rules", "check", "broken/acme.yaml", "acme.yaml"]).ends_with(1);
    assert!(
        said.stdout.contains("broken/acme.yaml:8: ") && said.stdout.contains("acme.yaml:5: acme.token: negative example 1: "),
        "{said:?}"
    );
}

#[test]
fn an_id_that_stands_twice_is_1() {
    let folder = Folder::new();
    folder.write("acme.yaml", duplicate()).write("one/acme.yaml", GOOD).write("two/acme.yaml", GOOD);
    let said = folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(1);
    assert_eq!(said.stdout, "acme.yaml:5: acme.token: this id stands 2 times; ids are unique\n");
    let said = folder.keysieve(["rules", "check", "one/acme.yaml", "two/acme.yaml"]).ends_with(1);
    let message = "acme.yaml:5: acme.token: this id stands 2 times; ids are unique\n";
    assert_eq!(said.stdout, format!("one/{message}two/{message}"));
}

#[test]
fn a_companion_that_is_no_rule_is_1_and_a_built_in_one_is_not() {
    let folder = Folder::new();
    let with = |companion: &str| {
        GOOD.replace("    rotation:", &format!("    companions: [{{rule: {companion}, within_lines: 3}}]\n    rotation:"))
    };
    folder.write("acme.yaml", with("github.personal-access-token"));
    folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(0);
    folder.write("acme.yaml", with("acme.no-such-rule"));
    let said = folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(1);
    assert_eq!(said.stdout, "acme.yaml:5: acme.token: its companion `acme.no-such-rule` is no rule\n");
}

#[test]
fn an_example_that_does_not_do_what_it_says_is_1() {
    let folder = Folder::new();
    folder.write("acme.yaml", GOOD.replace("- 'acme_{{base62:30}}'", "- 'acme_{{base62:12}}'"));
    let said = folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(1);
    assert_eq!(said.stdout, "acme.yaml:5: acme.token: positive example 2: not found: acme_{{base62:12}}\n");
}

#[test]
fn a_file_that_cannot_be_read_is_2() {
    let folder = Folder::new();
    let said = folder.keysieve(["rules", "check", "no/such.yaml"]).ends_with(2);
    assert!(said.stderr.starts_with("keysieve: cannot read no/such.yaml: No such file"), "{said:?}");
    folder.write("acme.yaml", b"\xff\xfe");
    let said = folder.keysieve(["rules", "check", "acme.yaml"]).ends_with(2);
    assert!(said.stderr.starts_with("keysieve: cannot read acme.yaml: "), "{said:?}");
}

#[test]
fn a_folder_of_rules_is_checked_and_used_in_a_scan() {
    let folder = Folder::new();
    folder.write("own/acme.yaml", GOOD).write("own/notes.md", "not a rule");
    let said = folder.keysieve(["rules", "check", "own"]).ends_with(0);
    assert_eq!(said.stdout, "1 rules in 1 files are fine\n");
    folder.write("code/a.env", crate::support::expand("T=acme_{{base62:30}}\n", "own rules"));
    folder.scan(["code"]).finds(&crate::support::NOTHING);
    for path in ["own", "own/acme.yaml"] {
        folder.scan(["code", "--rules", path]).finds(&["code/a.env: acme.token"]);
    }
}

#[test]
fn a_scan_with_a_broken_rule_file_or_none_in_a_folder_is_2() {
    let folder = Folder::new();
    folder.write("own/acme.yaml", BROKEN[0].yaml()).write("empty/notes.md", "not a rule");
    let said = folder.keysieve(["scan", "--rules", "own"]).ends_with(2);
    assert!(said.stderr.contains(&format!("own/acme.yaml:{}: ", BROKEN[0].line)), "{said:?}");
    let said = folder.keysieve(["scan", "--rules", "empty"]).ends_with(2);
    assert!(said.stderr.starts_with("keysieve: empty holds no rule file"), "{said:?}");
}

#[test]
fn an_example_that_passes_by_luck_is_1_or_advice() {
    let folder = Folder::new();
    // The last character decides, and the example's own seed gives one that is in one of the eight parts.
    let letters: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let mut seen = Vec::new();
    for part in letters.chunks(8) {
        for (kind, not) in [("narrow", ""), ("wide", "^_ ")] {
            let set: String = part.iter().collect();
            let yaml = GOOD
                .replace("{30})\\b'", &format!("{{29}}(?:[{not}{set}]|-))'"))
                .replace("- 'acme_{{base62:30}}'", "- 'acme_{{base62:29}}-'")
                .replace("acme_{{base62:31}}", "acme_{{base62:10}}");
            folder.write("acme.yaml", yaml);
            let said = folder.keysieve(["rules", "check", "acme.yaml"]);
            if said.stdout.contains("positive example 1: found with ") {
                assert_eq!(said.code == 0, said.stdout.starts_with("advice: "), "{said:?}");
                seen.push((kind, said.code));
            }
        }
    }
    assert!(seen.contains(&("narrow", 1)) && seen.contains(&("wide", 0)), "{seen:?}");
}

#[test]
fn what_is_likely_to_go_wrong_is_advice() {
    let folder = Folder::new();
    let yaml = GOOD.replace("literals: [acme_]", "literals: [acme]").replace("https://acme.example/tokens", "the handbook");
    let assignment =
        "    assignment:\n      context: [linear, github]\n      names: [token]\n      value: '[0-9a-f]{40}'\n      within_lines: 3\n";
    let token = "    token:\n      literals: [acme]\n      pattern: '\\b(?<secret>acme_[0-9A-Za-z]{30})\\b'\n";
    assert!(yaml.contains(token));
    let yaml = yaml.replace(token, assignment).replace("acme_{{base62:30}}", "linear_token={{hex:40}}");
    folder.write("acme.yaml", yaml);
    let said = folder.keysieve(["rules", "check", "acme.yaml"]);
    for words in ["the context word `linear` is an ordinary one", "`the handbook` is no link"] {
        assert!(said.stdout.contains(words), "`{words}` is missing: {said:?}");
    }
}
