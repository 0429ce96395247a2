//! `keysieve scan PATH…`: only what git tracks is such a finding.

use super::{STORE, env_file, files, fingerprint, key_file, told};
use crate::support::{Folder, NOTHING, list, text};

/// One file of each kind, and files that look alike.
fn many() -> Folder {
    let folder = Folder::repository();
    folder.write(".env", env_file("env")).write("deploy/prod.env", env_file("prod")).write("tls/server.key", key_file("key"));
    folder.write("android/release.keystore", STORE).write("android/debug.keystore", STORE);
    folder.write(".kube/config", "users:\n- user:\n    token: c2VydmljZS1hY2NvdW50LXg5\n").write("src/config", "token: x\n");
    folder.write(".env.example", env_file("example")).write("empty/.env", "").write("comments/.env", "# DB_PASSWORD=x\nDB_PASSWORD=\n");
    folder.write("placeholders/.env", "DB_PASSWORD=changeme\nAPI_KEY=${API_KEY}\n").write("plain/.env", "PORT=3000\n");
    folder.write("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    folder
}

const MANY: [&str; 5] = [
    ".env: env-file",
    ".kube/config: kubeconfig",
    "android/release.keystore: keystore",
    "deploy/prod.env: env-file",
    "tls/server.key: private-key-file",
];

#[test]
fn a_tracked_file_is_a_finding_by_its_name() {
    let folder = many();
    folder.commit_all();
    let said = folder.scan(["."]).ends_with(1);
    assert_eq!(told(&said), MANY);
    for finding in files(&said) {
        let place = &finding["locations"][0];
        assert_eq!((place["start"]["line"].as_u64(), place["start"]["column"].as_u64()), (Some(1), Some(1)));
        assert_eq!((&place["start"], place.get("snippet"), text(&place["kind"])), (&place["end"], None, "file"));
        assert_ne!(text(&finding["confidence"]), "low");
    }
    let audit = folder.scan([".", "--min-confidence", "low"]);
    assert!(told(&audit).contains(&"plain/.env: env-file".to_owned()), "values that are no credentials are for audits");
    assert_eq!(told(&audit).len(), MANY.len() + 1, "{audit:#?}");
}

#[test]
fn what_git_does_not_track_is_none() {
    let folder = many();
    folder.write(".gitignore", "*.keystore\n");
    assert_eq!(told(&folder.scan(["."])), [""; 0], "untracked");
    assert_eq!(told(&folder.scan([".", "--include-ignored"])), [""; 0], "ignored");
    folder.git(["add", "deploy"]);
    assert_eq!(told(&folder.scan(["."])), ["deploy/prod.env: env-file"], "what is staged is tracked");
    folder.git(["add", "--force", "android"]);
    let tracked = ["android/release.keystore: keystore", "deploy/prod.env: env-file"];
    assert_eq!(told(&folder.scan(["."])), tracked, "tracked in spite of an ignore rule");
    folder.git(["rm", "--quiet", "--cached", "deploy/prod.env"]);
    assert_eq!(told(&folder.scan(["."])), ["android/release.keystore: keystore"], "taken out again");
}

#[test]
fn without_a_repository_there_is_none() {
    let folder = many();
    std::fs::remove_dir_all(folder.path.join(".git")).expect("because it was just made");
    assert_eq!(told(&folder.scan([".", "--min-confidence", "low"])), [""; 0]);
    let said = folder.scan_stdin(env_file("stdin").as_bytes(), ["--path", ".env"]);
    assert_eq!(told(&said), [""; 0]);
}

#[test]
fn a_link_is_none() {
    let folder = Folder::repository();
    folder.write("kept/elsewhere", env_file("linked"));
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink("kept/elsewhere", folder.path.join(".env")).expect("because the folder can be written");
    }
    folder.commit_all();
    assert_eq!(told(&folder.scan(["."])), [""; 0]);
    assert_eq!(told(&folder.scan([".env"])), [""; 0]);
}

#[test]
fn the_folder_that_is_named_does_not_change_what_is_found() {
    let folder = many();
    folder.commit_all();
    let whole = folder.scan(["."]);
    let absolute = folder.path.join(".kube").display().to_string();
    for (path, reported) in
        [(".kube", ".kube/config".to_owned()), (".kube/config", ".kube/config".to_owned()), (&absolute, format!("{absolute}/config"))]
    {
        let said = folder.scan([path]);
        assert_eq!(told(&said), [format!("{reported}: kubeconfig")], "{path}");
        assert_eq!(fingerprint(&said, &reported), fingerprint(&whole, ".kube/config"), "{path}");
    }
    let mut inside = crate::support::keysieve_in(&folder.path.join(".kube"));
    let said = crate::support::Said::of(inside.args(["scan", "--format", "json"]));
    assert_eq!(told(&said), ["config: kubeconfig"]);
    assert_eq!(fingerprint(&said, "config"), fingerprint(&whole, ".kube/config"));
}

#[test]
fn a_repository_inside_tracks_its_own_files() {
    let (outer, inner) = (Folder::repository(), Folder::repository());
    inner.write("a/.env", env_file("inner")).commit_all();
    outer.write(".env", env_file("outer")).commit_all();
    outer.git(["submodule", "--quiet", "add", &inner.path.display().to_string(), "sub"]);
    outer.git(["init", "--quiet", "nested"]);
    outer.write("nested/.env", env_file("untracked"));
    let said = outer.scan(["."]);
    assert_eq!(told(&said), [".env: env-file", "sub/a/.env: env-file"]);
    assert_eq!(fingerprint(&said, "sub/a/.env"), fingerprint(&inner.scan(["."]), "a/.env"), "the path is that in its repository");
}

#[test]
fn the_repository_of_the_environment_counts() {
    let (work, git) = (Folder::new(), Folder::new());
    let options = [format!("--git-dir={}", git.path.display()), format!("--work-tree={}", work.path.display())];
    work.write(".env", env_file("apart")).write(".env.local", env_file("untracked"));
    work.git([&options[0], &options[1], "init", "--quiet"]);
    work.git([&options[0], &options[1], "add", ".env"]);
    assert_eq!(told(&work.scan(["."])), [""; 0]);
    let mut scan = crate::support::keysieve_in(&work.path);
    scan.env("GIT_DIR", &git.path).env("GIT_WORK_TREE", &work.path).args(["scan", "--format", "json"]);
    assert_eq!(told(&crate::support::Said::of(&mut scan)), [".env: env-file"]);
}

#[test]
fn the_same_file_is_one_finding_whatever_its_content() {
    let folder = Folder::repository();
    folder.write(".env", env_file("one")).write("copy/.env", env_file("one")).commit_all();
    let before = folder.scan(["."]);
    assert_eq!(files(&before).len(), 2, "the same content at another path is another file");
    folder.write(".env", env_file("two"));
    let after = folder.scan(["."]);
    assert_eq!(fingerprint(&before, ".env"), fingerprint(&after, ".env"));
    assert_ne!(fingerprint(&after, ".env"), fingerprint(&after, "copy/.env"));
}

#[test]
fn an_index_that_cannot_be_read_makes_the_scan_incomplete() {
    let folder = Folder::repository();
    folder.write("a.txt", "a\n").write("debug.keystore", STORE).commit_all();
    folder.write(".git/index", "no index");
    folder.scan(NOTHING).ends_with(0);
    folder.write("release.jks", STORE);
    let said = folder.scan(NOTHING).ends_with(3);
    let gaps = said.report();
    assert!(text(&list(&gaps["coverage"]["incomplete"])[0]["what"]).contains("index"), "{said:#?}");
}
