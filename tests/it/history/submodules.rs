//! `--submodules`: the histories of the repositories inside of a repository, whether git absorbed them or not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::findings::{Findings, strings};
use super::repository::Repository;
use crate::report_schema::{assert_fits, json_schema, sarif_schema};
use crate::support::{assigned, list, text, token};

/// A repository with one secret that its second commit takes away again.
fn with_secret(name: &str) -> Repository {
    let repository = Repository::new(&[]);
    repository.write("README", name).write("conf/old.env", assigned(name)).commit("first");
    repository.git(&["rm", "--quiet", "conf/old.env"]);
    repository.commit("second");
    repository
}

fn add(repository: &Repository, source: &Repository, path: &str) {
    repository.git(&["submodule", "--quiet", "add", &source.path.display().to_string(), path]);
    repository.commit("add a submodule");
}

/// `top` with the submodule `libs/a`, which has the submodule `b`; all of them have a secret of their own.
fn nested() -> (Repository, Repository, Repository) {
    let (top, a, b) = (with_secret("top"), with_secret("a"), with_secret("b"));
    add(&a, &b, "b");
    add(&top, &a, "libs/a");
    (top, a, b)
}

#[track_caller]
fn scan(repository: &Repository, arguments: &[&str], code: i32) -> Findings {
    Findings::of(&repository.scan(&[&["--submodules"], arguments].concat()).ends_with(code))
}

/// The only path of a token.
#[track_caller]
fn path_of(findings: &Findings, name: &str) -> String {
    let finding = findings.of_token(&token(name)).unwrap_or_else(|| panic!("{name} is not found: {:#}", findings.0));
    let places = list(&finding["locations"]);
    assert_eq!(places.len(), 1, "{finding:#}");
    assert_eq!(strings(&finding["exposure"]["paths"]), [text(&places[0]["path"])], "{name}");
    text(&places[0]["path"]).to_owned()
}

fn skips(findings: &Findings) -> Vec<(String, u64)> {
    let skip = |skip: &Value| (format!("{}: {}", text(&skip["what"]), text(&skip["why"])), skip["count"].as_u64().unwrap_or_default());
    list(&findings.0["coverage"]["skipped"]).iter().map(skip).collect()
}

/// Path, length, time of change and content of everything below a folder.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (std::time::SystemTime, Vec<u8>)> {
    let mut seen = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let meta = path.symlink_metadata().expect("because it was listed");
        if meta.is_dir() {
            let below = std::fs::read_dir(&path).expect("because it is a folder");
            waiting.extend(below.map(|entry| entry.expect("because it can be listed").path()));
        }
        let content = if meta.is_file() { std::fs::read(&path).expect("because it is a file") } else { Vec::new() };
        seen.insert(path, (meta.modified().expect("because the system knows it"), content));
    }
    seen
}

#[test]
fn without_the_flag_they_are_left_out_and_counted() {
    let (top, _a, _b) = nested();
    let findings = Findings::of(&top.scan(&[]).ends_with(1));
    assert_eq!(findings.len(), 1, "{:#}", findings.0);
    assert_eq!(skips(&findings), [("submodules: each is a repository of its own: scan them with --submodules".to_owned(), 1)]);
    let said = top.scan(&["--format", "human"]);
    assert!(said.stdout.contains(" · 1 submodule left out"), "{said:?}");
}

#[test]
fn nested_ones_are_scanned_with_their_paths() {
    let (top, _a, _b) = nested();
    top.git(&["submodule", "--quiet", "update", "--init", "--recursive"]);
    let before = snapshot(&top.path);
    let findings = scan(&top, &[], 1);
    assert_eq!(snapshot(&top.path), before);
    assert_eq!((findings.len(), findings.gaps(), skips(&findings)), (3, vec![], vec![]), "{:#}", findings.0);
    assert_eq!(path_of(&findings, "top"), "conf/old.env");
    assert_eq!(path_of(&findings, "a"), "libs/a/conf/old.env");
    assert_eq!(path_of(&findings, "b"), "libs/a/b/conf/old.env");
    let place = |name: &str| findings.of_token(&token(name)).map(|finding| finding["locations"][0]["submodule"].clone());
    assert_eq!([place("top"), place("a"), place("b")], [Some(Value::Null), Some("libs/a".into()), Some("libs/a/b".into())]);
    for arguments in [&["--threads", "1"][..], &["--full-scan"], &["--no-cache"], &[]] {
        assert_eq!(scan(&top, arguments, 1).without_time(), findings.without_time(), "{arguments:?}");
    }
}

#[test]
fn one_that_is_not_initialized_is_incomplete() {
    let (top, _a, _b) = nested();
    let gap =
        |path| format!("submodule {path} | it is registered, and its repository is not here | `git submodule update --init --recursive`");
    assert_eq!(scan(&top, &[], 1).gaps(), [gap("libs/a/b")], "`git submodule add` does not go further down");
    let clone = Repository::clone_of(&top.path, &[]);
    assert_eq!(scan(&clone, &[], 1).gaps(), [gap("libs/a")]);
    clone.scan(&[]).ends_with(1);
    clone.git(&["submodule", "--quiet", "update", "--init"]);
    assert_eq!(scan(&clone, &[], 1).gaps(), [gap("libs/a/b")]);
    clone.git(&["submodule", "--quiet", "update", "--init", "--recursive"]);
    let findings = scan(&clone, &[], 1);
    assert_eq!((findings.len(), findings.gaps()), (3, vec![]));
}

#[test]
fn incomplete_alone_is_3_and_not_clean() {
    let (top, clean) = (Repository::new(&[]), Repository::new(&[]));
    clean.write("README", "clean\n").commit("first");
    add(&top, &clean, "lib");
    scan(&top, &[], 0);
    let clone = Repository::clone_of(&top.path, &["--no-checkout"]);
    assert_eq!(scan(&clone, &[], 3).gaps().len(), 1, "without an index HEAD tells");
    scan(&clone, &["--allow-incomplete"], 0);
}

#[test]
fn a_bare_superproject_has_none_of_them() {
    let (top, _a, _b) = nested();
    let bare = Repository::clone_of(&top.path, &["--bare"]);
    let findings = scan(&bare, &[], 1);
    assert_eq!(findings.len(), 1);
    let gaps = findings.gaps();
    assert!(gaps.len() == 1 && gaps[0].starts_with("submodule libs/a | ") && gaps[0].contains("--recurse-submodules"), "{gaps:?}");
    assert_eq!(skips(&Findings::of(&bare.scan(&[]).ends_with(1))).len(), 1);
}

#[test]
fn one_with_a_git_folder_of_its_own_is_found() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    top.git(&["clone", "--quiet", &a.path.display().to_string(), "libs/old"]);
    top.git(&["submodule", "--quiet", "add", &a.path.display().to_string(), "libs/old"]);
    top.commit("add it where it is");
    assert!(top.path.join("libs/old/.git").is_dir(), "git has absorbed it");
    let findings = scan(&top, &[], 1);
    assert_eq!((path_of(&findings, "a"), findings.gaps()), ("libs/old/conf/old.env".to_owned(), vec![]));
    // Also without a .gitmodules, as `git add` of a folder with a repository makes it.
    top.git(&["rm", "--quiet", "--cached", ".gitmodules"]);
    std::fs::remove_file(top.path.join(".gitmodules")).expect("because git wrote it");
    assert_eq!(path_of(&scan(&top, &[], 1), "a"), "libs/old/conf/old.env");
    top.git(&["submodule", "--quiet", "absorbgitdirs"]);
}

#[test]
fn one_that_was_removed_is_still_in_the_git_folder() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    add(&top, &a, "libs/a");
    top.git(&["rm", "--quiet", "libs/a"]);
    top.commit("remove it");
    let findings = scan(&top, &[], 1);
    assert_eq!((path_of(&findings, "a"), findings.gaps()), ("libs/a/conf/old.env".to_owned(), vec![]));
    top.git(&["config", "--file", ".git/modules/libs/a/config", "--unset", "core.worktree"]);
    assert_eq!(path_of(&scan(&top, &[], 1), "a"), ".git/modules/libs/a/conf/old.env");
}

#[test]
fn a_name_need_not_be_the_path() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    top.git(&["submodule", "--quiet", "add", "--name", "deep/er/name", &a.path.display().to_string(), "first"]);
    top.commit("add");
    top.git(&["mv", "first", "moved"]);
    top.commit("move");
    assert_eq!(path_of(&scan(&top, &[], 1), "a"), "moved/conf/old.env");
    std::fs::remove_dir_all(top.path.join("moved")).expect("because git has made it");
    assert_eq!(path_of(&scan(&top, &[], 1), "a"), "moved/conf/old.env");
}

#[test]
fn a_linked_worktree_has_submodules_of_its_own() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    add(&top, &a, "libs/a");
    let linked = Repository::new(&[]);
    let path = linked.path.join("linked");
    top.git(&["worktree", "add", "--quiet", "-b", "linked", &path.display().to_string()]);
    top.git_as(&path, &[], &["submodule", "--quiet", "update", "--init"]);
    for folder in [&top.path, &path] {
        let findings = Findings::of(&top.scan_in(folder, &["--submodules"]).ends_with(1));
        let places = list(&findings.of_token(&token("a")).expect("because both have it")["locations"]);
        assert!(places.iter().any(|place| text(&place["path"]) == "libs/a/conf/old.env"), "{places:#?}");
        assert_eq!((findings.len(), findings.gaps()), (2, vec![]));
    }
}

#[test]
fn reachable_only_goes_for_submodules_too() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    add(&top, &a, "libs/a");
    let inner = top.path.join("libs/a");
    top.write("libs/a/lost.env", assigned("lost"));
    top.git_as(&inner, &[], &["stash", "push", "--quiet", "--include-untracked"]);
    top.git_as(&inner, &[], &["stash", "drop", "--quiet"]);
    let all = scan(&top, &[], 1);
    let lost = all.of_token(&token("lost")).expect("because nothing has pruned it");
    assert_eq!((text(&lost["exposure"]["reach"]), all.len()), ("unreachable", 3));
    let reachable = scan(&top, &["--reachable-only"], 1);
    assert!(reachable.of_token(&token("lost")).is_none() && reachable.len() == 2, "{:#}", reachable.0);
}

/// One finding, with the places of both repositories, in every format.
#[test]
fn a_secret_in_two_repositories_is_one_finding() {
    let (top, a) = (Repository::new(&[]), with_secret("both"));
    top.write("README", "top\n").commit("first");
    add(&top, &a, "libs/a");
    top.write("z.env", assigned("both")).commit("again");
    let findings = scan(&top, &[], 1);
    assert_eq!(findings.len(), 1);
    let finding = findings.of_token(&token("both")).expect("because it is the only one");
    let places: Vec<_> = list(&finding["locations"]).iter().map(|place| (text(&place["path"]), text(&place["submodule"]))).collect();
    assert_eq!(places, [("libs/a/conf/old.env", "libs/a"), ("z.env", "")]);
    let exposure = &finding["exposure"];
    assert_eq!(strings(&exposure["paths"]), ["libs/a/conf/old.env", "z.env"]);
    assert_eq!((exposure["commits"].as_u64(), exposure["blobs"].as_u64()), (Some(2), Some(2)));
    assert_eq!((exposure["in_head"].as_bool(), exposure["pushed"].as_bool()), (Some(true), Some(true)), "{exposure:#}");
    assert_eq!(text(&exposure["first"]["id"]), a.git(&["rev-parse", "main~1"]), "that of the submodule is the older one");
    assert_eq!(text(&exposure["last"]["id"]), top.git(&["rev-parse", "main"]));
    let said = top.scan(&["--submodules", "--format", "human"]).ends_with(1);
    assert!(said.stdout.contains("1 secret in 2 places") && said.stdout.contains("also at z.env"), "{}", said.stdout);
    let sarif = top.scan(&["--submodules", "--format", "sarif"]).ends_with(1).report();
    let results = list(&sarif["runs"][0]["results"]);
    let uri = |result: &Value| text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]).to_owned();
    assert_eq!(results.iter().map(uri).collect::<Vec<_>>(), ["libs/a/conf/old.env", "z.env"]);
    let lines = top.scan(&["--submodules", "--format", "jsonl"]).ends_with(1).stdout;
    assert_eq!(lines.lines().filter(|line| line.contains("\"type\":\"finding\"")).count(), 1, "{lines}");
}

#[test]
fn what_is_no_file_names_its_submodule() {
    let (top, a) = (Repository::new(&[]), Repository::new(&[]));
    a.write("README", "a\n").commit(&format!("Use {}", token("message")));
    let blob =
        String::from_utf8(a.git_with_input(&["hash-object", "-w", "--stdin"], assigned("loose").as_bytes())).expect("because it is hex");
    a.git(&["update-ref", "refs/tags/blob", blob.trim()]);
    top.write("README", "top\n").commit("first");
    add(&top, &a, "libs/a");
    let findings = scan(&top, &[], 1);
    assert_fits(&json_schema(), &findings.0);
    assert_fits(&sarif_schema(), &top.scan(&["--submodules", "--format", "sarif"]).ends_with(1).report());
    let message = &findings.of_token(&token("message")).expect("because it is there")["locations"][0];
    assert_eq!((text(&message["path"]), text(&message["submodule"]), text(&message["kind"])), ("", "libs/a", "commit-message"));
    let said = top.scan(&["--submodules", "--format", "human"]).ends_with(1).stdout;
    let commit = a.git(&["rev-parse", "HEAD"]);
    assert!(said.contains(&format!("commit {} message:1:5 in libs/a", &commit[..10])), "{said}");
    assert!(said.contains(&format!("blob {}:1:3 in libs/a", &blob[..10])), "{said}");
    let said = top.scan(&["--submodules", "--format", "sarif"]).ends_with(1).stdout;
    assert!(said.contains(&format!("the message of commit {}, in the submodule libs/a.", &commit[..10])), "{said}");
}

/// What a submodule's configuration and `.gitmodules` say leads to no file outside, and a link leads nowhere.
#[test]
fn nothing_leads_out_of_the_repository() {
    let (top, a, outside) = (with_secret("top"), with_secret("a"), with_secret("outside"));
    add(&top, &a, "libs/a");
    let elsewhere = outside.path.display().to_string();
    let config = ["config", "--file", ".git/modules/libs/a/config", "core.worktree", &elsewhere];
    top.git(&config);
    let findings = scan(&top, &[], 1);
    assert_eq!((path_of(&findings, "a"), findings.len()), ("libs/a/conf/old.env".to_owned(), 2));
    // A path that leads out, and one that is a link.
    top.write(".gitmodules", format!("[submodule \"x\"]\n\tpath = ../x\n\turl = {elsewhere}\n[submodule \"link\"]\n\tpath = link\n"));
    std::fs::remove_dir_all(top.path.join("libs/a")).expect("because git has made it");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside.path, top.path.join("libs/a")).expect("because nothing is there");
        std::os::unix::fs::symlink(&outside.path, top.path.join("link")).expect("because nothing is there");
        let link = top.path.join(".git/modules/link");
        std::os::unix::fs::symlink(outside.path.join(".git"), link).expect("because nothing is there");
    }
    let findings = scan(&top, &[], 1);
    assert_eq!((path_of(&findings, "a"), findings.gaps()), ("libs/a/conf/old.env".to_owned(), vec![]), "as HEAD has it");
    assert!(findings.of_token(&token("outside")).is_none());
}

#[test]
fn a_git_file_that_names_another_folder_is_not_followed() {
    let (top, outside) = (with_secret("top"), with_secret("outside"));
    add(&top, &outside, "lib");
    std::fs::remove_dir_all(top.path.join(".git/modules")).expect("because git has made it");
    top.write("lib/.git", format!("gitdir: {}\n", outside.git_dir().display()));
    let findings = scan(&top, &[], 1);
    assert!(findings.of_token(&token("outside")).is_none());
    assert!(findings.gaps()[0].starts_with("submodule lib | its repository lies elsewhere"), "{:?}", findings.gaps());
}

#[test]
fn a_damaged_submodule_is_a_gap_and_not_the_repository_around_it() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    add(&top, &a, "libs/a");
    let folder = top.path.join(".git/modules/libs/a");
    std::fs::remove_file(folder.join("HEAD")).expect("because git wrote it");
    let findings = scan(&top, &[], 1);
    assert_eq!(findings.len(), 1);
    assert!(findings.gaps().len() == 1 && findings.names("submodule libs/a"), "{:?}", findings.gaps());
    let blob = a.git(&["rev-parse", "main:README"]);
    std::fs::write(folder.join("HEAD"), "ref: refs/heads/main\n").expect("because the folder can be written");
    std::fs::remove_file(folder.join("objects").join(&blob[..2]).join(&blob[2..])).expect("because it is loose");
    let findings = scan(&top, &[], 1);
    assert!(findings.names(&format!("object {blob} in submodule libs/a")), "{:?}", findings.gaps());
}

#[test]
fn no_cache_is_written_into_the_repository_around() {
    let (top, a) = (with_secret("top"), with_secret("a"));
    top.git(&["clone", "--quiet", &a.path.display().to_string(), "old"]);
    top.git(&["submodule", "--quiet", "add", &a.path.display().to_string(), "old"]);
    add(&top, &with_secret("b"), "libs/b");
    let before = snapshot(&top.path);
    let mut command = crate::support::keysieve_in(&top.path);
    command.env("XDG_CACHE_HOME", top.path.join("cache")).args(["scan", "--history", "--submodules", "--format", "json"]);
    assert_eq!(Findings::of(&crate::support::Said::of(&mut command).ends_with(1)).len(), 3);
    assert_eq!(snapshot(&top.path), before);
    scan(&top, &[], 1);
    let kept = snapshot(&top.cache.path).into_iter().filter(|(path, _)| path.extension().is_some_and(|extension| extension == "bin"));
    assert_eq!(kept.count(), 3, "one for each repository, where a cache may be written");
}
