//! What commits say besides their content: messages, people, names of files, tags.

use super::{found, id, scan};
use crate::support::{Folder, assigned, list, text, token};

#[test]
fn the_message_of_a_commit_is_scanned() {
    let folder = Folder::committed();
    let message = format!("subject\n\nsee {}\n", token("message"));
    folder.git(["commit", "--quiet", "--allow-empty", "--message", &message]);
    let said = scan(&folder, "HEAD~1..", &["commit-message "]);
    let report = said.report();
    let place = &list(&report["findings"])[0]["locations"][0];
    assert_eq!((text(&place["commit"]), place["start"]["line"].as_u64()), (id(&folder, "HEAD").as_str(), Some(3)));
}

#[test]
fn names_and_addresses_of_people_are_scanned_once_each() {
    let folder = Folder::committed();
    for _ in 0..2 {
        let author = format!("{} <a@example.org>", token("author"));
        folder.git(["commit", "--quiet", "--allow-empty", "--message=m", "--author", &author]);
    }
    let config = format!("{}@example.org", token("committer"));
    let environment = format!("user.email={config}");
    // The environment of the tests names a committer; only a commit made without it takes the configured one.
    let mut git = crate::support::git_in(&folder.path);
    git.env_remove("GIT_COMMITTER_EMAIL").args(["-c", &environment, "commit", "--quiet", "--allow-empty", "--message=m"]);
    crate::support::Said::of(&mut git).ends_with(0);
    scan(&folder, "HEAD~3..", &["person ", "person "]);
}

#[test]
fn the_name_of_a_new_file_is_scanned_once_and_masked() {
    let folder = Folder::committed();
    let name = format!("keys/{}.txt", token("name"));
    folder.write(&name, "nothing\n").commit_all();
    folder.write(&name, "changed\n").commit_all();
    folder.remove(&name).commit_all();
    folder.write(&name, "again\n").commit_all();
    let said = folder.scan(["--range", "HEAD~4.."]).ends_with(1);
    assert_eq!(found(&said).len(), 1, "{said:?}");
    assert!(found(&said)[0].starts_with("file-name keys/"), "{said:?}");
    assert!(!said.stdout.contains(&token("name")));
    scan(&folder, "HEAD~3..HEAD~2", &[]);
}

#[test]
fn annotated_tags_that_name_a_tip_are_scanned() {
    let folder = Folder::committed();
    folder.git(["tag", "--message=clean", "v1"]);
    folder.git(["commit", "--quiet", "--allow-empty", "--message=m"]);
    folder.git(["tag", "--message", &assigned("tag"), "v2"]);
    scan(&folder, "v1..v2", &["tag-message "]);
    scan(&folder, "v2", &["tag-message "]);
    scan(&folder, "v2..HEAD", &[]);
    scan(&folder, "v1..HEAD", &[]);
}

#[test]
fn a_tag_that_a_merge_took_in_is_scanned() {
    let folder = Folder::committed();
    let tree = id(&folder, "HEAD^{tree}");
    let parent = id(&folder, "HEAD");
    let commit = format!(
        "tree {tree}\nparent {parent}\nauthor A <a@b> 1577836800 +0000\ncommitter A <a@b> 1577836800 +0000\nmergetag object {parent}\n type commit\n tag v1\n tagger A <a@b> 1577836800 +0000\n \n {}\nmerge\n",
        assigned("merged tag")
    );
    folder.write("commit.txt", commit);
    let made = folder.git(["hash-object", "-t", "commit", "-w", "--literally", "commit.txt"]);
    scan(&folder, &format!("{parent}..{made}"), &["tag-message "]);
}
