//! `scan --history`: every path that ever held such a file, with its exposure.

use super::{at, env_file, files, fingerprint, key_file, told};
use crate::history::Repository;
use crate::support::{Folder, list, text};

fn names(refs: &serde_json::Value) -> Vec<String> {
    list(refs).iter().map(|one| text(&one["name"]).to_owned()).collect()
}

#[test]
fn a_file_has_the_exposure_of_its_path() {
    let repository = Repository::new(&[]);
    repository.write("README", "x\n").commit("begin");
    let first = repository.write("conf/.env", env_file("1")).commit("add it");
    let last = repository.write("conf/.env", env_file("2")).commit("change it");
    repository.git(&["branch", "kept"]);
    repository.git(&["rm", "--quiet", "conf/.env"]);
    repository.commit("remove it");
    let said = repository.scan(&[]).ends_with(1);
    assert_eq!(told(&said), ["conf/.env: env-file"]);
    let finding = at(&said, "conf/.env");
    let exposure = &finding["exposure"];
    assert_eq!((text(&exposure["first"]["id"]), text(&exposure["last"]["id"])), (first.as_str(), last.as_str()));
    assert_eq!((exposure["commits"].as_u64(), exposure["blobs"].as_u64(), exposure["in_head"].as_bool()), (Some(2), Some(2), Some(false)));
    assert_eq!(names(&exposure["held_by"]), ["refs/heads/kept"]);
    assert_eq!(names(&exposure["reachable_from"]), ["refs/heads/kept", "refs/heads/main"]);
    let place = &finding["locations"][0];
    assert_eq!((text(&place["kind"]), text(&place["commit"])), ("blob", first.as_str()));
    assert_eq!(text(&place["blob"]), repository.git(&["rev-parse", "kept:conf/.env"]), "the last version");
}

#[test]
fn a_path_is_a_file_of_its_own() {
    let repository = Repository::new(&[]);
    let first = repository.write("a/.env", env_file("same")).commit("a");
    let second = repository.write("b/c/.env", env_file("same")).write("b/copy.txt", env_file("same")).commit("b");
    repository.git(&["mv", "a/.env", ".env"]);
    let third = repository.commit("move");
    let said = repository.scan(&[]);
    assert_eq!(told(&said), [".env: env-file", "a/.env: env-file", "b/c/.env: env-file"]);
    for (path, first, last, commits) in [("a/.env", &first, &second, 2), ("b/c/.env", &second, &third, 2), (".env", &third, &third, 1)] {
        let exposure = &at(&said, path)["exposure"];
        assert_eq!((text(&exposure["first"]["id"]), text(&exposure["last"]["id"])), (first.as_str(), last.as_str()), "{path}");
        assert_eq!(exposure["commits"].as_u64(), Some(commits), "{path}");
        assert_eq!(exposure["in_head"].as_bool(), Some(path != "a/.env"), "{path}");
        assert_eq!(list(&exposure["paths"]).iter().map(text).collect::<Vec<_>>(), [path]);
    }
    let tree = repository.scan_in(&repository.path, &["--reachable-only"]);
    assert_eq!(told(&tree).len(), 3);
}

#[test]
fn the_fingerprint_is_that_of_a_scan_of_the_tree() {
    let folder = Folder::repository();
    folder.write("tls/server.key", key_file("k")).commit_all();
    let (tree, history) = (folder.scan(["."]), folder.scan(["--history"]));
    assert_eq!(fingerprint(&tree, "tls/server.key"), fingerprint(&history, "tls/server.key"));
}

#[test]
fn versions_without_values_do_not_count() {
    let repository = Repository::new(&[]);
    repository.write(".env", "DB_PASSWORD=\nPORT=1\n").write("never/.env", "PORT=1\n").commit("a template");
    let filled = repository.write(".env", env_file("filled")).commit("fill it");
    repository.write(".env", "DB_PASSWORD=\n").commit("empty it");
    let said = repository.scan(&[]);
    assert_eq!(told(&said), [".env: env-file"]);
    let exposure = &at(&said, ".env")["exposure"];
    assert_eq!((text(&exposure["first"]["id"]), exposure["commits"].as_u64()), (filled.as_str(), Some(1)));
    assert_eq!(exposure["in_head"], false);
    assert_eq!(said.report()["below_threshold"].as_u64(), Some(1), "never/.env: {said:#?}");
    let audit = repository.scan(&["--min-confidence", "low"]);
    assert_eq!(told(&audit), [".env: env-file", "never/.env: env-file"]);
}

#[test]
fn folders_count_although_a_history_knows_names_first() {
    let repository = Repository::new(&[]);
    let users = format!("users:\n- user:\n    token: {}\n", crate::support::expand("{{base62:40}}", "kube"));
    repository.write(".kube/config", &users).write("src/config", &users).write("x/.kube/config", &users).commit("all");
    assert_eq!(told(&repository.scan(&[])), [".kube/config: kubeconfig", "x/.kube/config: kubeconfig"]);
}

#[test]
fn what_only_an_index_holds_is_found_and_what_nothing_reaches_can_be_left_out() {
    let repository = Repository::new(&[]);
    repository.write("README", "x\n").commit("begin");
    repository.write("old/.env", env_file("lost")).commit("lost");
    repository.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    repository.write("new/.env", env_file("staged"));
    repository.git(&["add", "--force", "new/.env"]);
    let said = repository.scan(&[]);
    assert_eq!(told(&said), ["new/.env: env-file", "old/.env: env-file"]);
    assert_eq!(text(&at(&said, "new/.env")["exposure"]["reach"]), "reflog");
    assert_eq!(text(&at(&said, "old/.env")["exposure"]["reach"]), "reflog");
    assert_eq!(told(&repository.scan(&["--reachable-only"])), [""; 0]);
    repository.git(&["stash", "--quiet"]);
    let stash = &at(&repository.scan(&[]), "new/.env")["exposure"];
    assert!(names(&stash["held_by"]).contains(&"refs/stash".to_owned()), "{stash:#}");
}

#[test]
fn nothing_but_the_repository_changes_the_report() {
    let repository = Repository::new(&[]);
    for number in 0..40 {
        let folder = ["a", "b/c", "b"][number % 3];
        repository.write(&format!("{folder}/{number}.env"), env_file(&number.to_string()));
        repository.write(&format!("{folder}/.env"), env_file(&(number / 5).to_string())).commit("one more");
    }
    let expected = repository.scan(&["--no-cache", "-j", "1"]);
    assert_eq!(files(&expected).len(), 43);
    for arguments in [&["-j", "8", "--no-cache"][..], &["-j", "2"], &["-j", "3"], &["--full-scan", "--no-cache"]] {
        assert_eq!(repository.scan(arguments).stdout, expected.stdout, "{arguments:?}");
    }
    repository.git(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(repository.scan(&[]).stdout, expected.stdout);
}

#[test]
fn the_same_path_in_two_repositories_is_one_finding_with_two_places() {
    let (inner, outer) = (Repository::new(&[]), Repository::new(&[]));
    inner.write(".env", env_file("inner")).commit("inner");
    outer.write(".env", env_file("outer")).commit("outer");
    outer.git(&["submodule", "--quiet", "add", &inner.path.display().to_string(), "sub"]);
    outer.commit("add it");
    let said = outer.scan(&["--submodules"]);
    assert_eq!(told(&said), [".env: env-file", "sub/.env: env-file"]);
    assert_eq!(files(&said).len(), 1, "{said:#?}");
}
