//! Purges that have to do with other repositories: remotes, clones, worktrees.

use super::filter_repo::{folder, shell};
use crate::support::{Folder, Said, keysieve_in, list, text, token};

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

#[test]
fn a_shallow_clone_makes_no_whole_plan_and_no_proof() {
    let (work, beside) = (Folder::committed(), Folder::new());
    work.write("a.env", format!("T={}\n", token("shallow"))).commit_all();
    let clone = beside.path.join("clone");
    work.git(["clone", "--quiet", "--depth=1", &format!("file://{}", work.path.display()), &clone.display().to_string()]);
    let plan =
        |arguments: &[&str]| Said::of(keysieve_in(&clone).args(["purge-plan", "--out"]).arg(beside.path.join("out")).args(arguments));
    let said = plan(&["--write-secrets"]).ends_with(3);
    assert!(said.stdout.contains("incomplete: ") && said.stdout.contains("shallow"), "{said:?}");
    assert!(beside.read("out/PLAN.md").contains("**This plan is incomplete.**"));
    beside.write("out/replace-text.txt", "literal:stands-nowhere\n");
    let said = plan(&["--verify"]).ends_with(3);
    assert!(said.stdout.contains("shallow"), "{said:?}");
}

#[test]
fn what_is_special_about_a_repository_is_said() {
    let (work, beside) = (Folder::committed(), Folder::new());
    work.write("a.env", format!("T={}\n", token("special")));
    work.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs\n").write(".gitmodules", "[submodule \"x\"]\n").commit_all();
    work.git(["worktree", "add", "--quiet", "--detach", &beside.path.join("linked").display().to_string()]);
    work.git(["repack", "-a", "-d", "--quiet"]);
    let packs = std::fs::read_dir(work.path.join(".git/objects/pack")).expect("because it was packed");
    let pack = packs.map(|entry| entry.expect("because it is there").path()).find(|path| path.extension().is_some_and(|end| end == "pack"));
    std::fs::write(pack.expect("because there is a pack").with_extension("keep"), "").expect("because the folder can be written");
    Said::of(keysieve_in(&work.path).args(["purge-plan", "--out"]).arg(beside.path.join("out"))).ends_with(0);
    let page = beside.read("out/PLAN.md");
    for words in ["Git LFS", "submodules", "linked worktrees", "`.keep`", "no remote"] {
        assert!(page.contains(words), "nothing is said of {words}: {page}");
    }
    assert!(!page.contains("shallow"), "{page}");
}
