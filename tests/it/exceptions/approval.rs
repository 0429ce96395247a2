//! `policy.require_approval`: who may approve an exception, and who may not.

use crate::support::{Folder, NOTHING, Said, assigned, at, keysieve_in, list, text};

const POLICY: &str = "policy: {require_approval: true}\n";
const OWNERS: &str = "* @lead\n/docs/ @org/docs ann@example.org\n/free/\n";

/// A secret in docs/ and one beside it, and owners.
fn owned() -> Folder {
    let folder = Folder::repository();
    folder.write("docs/a.md", assigned("a")).write("b.env", assigned("b")).write(".github/CODEOWNERS", OWNERS);
    commit(&folder, "Carl <carl@example.org>");
    folder
}

fn commit(folder: &Folder, author: &str) {
    folder.git(["add", "--all"]);
    folder.git(["commit", "--quiet", "--allow-empty", "--message=all", &format!("--author={author}")]);
}

/// Writes an exception for docs/ approved by `approver`.
fn except(folder: &Folder, approver: &str) {
    folder.write("keysieve.yaml", format!("{POLICY}exceptions:\n  - path: docs/\n    reason: samples\n    approved_by: \"{approver}\"\n"));
}

/// What keeps the finding in docs/ from being excepted; empty if nothing does.
#[track_caller]
fn note(folder: &Folder, arguments: &[&str]) -> String {
    let said = folder.scan(arguments);
    let report = said.report();
    let of = |findings: &str| list(&report[findings]).iter().find(|own| text(&own["locations"][0]["path"]) == "docs/a.md").cloned();
    match (of("findings"), of("suppressed")) {
        (Some(open), None) => list(&open["status"]["notes"]).iter().map(text).collect::<Vec<_>>().join("; "),
        (None, Some(_)) => String::new(),
        _ => panic!("the finding is nowhere: {said:#?}"),
    }
}

#[test]
fn an_owner_who_did_not_write_it_can_approve_it() {
    for approver in ["@org/docs", "@ORG/docs", "ann@example.org", "Ann@Example.org"] {
        let folder = owned();
        except(&folder, approver);
        commit(&folder, "Bob <bob@example.org>");
        assert_eq!(note(&folder, &[]), "", "{approver}");
        folder.scan(NOTHING).finds(&[&at("b.env")]);
        for history in [&["--history"][..], &["--range", "HEAD~1..HEAD"], &["--staged"]] {
            let said = folder.scan(history);
            assert!(said.code <= 1 && !said.stdout.contains("was approved by"), "{history:?}: {said:?}");
        }
    }
}

#[test]
fn who_owns_nothing_there_cannot_approve_it() {
    let folder = owned();
    except(&folder, "@lead");
    commit(&folder, "Bob <bob@example.org>");
    let expected = "keysieve.yaml:3: the exception for docs/ hides nothing here: it was approved by @lead, who does not own docs/a.md: \
                    by .github/CODEOWNERS:2 @org/docs, ann@example.org do";
    assert_eq!(note(&folder, &[]), expected);
    for (rule, why) in [("/docs/\n", "by CODEOWNERS:1 nobody does"), ("*.js @js\n", "no line of CODEOWNERS is about that file")] {
        folder.git(["rm", "--quiet", "--force", "--ignore-unmatch", ".github/CODEOWNERS"]);
        folder.write("CODEOWNERS", rule);
        commit(&folder, "Carl <carl@example.org>");
        assert!(note(&folder, &[]).ends_with(why), "{}", note(&folder, &[]));
    }
    folder.remove("CODEOWNERS");
    commit(&folder, "Carl <carl@example.org>");
    assert!(note(&folder, &[]).contains("but nothing that is committed says who owns which file: commit one of .github/CODEOWNERS, "));
}

#[test]
fn nobody_approves_what_they_wrote() {
    for (approver, author) in [
        ("ann@example.org", "Ann <ANN@example.org>"),
        ("ann@example.org", "Ann <7+ann@users.noreply.github.com>"),
        ("ann@example.org", "Robert <a.lee@corp.example>"),
    ] {
        let folder = owned();
        folder.write(".mailmap", "Ann Lee <ann@example.org> <a.lee@corp.example>\n");
        except(&folder, approver);
        commit(&folder, author);
        let commit = folder.git(["rev-parse", "--short=10", "HEAD"]);
        let note = note(&folder, &[]);
        assert!(note.contains("hides nothing: it was approved by ann@example.org"), "{author}: {note}");
        assert!(note.ends_with(&format!("who wrote it in commit {commit}: somebody else has to approve it")), "{author}: {note}");
    }
    let folder = owned();
    except(&folder, "ann@example.org");
    folder.git(["add", "--all"]);
    folder.git(["commit", "--quiet", "--message=all\n\nCo-Authored-By: Ann Lee <ann@example.org>", "--author=Bob <bob@example.org>"]);
    assert!(note(&folder, &[]).contains("who wrote it in commit"));
}

#[test]
fn who_adds_the_name_of_the_approver_later_did_not_write_the_exception() {
    let folder = owned();
    folder.write("keysieve.yaml", format!("{POLICY}exceptions:\n  - path: docs/\n    reason: samples\n"));
    commit(&folder, "Bob <bob@example.org>");
    assert!(note(&folder, &[]).ends_with("it was approved by nobody, which the policy asks for"));
    except(&folder, "ann@example.org");
    commit(&folder, "Ann <ann@example.org>");
    assert_eq!(note(&folder, &[]), "");
    // But to make it another exception is to write it.
    let wider = folder.read("keysieve.yaml").replace("path: docs/", "path: docs/**");
    folder.write("keysieve.yaml", wider);
    commit(&folder, "Ann <ann@example.org>");
    assert!(note(&folder, &[]).contains("who wrote it in commit"));
}

#[test]
fn what_is_not_committed_is_written_by_whoever_works_here() {
    let folder = owned();
    except(&folder, "ann@example.org");
    assert!(note(&folder, &[]).ends_with("but it is not committed, and git knows no user.email that says who is writing it"));
    folder.git(["config", "user.email", "bob@example.org"]);
    assert_eq!(note(&folder, &[]), "");
    folder.git(["add", "--all"]);
    folder.scan(["--staged"]).ends_with(0);
    folder.git(["config", "user.email", "ann@example.org"]);
    assert!(note(&folder, &[]).ends_with("who is writing it now: somebody else has to approve it"));
    folder.git(["config", "user.email", "bob@example.org"]);
    let said = Said::of(keysieve_in(&folder.path).args(["scan"]).env("GIT_AUTHOR_EMAIL", "ann@example.org"));
    assert!(said.stdout.contains("who is writing it now"), "{said:?}");
}

#[test]
fn owners_are_those_that_are_committed() {
    let folder = owned();
    folder.git(["config", "user.email", "bob@example.org"]);
    except(&folder, "@bobs-friend");
    folder.write(".github/CODEOWNERS", "* @bobs-friend\n");
    assert!(note(&folder, &[]).contains("who does not own docs/a.md"));
    // In a range they are those from before it.
    folder.git(["checkout", "--quiet", "-b", "side"]);
    folder.write("docs/a.md", assigned("a") + &assigned("more"));
    commit(&folder, "Bob <bob@example.org>");
    assert_eq!(note(&folder, &[]), "");
    for range in ["main..HEAD", "main...HEAD"] {
        assert!(note(&folder, &["--range", range]).contains("who does not own docs/a.md"), "{range}");
    }
}

#[test]
fn a_merge_leaves_the_author_as_it_was() {
    let folder = owned();
    folder.git(["checkout", "--quiet", "-b", "side"]);
    except(&folder, "ann@example.org");
    commit(&folder, "Bob <bob@example.org>");
    folder.git(["checkout", "--quiet", "main"]);
    folder.write("c.txt", "c\n");
    commit(&folder, "Carl <carl@example.org>");
    folder.git(["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    folder.write("keysieve.yaml", format!("# more\n{}", folder.read("keysieve.yaml")));
    commit(&folder, "Ann <ann@example.org>");
    folder.git(["mv", "keysieve.yaml", ".keysieve.yaml"]);
    commit(&folder, "Ann <ann@example.org>");
    assert_eq!(note(&folder, &[]), "");
}

#[test]
fn a_version_that_cannot_be_understood_hides_no_author() {
    let folder = owned();
    folder.write("keysieve.yaml", "exceptions: [\n");
    commit(&folder, "Ann <ann@example.org>");
    except(&folder, "ann@example.org");
    commit(&folder, "Bob <bob@example.org>");
    assert!(note(&folder, &[]).contains("who wrote it in commit"));
}

#[test]
fn a_shallow_clone_cannot_tell_and_says_what_to_do() {
    let folder = owned();
    except(&folder, "ann@example.org");
    commit(&folder, "Bob <bob@example.org>");
    folder.write("c.txt", "c\n");
    commit(&folder, "Carl <carl@example.org>");
    let clone = Folder::new();
    let from = format!("file://{}", folder.path.display());
    clone.git(["clone", "--quiet", "--depth=1", &from, "."]);
    let said = note(&clone, &[]);
    assert!(said.contains("but who wrote it down cannot be told: this clone is shallow and ends at commit "), "{said}");
    assert!(said.contains("fetch-depth: 0"), "{said}");
    clone.git(["fetch", "--quiet", "--unshallow"]);
    assert_eq!(note(&clone, &[]), "");
}

#[test]
fn a_secret_is_approved_place_by_place() {
    let folder = owned();
    folder.write("b.env", assigned("a"));
    let fingerprint = text(&folder.scan(NOTHING).report()["findings"][0]["fingerprint"]).to_owned();
    folder.write(
        "keysieve.yaml",
        format!("{POLICY}exceptions:\n  - fingerprint: \"{fingerprint}\"\n    reason: samples\n    approved_by: ann@example.org\n"),
    );
    commit(&folder, "Bob <bob@example.org>");
    let said = folder.scan(NOTHING).finds(&[&at("b.env"), &at("docs/a.md")]);
    let notes = said.report()["findings"][0]["status"]["notes"].to_string();
    assert!(notes.contains("hides nothing here: it was approved by ann@example.org, who does not own b.env"), "{notes}");
    assert!(notes.contains("excepted in 1 of 2 places"), "{notes}");
    let listed = folder.keysieve(["exceptions", "--format", "json"]).ends_with(0).report();
    assert_eq!(text(&listed[0]["state"]), "partly-refused");
    let human = folder.keysieve(["exceptions", "--expired"]).ends_with(0).stdout;
    assert!(human.contains("[does not count everywhere: it was approved by ann@example.org, who does not own b.env: by "), "{human}");
    let said = folder.keysieve(["scan", "--strict-exceptions"]).ends_with(1);
    assert!(said.stderr.contains("keysieve.yaml:3: the exception for v1:"), "{said:?}");
    folder.remove("b.env");
    folder.scan(NOTHING).finds(&[]);
    // The message of a commit is in no file; the owners of keysieve.yaml answer for it.
    folder.git(["commit", "--quiet", "--allow-empty", &format!("--message={}", assigned("a"))]);
    let notes = folder.scan(["--range", "HEAD~1..HEAD"]).ends_with(1).stdout;
    assert!(notes.contains("who does not own keysieve.yaml: by .github/CODEOWNERS:1 @lead does"), "{notes}");
}

#[test]
fn comments_and_files_from_elsewhere_hide_nothing_then() {
    let folder = owned();
    folder.write("keysieve.yaml", POLICY);
    folder.write("docs/a.md", format!("{} # keysieve:allow github.personal-access-token reason=\"x\"\n", assigned("a").trim_end()));
    let said = note(&folder, &[]);
    assert!(
        said.contains("it was approved by nobody, which the policy asks for, and a comment cannot say: list it in keysieve.yaml"),
        "{said}"
    );
    let user = Folder::new();
    user.write("own.yaml", format!("{POLICY}exceptions: [{{path: docs/, reason: x, approved_by: ann@example.org}}]\n"));
    let own = user.path.join("own.yaml").display().to_string();
    let said = note(&folder, &["--config", &own]);
    assert!(said.contains("but its file is not in this repository, so no commit says who wrote it down"), "{said}");
    let plain = Folder::new();
    plain.write("docs/a.md", assigned("a"));
    except(&plain, "ann@example.org");
    assert!(note(&plain, &["."]).contains("but there is no git repository here in which it could be committed"));
}

#[test]
fn a_baseline_needs_no_approval() {
    let folder = owned();
    folder.write("keysieve.yaml", POLICY);
    folder.keysieve(["baseline", "create"]).ends_with(0);
    folder.scan(NOTHING).finds(&[]);
}
