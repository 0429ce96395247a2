//! Two branches that both bring the baseline up to date, merged by git.

use crate::support::{Folder, Said, assigned, list};

const FILE: &str = "keysieve-baseline.jsonl";

/// A repository with a baseline of so many secrets, committed on main.
fn with_baseline(secrets: usize) -> Folder {
    let folder = Folder::repository();
    for number in 0..secrets {
        folder.write(format!("old/{number}.env"), assigned(&format!("old {number}")));
    }
    folder.keysieve(["baseline", "create"]).ends_with(0);
    folder.commit_all();
    folder
}

/// On a branch of this name: one more secret, and the baseline up to date.
fn branch(folder: &Folder, name: &str) {
    folder.git(["checkout", "--quiet", "-b", name, "main"]);
    folder.write(format!("{name}.env"), assigned(name));
    folder.keysieve(["baseline", "update"]).ends_with(0);
    folder.commit_all();
}

fn install_driver(folder: &Folder) {
    configure_driver(folder);
    folder.commit_all();
}

fn configure_driver(folder: &Folder) {
    folder.write(".gitattributes", format!("{FILE} merge=keysieve-baseline\n"));
    let driver = format!("\"{}\" baseline merge %O %A %B", env!("CARGO_BIN_EXE_keysieve"));
    folder.git(["config", "merge.keysieve-baseline.driver", &driver]);
}

fn merge(folder: &Folder, name: &str) -> Said {
    folder.try_git(["merge", "--quiet", "--no-edit", name])
}

#[test]
fn git_alone_merges_most_of_them() {
    const PAIRS: usize = 8;
    let folder = with_baseline(40);
    let clean = (0..PAIRS).filter(|pair| {
        let (one, other) = (format!("one{pair}"), format!("other{pair}"));
        branch(&folder, &one);
        branch(&folder, &other);
        let said = merge(&folder, &one);
        if said.code == 0 {
            folder.scan(["."]).finds(&[]);
        } else {
            folder.git(["merge", "--abort"]);
        }
        said.code == 0
    });
    let clean = clean.count();
    assert!(clean > PAIRS / 2, "only {clean} of {PAIRS} merged");
}

#[test]
fn the_driver_merges_where_git_alone_cannot() {
    // With nothing known before, both branches add lines at the same place.
    let folder = with_baseline(0);
    branch(&folder, "one");
    branch(&folder, "other");
    assert_ne!(merge(&folder, "one").code, 0, "git alone takes that for a conflict");
    let said = folder.scan(["."]).ends_with(2);
    assert!(said.stderr.contains("line 2 is a conflict marker of git"), "{said:?}");
    // What git left in conflict is merged again with the driver.
    configure_driver(&folder);
    folder.git(["checkout", "-m", FILE]);
    folder.scan(["."]).finds(&[]);
    folder.git(["reset", "--quiet", "--hard"]);
    install_driver(&folder);
    let said = merge(&folder, "one");
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(folder.read(FILE).lines().count(), 3);
    folder.scan(["."]).finds(&[]);
}

#[test]
fn what_one_side_prunes_stays_pruned_and_what_the_other_wrote_stays() {
    let folder = with_baseline(3);
    install_driver(&folder);
    folder.git(["checkout", "--quiet", "-b", "prune", "main"]);
    folder.remove("old/0.env").keysieve(["baseline", "prune"]).ends_with(0);
    folder.commit_all();
    folder.git(["checkout", "--quiet", "-b", "write", "main"]);
    install_driver(&folder);
    folder
        .write(FILE, folder.read(FILE).replace("\"paths\":[\"old/1.env\"]", "\"paths\":[\"old/1.env\"],\"reason\":\"revoked\""))
        .commit_all();
    let said = merge(&folder, "prune");
    assert_eq!(said.code, 0, "{said:?}");
    let content = folder.read(FILE);
    assert!(!content.contains("old/0.env") && content.contains("\"reason\":\"revoked\""), "{content}");
    assert_eq!(content.lines().count(), 3);
}

#[test]
fn what_a_person_has_to_decide_is_a_conflict_of_git() {
    let folder = with_baseline(1);
    install_driver(&folder);
    let base = folder.git(["rev-parse", "HEAD"]);
    let reason = |name: &str| {
        folder.git(["checkout", "--quiet", "-b", name, &base]);
        folder.write(FILE, folder.read(FILE).replace("\"]}", &format!("\"],\"reason\":\"{name}\"}}"))).commit_all();
    };
    reason("one");
    reason("other");
    let said = merge(&folder, "one");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("both sides changed `reason` of github.personal-access-token"), "{said:?}");
    assert_eq!(folder.git(["diff", "--name-only", "--diff-filter=U"]), FILE);
}

#[test]
fn two_that_were_created_independently_are_a_conflict() {
    let folder = Folder::committed();
    install_driver(&folder);
    let base = folder.git(["rev-parse", "HEAD"]);
    for name in ["one", "other"] {
        folder.git(["checkout", "--quiet", "-b", name, &base]);
        folder.write(format!("{name}.env"), assigned(name)).keysieve(["baseline", "create"]).ends_with(0);
        folder.commit_all();
    }
    let said = merge(&folder, "one");
    assert!(said.code == 1 && said.stderr.contains("made independently of each other"), "{said:?}");
    // As the message says: one is kept and brought up to date.
    folder.keysieve(["baseline", "update"]).ends_with(0);
    assert_eq!(list(&folder.scan(["."]).finds(&[]).report()["suppressed"]).len(), 2);
}
