//! Which lines the replace-text file has.

use keysieve::purge::{Counts, FormCount, Measured};

use super::filter_repo::folder;
use super::spill::Spill;
use crate::support::{Folder, Said, expand, keysieve_in, list, token};

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

/// Applies a replace-text file to standard input with git-filter-repo's own reading of it.
const APPLY: &str = "\
import sys, git_filter_repo
rules = git_filter_repo.FilteringOptions.get_replace_text(sys.argv[1])
data = open(sys.argv[2], 'rb').read()
for literal, replacement in rules['literals']:
    data = data.replace(literal, replacement)
for regex, replacement in rules['regexes']:
    data = regex.sub(replacement, data)
open(sys.argv[2], 'wb').write(data)
";

#[test]
fn git_filter_repo_reads_each_line_as_it_is_meant() {
    let Some(programs) = folder() else { return };
    let hard: [&[u8]; 9] = [
        b"  blanks around  ",
        b"# no comment at all",
        b"regex:not.a[pattern",
        b"literal:glob:*",
        b"with==>an==>arrow==>",
        b"ends with equal signs===",
        b"tab\tand\rCR and\nLF\n",
        b"backslash \\n \\x41 \\000 $^.*+?(){}[]|",
        &[0x80, 0xff, 0, 1, 2, 0xc3, 0x28, 0x7f, 0x0b, 0x1b],
    ];
    let every: Vec<u8> = (0..=255).collect();
    let secrets: Vec<&[u8]> = hard.into_iter().chain([&every[..]]).collect();
    let mut forms = Vec::new();
    for (number, secret) in secrets.iter().enumerate() {
        let own = keysieve::purge::forms(secret).into_iter().filter(|form| form.bytes.expose() == *secret || form.how == "utf-16le");
        forms.extend(own.map(|form| FormCount { secrets: vec![number], form, counts: Counts::default(), inside_words: 0 }));
    }
    forms.sort_by_key(|one| std::cmp::Reverse(one.form.bytes.len()));
    let text: Vec<u8> = forms.iter().flat_map(|one| [b"<", one.form.bytes.expose(), b">\n"].concat()).collect();
    let expected: Vec<u8> =
        forms.iter().flat_map(|one| [b"<".to_vec(), one.form.unit.text("***REMOVED***"), b">\n".to_vec()].concat()).collect();
    let (plain_blobs, refs, blobs, incomplete) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let measured = Measured { forms, plain_blobs, refs, blobs, objects: 0, incomplete };
    let place = Folder::new();
    place.write("replace-text.txt", &*measured.replace_text(&[])).write("data", text).write("apply.py", APPLY);
    let mut python = std::process::Command::new(programs.join("python"));
    Said::of(python.current_dir(&place.path).args(["apply.py", "replace-text.txt", "data"])).ends_with(0);
    let replaced = std::fs::read(place.path.join("data")).expect("because it was written");
    assert_eq!(String::from_utf8_lossy(&replaced), String::from_utf8_lossy(&expected));
}
