//! Promise 2 for histories: people, subjects, refs and paths are shown, and any of them may hold a secret.

use super::fixture::{Fixture, ROWS};
use super::repository::Repository;
use crate::support::{Said, assigned, token};

const FORMATS: [&str; 4] = ["human", "json", "jsonl", "sarif"];

#[track_caller]
fn assert_hidden(what: &str, said: &Said, tokens: &[String]) {
    for token in tokens {
        let shown = said.stdout.contains(token) || said.stderr.contains(token);
        assert!(!shown, "{what}: a token is shown: {:?}", said.stdout.lines().find(|line| line.contains(token)));
    }
}

#[test]
fn no_format_shows_a_token_of_the_fixture() {
    let fixture = Fixture::new(&[]);
    let tokens: Vec<String> = ROWS.iter().map(|row| token(row.name)).collect();
    for format in FORMATS {
        for level in ["full", "brief", "none"] {
            let said = fixture.repository.scan(&["--format", format, "--exposure", level]).ends_with(1);
            assert_hidden(&format!("{format}, {level}"), &said, &tokens);
        }
    }
}

#[test]
fn a_token_is_hidden_wherever_else_it_stands() {
    let repository = Repository::new(&[]);
    let (everywhere, subject) = (token("everywhere"), token("subject"));
    repository.write(&format!("keys/{everywhere}"), assigned("everywhere"));
    repository.git(&["add", "--all"]);
    let author = [("GIT_AUTHOR_NAME", everywhere.as_str()), ("GIT_AUTHOR_EMAIL", &everywhere)];
    repository.git_as(&repository.path, &author, &["commit", "--quiet", "--message", &format!("Use {everywhere} and {subject}")]);
    repository.git(&["branch", &everywhere]);
    repository.git(&["tag", &format!("v1-{everywhere}")]);
    repository.git(&["update-ref", &format!("refs/custom/{everywhere}/x"), "HEAD"]);
    for format in FORMATS {
        for level in ["full", "brief", "none"] {
            let said = repository.scan(&["--format", format, "--exposure", level]).ends_with(1);
            assert_hidden(&format!("{format}, {level}"), &said, &[everywhere.clone(), subject.clone()]);
        }
    }
}

#[test]
fn a_gap_does_not_show_a_token() {
    let repository = Repository::new(&[]);
    let name = token("gap");
    repository.write(&format!("keys/{name}"), "nothing\n").write("a.env", assigned("gap")).commit("first");
    let blob = repository.git(&["rev-parse", &format!("HEAD:keys/{name}")]);
    std::fs::remove_file(repository.git_dir().join("objects").join(&blob[..2]).join(&blob[2..])).expect("because git wrote it");
    for format in FORMATS {
        assert_hidden(format, &repository.scan(&["--format", format]).ends_with(1), std::slice::from_ref(&name));
    }
}
