//! Which lines the replace-text file has.

use super::filter_repo::{folder, shell};
use super::spill::Spill;
use crate::support::{Folder, Said, expand, keysieve_in, list, text, token};

fn file(spill: &Spill) -> Vec<String> {
    String::from_utf8_lossy(&spill.written("replace-text.txt")).lines().map(str::to_owned).collect()
}

#[test]
fn each_line_is_a_form_that_occurs() {
    let spill = Spill::new();
    spill.plan(&["--write-secrets"]).ends_with(0);
    let lines = file(&spill);
    let only = |line: String| assert_eq!(lines.iter().filter(|one| **one == line).count(), 1, "{line}: {lines:#?}");
    only(format!("literal:{}==>***REMOVED***", spill.token));
    only(format!("literal:{}==>***REMOVED***", spill.arrow));
    assert!(lines.iter().all(|line| line.starts_with("literal:") || line.starts_with("regex:")), "{lines:#?}");
    // The key as it is and with CRLF, the token in UTF-16; the key's lines one by one, because they were pasted elsewhere.
    assert_eq!(lines.iter().filter(|line| line.starts_with("regex:-----BEGIN")).count(), 2, "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.contains("\\x00")).count(), 1, "{lines:#?}");
    let longest_first = lines.iter().map(|line| line.starts_with("regex:-----BEGIN")).collect::<Vec<_>>();
    assert!(longest_first[..2].iter().all(|is_key| *is_key), "{lines:#?}");
    let inner = spill.key.lines().nth(4).expect("because a key has more lines").replace('+', "\\x2b");
    assert!(lines.contains(&format!("regex:{inner}==>***REMOVED***")), "{lines:#?}");
    let hex = data_encoding::HEXLOWER.encode(spill.token.as_bytes());
    assert!(!lines.iter().any(|line| line.contains(&hex)));
}

/// Runs `purge-plan --write-secrets` for a repository that holds `files`.
fn planned(files: &[(&str, String)]) -> (Folder, Folder, Said) {
    let (folder, beside) = (Folder::committed(), Folder::new());
    for (path, content) in files {
        folder.write(path, content);
    }
    folder.commit_all();
    let said =
        Said::of(keysieve_in(&folder.path).args(["purge-plan", "--write-secrets", "--out"]).arg(beside.path.join("out"))).ends_with(0);
    (folder, beside, said)
}

#[test]
fn a_secret_that_is_a_part_of_other_words_gets_no_line() {
    let password = expand("{{base62:6}}", "short").to_lowercase() + "7Kq";
    let text_around = format!("# x{password}y and {password}s\n");
    let (folder, beside, said) =
        planned(&[("a.env", format!("DB_PASSWORD={password}\n")), ("notes.md", text_around), ("b.env", format!("T={}\n", token("long")))]);
    assert!(said.stderr.contains("could be an ordinary word"), "{said:?}");
    let lines = beside.read("out/replace-text.txt");
    assert!(!lines.contains(&password) && lines.contains(&token("long")), "{lines}");
    let plan: serde_json::Value = serde_json::from_str(&beside.read("out/plan.json")).expect("because it is JSON");
    let risks: Vec<_> = list(&plan["secrets"]).iter().filter(|secret| secret["left_out"] == true).map(|secret| &secret["risk"]).collect();
    assert_eq!(risks, [&serde_json::json!({ "inside-words": 2 })]);
    assert!(beside.read("out/PLAN.md").contains("`replace-text.txt` has no line for it"));
    // No proof without a line for it; a line that a person wrote counts.
    let verify = || Said::of(keysieve_in(&folder.path).args(["purge-plan", "--verify", "--out"]).arg(beside.path.join("out")));
    let without = verify().ends_with(1);
    assert!(without.stdout.contains("no line of the file looks for it"), "{without:?}");
    beside.write("out/replace-text.txt", format!("{lines}literal:DB_PASSWORD={password}==>DB_PASSWORD=REMOVED\n"));
    assert!(!verify().ends_with(1).stdout.contains("no line of the file"));
}

#[test]
fn a_pattern_that_somebody_wrote_is_not_proven() {
    let (folder, beside, _) = planned(&[("b.env", format!("T={}\n", token("pattern")))]);
    beside.write("out/replace-text.txt", "regex:harmless-[0-9]{4}\nliteral:not-in-there\n");
    let said = Said::of(keysieve_in(&folder.path).args(["purge-plan", "--verify", "--out"]).arg(beside.path.join("out"))).ends_with(3);
    assert!(said.stdout.contains("incomplete: line 1 of the file"), "{said:?}");
}

#[test]
fn a_pushed_purge_reaches_the_remote() {
    let Some(programs) = folder() else { return };
    let (origin, beside) = (Folder::new(), Folder::new());
    origin.git(["init", "--quiet", "--bare", "--initial-branch=main"]);
    let work = Folder::committed();
    work.write("a.env", format!("T={}\n", token("pushed"))).commit_all();
    work.git(["remote", "add", "origin", &origin.path.display().to_string()]);
    work.git(["push", "--quiet", "origin", "main", "main:other", "HEAD~1:refs/heads/old"]);
    work.git(["fetch", "--quiet"]);
    let out = beside.path.join("out");
    let plan = |arguments: &[&str]| Said::of(keysieve_in(&work.path).args(["purge-plan", "--out"]).arg(&out).args(arguments));
    plan(&["--write-secrets"]).ends_with(0);
    let read: serde_json::Value = serde_json::from_str(&beside.read("out/plan.json")).expect("because it is JSON");
    assert!(list(&read["notes"]).iter().any(|note| text(note).contains("not a mirror")), "{read}");
    let commands: Vec<String> =
        ["rewrite", "clean", "push"].iter().flat_map(|part| list(&read[*part])).map(|command| text(&command["line"]).to_owned()).collect();
    assert_eq!(
        commands.last().map(String::as_str),
        Some("git push --force origin refs/heads/main:refs/heads/main refs/heads/other:refs/heads/other")
    );
    shell(programs, &work.path, &commands).ends_with(0);
    plan(&["--verify"]).ends_with(0);
    let mut at_origin = keysieve_in(&origin.path);
    // The host still has the old objects, until it collects them.
    Said::of(at_origin.args(["purge-plan", "--verify", "--out"]).arg(&out)).ends_with(1);
    origin.git(["gc", "--quiet", "--prune=now"]);
    let mut at_origin = keysieve_in(&origin.path);
    Said::of(at_origin.args(["purge-plan", "--verify", "--out"]).arg(&out)).ends_with(0);
}
