//! `.gitleaksignore`. The entries have the form of fingerprints that gitleaks 8 prints for such files.

use super::{import, left, reasons, say, taken};
use crate::support::{Folder, NOTHING, Said, assigned, at, expand, keysieve_in, token};

#[test]
fn an_entry_becomes_an_exception_for_the_secret_and_not_for_the_line() {
    let folder = Folder::committed();
    folder.write("a.env", format!("# a\n{}", assigned("a"))).write("b.env", assigned("b")).commit_all();
    let head = folder.git(["rev-parse", "HEAD"]);
    let entries = format!("# samples of the manual\n{head}:a.env:github-pat:2\n\nb.env:github-pat:1\n");
    folder.write(".gitleaksignore", entries);
    folder.scan(NOTHING).finds(&[&at("a.env"), &at("b.env")]);
    let said = import(&folder, &["gitleaksignore"]);
    say(&taken(&said), &["`github-pat` on a.env:2 in ", "`github-pat` on b.env:1: an exception for github.personal-access-token ghp_"]);
    assert!(left(&said).is_empty() && !said.stdout.contains(&token("a")) && !said.stdout.contains(&token("b")));
    let said = folder.scan(NOTHING).finds(&[]);
    assert_eq!(reasons(&said), ["ignored in .gitleaksignore", "samples of the manual"]);
    folder.scan(["--history", "--no-cache"]).finds(&[]);
    // It may move, and what comes to stand on its line is found.
    folder.write("a.env", format!("\n{}\n{}", assigned("new"), assigned("a")));
    folder.scan(NOTHING).finds(&[&at("a.env")]);
    folder.write("c.env", assigned("b"));
    folder.scan(["b.env"]).finds(&[]);
    folder.scan(["c.env"]).finds(&[&at("c.env")]);
}

#[test]
fn a_secret_that_only_a_commit_has_is_looked_up_there() {
    let folder = Folder::committed();
    folder.write("sub/a.env", format!("# a\n\n{}", assigned("a"))).commit_all();
    let commit = folder.git(["rev-parse", "HEAD"]);
    folder.remove("sub/a.env").commit_all();
    folder.scan(["--history", "--no-cache"]).finds(&[&at("sub/a.env")]);
    folder.write(".gitleaksignore", format!("{commit}:sub/a.env:github-pat:3\n"));
    say(&taken(&import(&folder, &["gitleaksignore"])), &["github.personal-access-token"]);
    folder.scan(["--history", "--no-cache"]).finds(&[]);
}

#[test]
fn what_cannot_be_taken_is_named_with_the_reason() {
    let folder = Folder::committed();
    folder.write("a.env", format!("{}x\n", assigned("a"))).commit_all();
    folder.write("two.env", format!("{} {}", assigned("b").trim(), expand("PASSWORD={{base62:24}}\n", "p"))).commit_all();
    let head = folder.git(["rev-parse", "HEAD"]);
    let none = "0".repeat(39) + "1";
    let entries = [
        "a.env:github-pat:2".to_owned(),
        "a.env:slack-bot-token:1".to_owned(),
        "gone.env:github-pat:1".to_owned(),
        format!("{none}:a.env:github-pat:1"),
        format!("{head}:sub/a.env:github-pat:1"),
        "two.env:curl-auth-user:1".to_owned(),
        "nonsense".to_owned(),
        "/abs/a.env:github-pat:1".to_owned(),
        "../x:github-pat:1".to_owned(),
    ];
    folder.write(".gitleaksignore", entries.join("\n"));
    let said = import(&folder, &["gitleaksignore"]);
    say(
        &left(&said),
        &[
            "finds no secret on that line",
            "something else: github.personal-access-token",
            "no such file any more",
            "its commit is missing",
            "the commit has no such file",
            "several secrets (generic.password, github.personal-access-token)",
            "it is no entry",
            "does not begin at the top",
            "does not begin at the top",
        ],
    );
    assert!(taken(&said).is_empty() && !folder.path.join("keysieve.yaml").exists());
}

#[test]
fn of_several_secrets_on_a_line_those_of_its_rule_are_taken() {
    let folder = Folder::committed();
    let line = format!("{} {} {}", assigned("a").trim(), assigned("b").trim(), expand("PASSWORD={{base62:24}}", "p"));
    folder.write("a.env", &line).write(".gitleaksignore", "a.env:github-pat:1\n");
    let said = import(&folder, &["gitleaksignore"]);
    assert_eq!(folder.read("keysieve.yaml").matches("fingerprint:").count(), 2, "{said:?}");
    folder.scan(NOTHING).finds(&["a.env: generic.password"]);
}

#[test]
fn paths_may_be_those_of_windows_and_secrets_may_have_several_lines() {
    let folder = Folder::committed();
    folder.write("sub/dir [x]/a.env", assigned("a")).write("key.txt", expand("{{pem:RSA PRIVATE KEY}}\n", "k")).commit_all();
    folder.write("list", "sub\\dir [x]\\a.env:github-pat:1\r\n.\\key.txt:private-key:1\r\n");
    let inside = Said::of(keysieve_in(&folder.path.join("sub")).args(["import", "gitleaksignore", "../list"])).ends_with(0);
    assert!(inside.stdout.contains("taken from ../list: 2\n") && inside.stdout.contains("wrote /"), "{inside:?}");
    folder.scan(NOTHING).finds(&[]);
}
