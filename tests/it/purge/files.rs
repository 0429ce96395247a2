//! What is written where, by whom it can be read, and what is refused.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::spill::{Spill, holds};
use crate::support::{Folder, Said, keysieve_in, list, text};
use crate::untouched::{assert_same, snapshot};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("because it was written").permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("because it was made");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("because it is there").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn secrets_are_written_only_on_request_and_for_one_user() {
    let spill = Spill::new();
    let before = snapshot(&spill.folder.path);
    let plain = spill.plan(&[]).ends_with(0);
    assert_eq!(names(&spill.out()), ["PLAN.md", "plan.json"]);
    assert!(plain.stdout.contains("--write-secrets") && plain.stderr.is_empty(), "{plain:?}");
    let full = spill.plan(&["--write-secrets", "--force"]).ends_with(0);
    assert!(full.stderr.contains("holds the secrets themselves"), "{full:?}");
    assert_same(&before, &snapshot(&spill.folder.path));
    assert_eq!(names(&spill.out()), ["PLAN.md", "keysieve_replace.py", "plan.json", "replace-text.txt"]);
    assert_eq!(mode(&spill.out()), 0o700);
    for name in names(&spill.out()) {
        assert_eq!(mode(&spill.out().join(&name)), 0o600, "{name}");
    }
    let said = [plain.stdout, plain.stderr, full.stdout, full.stderr].concat();
    for (what, spelling) in spill.spellings() {
        assert!(!holds(said.as_bytes(), &spelling), "{what} was said");
        for name in ["PLAN.md", "plan.json", "keysieve_replace.py"] {
            assert!(!holds(&spill.written(name), &spelling), "{what} stands in {name}");
        }
    }
    assert!(holds(&spill.written("replace-text.txt"), spill.token.as_bytes()));
    // Without the request, what an earlier plan wrote goes: it would not fit the new one.
    spill.plan(&["--force"]).ends_with(0);
    assert_eq!(names(&spill.out()), ["PLAN.md", "plan.json"]);
}

#[test]
fn a_folder_inside_of_the_repository_is_refused() {
    let spill = Spill::new();
    let (outside, worktree) = (Folder::new(), Folder::new());
    let linked = worktree.path.join("linked");
    spill.folder.git(["worktree", "add", "--quiet", "--detach", &linked.display().to_string()]);
    symlink(&spill.folder.path, outside.path.join("link")).expect("because links can be made");
    symlink(outside.path.join("nowhere"), outside.path.join("dangling")).expect("because links can be made");
    let before = snapshot(&spill.folder.path);
    let inside = [
        spill.folder.path.join("purge"),
        spill.folder.path.join(".git/purge"),
        spill.folder.path.clone(),
        outside.path.join("link/purge"),
        outside.path.join("link/sub/purge/deep"),
        outside.path.join("dangling"),
        linked.join("purge"),
        "purge".into(),
        "../x/../purge".into(),
    ];
    for out in inside {
        for folder in [&spill.folder.path, &linked] {
            let mut command = keysieve_in(folder);
            let said = Said::of(command.args(["purge-plan", "--write-secrets", "--force", "--out"]).arg(&out)).ends_with(2);
            assert!(said.stdout.is_empty() && !said.stderr.is_empty(), "{}: {said:?}", out.display());
        }
    }
    assert_same(&before, &snapshot(&spill.folder.path));
    assert!(!outside.path.join("nowhere").exists());
}

#[test]
fn nothing_is_overwritten_unless_asked_and_never_through_a_link() {
    let spill = Spill::new();
    let victim = Folder::new();
    victim.write("precious", "kept\n");
    std::fs::create_dir(spill.out()).expect("because it is not there");
    std::fs::set_permissions(spill.out(), std::fs::Permissions::from_mode(0o700)).expect("because it is ours");
    symlink(victim.path.join("precious"), spill.out().join("replace-text.txt")).expect("because links can be made");
    let said = spill.plan(&["--write-secrets"]).ends_with(2);
    assert!(said.stderr.contains("not empty") && said.stderr.contains("--force"), "{said:?}");
    spill.plan(&["--write-secrets", "--force"]).ends_with(0);
    assert_eq!(victim.read("precious"), "kept\n");
    assert!(!spill.out().join("replace-text.txt").is_symlink());
    std::fs::set_permissions(spill.out(), std::fs::Permissions::from_mode(0o777)).expect("because it is ours");
    let said = spill.plan(&["--write-secrets", "--force"]).ends_with(2);
    assert!(said.stderr.contains("others may write"), "{said:?}");
}

#[test]
fn a_report_or_fingerprints_select_what_is_purged() {
    let spill = Spill::new();
    let report = Said::of(keysieve_in(&spill.folder.path).args(["scan", "--history", "--format", "json"])).ends_with(1).report();
    let is_token = |finding: &&serde_json::Value| text(&finding["rule"]["id"]) == "github.personal-access-token";
    let fingerprint = text(&list(&report["findings"]).iter().find(is_token).expect("because it was found")["fingerprint"]).to_owned();
    let gone = format!("v1:github:{}", "0".repeat(32));
    let chosen = serde_json::json!({ "findings": [{ "fingerprint": fingerprint }, { "fingerprint": gone }] });
    let folder = Folder::new();
    folder.write("found.json", chosen.to_string());
    let path = folder.path.join("found.json").display().to_string();
    let fingerprints =
        |spill: &Spill| list(&spill.json()["secrets"]).iter().map(|secret| text(&secret["fingerprint"]).to_owned()).collect::<Vec<_>>();
    let said = spill.plan(&["--report", &path]).ends_with(0);
    assert!(said.stdout.contains(&format!("not found any more: {gone}")), "{said:?}");
    assert_eq!((fingerprints(&spill), &spill.json()["not_found"]), (vec![fingerprint.clone()], &serde_json::json!([gone])));
    let digits = &fingerprint.rsplit(':').next().expect("because it has colons")[..10];
    spill.plan(&["--fingerprint", digits, "--force"]).ends_with(0);
    assert_eq!(fingerprints(&spill), [fingerprint]);
    for wrong in [&gone, "xyz", "0123"] {
        spill.plan(&["--fingerprint", wrong, "--force"]).ends_with(2);
    }
    folder.write("found.json", "{}");
    spill.plan(&["--report", &path, "--force"]).ends_with(2);
}

#[test]
fn without_a_secret_there_is_no_plan() {
    let (folder, beside) = (Folder::committed(), Folder::new());
    let out = beside.path.join("purge");
    let said = Said::of(keysieve_in(&folder.path).args(["purge-plan", "--write-secrets", "--out"]).arg(&out)).ends_with(0);
    assert!(said.stdout.starts_with("nothing to purge") && !out.exists(), "{said:?}");
    Said::of(keysieve_in(&folder.path).args(["purge-plan", "--verify", "--out"]).arg(&out)).ends_with(2);
}
