//! Approval by owners: real repositories, real reports, and who may let events go out.

use serde_json::Value;

use super::Desk;
use super::receiver::Receiver;
use super::scan::scan;
use crate::support::{Folder, Said, assigned, git_in, keysieve_in, list, text};

/// Commits everything as this person, who is author and committer.
fn commit(folder: &Folder, email: &str) {
    folder.git(["add", "--all", "--force"]);
    commit_as(folder, email, email, &["commit", "--quiet", "--allow-empty", "--message=x"]);
}

#[track_caller]
fn commit_as(folder: &Folder, author: &str, committer: &str, arguments: &[&str]) {
    let name = |email: &str| email.split('@').next().unwrap_or_default().to_owned();
    let mut git = git_in(&folder.path);
    git.env("GIT_AUTHOR_NAME", name(author)).env("GIT_AUTHOR_EMAIL", author);
    git.env("GIT_COMMITTER_NAME", name(committer)).env("GIT_COMMITTER_EMAIL", committer);
    Said::of(git.args(arguments)).ends_with(0);
}

/// A desk whose one target wants an owner's approval.
struct Office {
    receiver: Receiver,
    desk: Desk,
}

impl Office {
    /// `approval` is the value of that key, `{}` for none.
    fn new(approval: &str) -> Self {
        let receiver = Receiver::new(|_| false, "");
        let desk = Desk::new(&receiver);
        let config = desk.folder.read("rotation.yaml").replace("}]}]", "}], require_approval: owner}]");
        desk.folder.write("rotation.yaml", format!("approval: {approval}\n{config}"));
        Self { receiver, desk }
    }

    /// Scans `repository` with these arguments, and enqueues the report with it at hand. The ids of what is open.
    #[track_caller]
    fn found(&self, repository: &Folder, scan: &[&str]) -> Vec<String> {
        let report = repository.scan(scan).stdout;
        self.desk.folder.write("report.json", report);
        let path = repository.path.display().to_string();
        self.desk.run(&["enqueue", "report.json", "--source", "/app", "--repository", &path]).ends_with(0);
        let status = self.desk.status();
        let id = |row: &Value| text(&row["fingerprint"]).rsplit(':').next().unwrap_or_default()[..8].to_owned();
        list(&status["exposures"]).iter().map(id).collect()
    }

    /// The same of a repository with one secret.
    #[track_caller]
    fn one(&self, repository: &Folder, scan: &[&str]) -> String {
        let ids = self.found(repository, scan);
        assert_eq!(ids.len(), 1, "{ids:?}");
        ids.into_iter().next().expect("because there is one")
    }

    fn approve(&self, id: &str, by: &str) -> Said {
        self.desk.run(&["approve", id, "--by", by, "--rotation-config", "rotation.yaml"])
    }

    /// Who may, as status says.
    #[track_caller]
    fn who(&self, id: &str) -> String {
        let said = self.desk.run(&["status", "--rotation-config", "rotation.yaml"]).ends_with(0).stdout;
        let line = said.lines().find(|line| line.starts_with(id) && line.contains("waits for approval"));
        line.unwrap_or_else(|| panic!("{said}")).split_once("; ").expect("because it says who").1.to_owned()
    }

    #[track_caller]
    fn refuses(&self, id: &str, by: &str, why: &str) {
        let said = self.approve(id, by).ends_with(2);
        assert!(said.stderr.contains("may not approve it") && said.stderr.contains(why), "{said:?}");
        self.desk.run(&["deliver"]).ends_with(0);
        assert_eq!(self.receiver.accepted().len(), 0, "what nobody approved went out");
    }

    #[track_caller]
    fn takes(&self, id: &str, by: &str) {
        self.approve(id, by).ends_with(0);
        self.desk.run(&["deliver"]).ends_with(0);
        assert_eq!(self.receiver.accepted().len(), 1);
    }
}

const DEFAULT: &str =
    "{default_owner: sec@example.org, teams: {'@org/sec': [tim@example.org, eve@example.org], '@ann': [ann@example.org]}}";

#[test]
fn an_owner_of_the_path_at_head_approves_and_the_working_tree_names_nobody() {
    let office = Office::new(DEFAULT);
    let repository = Folder::repository();
    repository.write("CODEOWNERS", "* @rest\n/deploy/ @ann @org/sec\n");
    commit(&repository, "own@example.org");
    repository.write("deploy/a.cfg", assigned("codeowners"));
    commit(&repository, "eve@example.org");
    repository.write("CODEOWNERS", "* mallory@example.org\n").write(".github/CODEOWNERS", "* mallory@example.org\n");
    let id = office.one(&repository, &["--history"]);
    assert_eq!(office.who(&id), "who may: @ann (CODEOWNERS:2; ann@example.org), @org/sec (CODEOWNERS:2; tim@example.org)");
    for by in ["mallory@example.org", "@rest", "@org/sec", "sec@example.org", "own@example.org", "ann", "ann@example.org.", "tim"] {
        office.refuses(&id, by, "not an owner; who may: @ann");
    }
    for by in ["eve@example.org", "EVE@example.org", "@eve", "eve", "eve+x@other.example"] {
        office.refuses(&id, by, "committed the secret");
    }
    office.takes(&id, "Tim@Example.org");
    let (body, _) = office.receiver.accepted().into_values().next().expect("because it was delivered");
    let event: Value = serde_json::from_str(&body).expect("because it is JSON");
    assert_eq!((text(&event["data"]["owner"]["name"]), text(&event["data"]["owner"]["because"])), ("@ann", "CODEOWNERS:2"));
    let story = office.desk.run(&["show", &id]).ends_with(0).stdout;
    let approved = "approved by Tim@Example.org (member of @org/sec, owner by CODEOWNERS:2), ann@";
    assert!(story.contains(approved) && story.contains("named by --by") && story.contains("owned by @ann (CODEOWNERS:2)"), "{story}");
    let evidence = office.desk.run(&["export", &id, "--evidence"]).ends_with(0).stdout;
    let evidence: Value = serde_json::from_str(&evidence).expect("because it is JSON");
    assert_eq!(text(&evidence["events"][0]["approved_by"]), "Tim@Example.org");
    assert_eq!(text(&evidence["exposure"]["ownership"]["owners"][1]["name"]), "@org/sec");
    let log = list(&evidence["log"]["about_this"]).iter().filter(|line| text(line).contains("approval-refused")).count();
    assert_eq!(log, 13);
    office.desk.run(&["verify-log"]).ends_with(0);
}

#[test]
fn without_codeowners_the_last_author_of_the_line_approves() {
    let office = Office::new("{}");
    let repository = Folder::repository();
    repository.write("a.cfg", format!("one\n{}three\n", assigned("blame")));
    commit(&repository, "eve@example.org");
    repository.write("a.cfg", format!("zero\none\n  {}three\n", assigned("blame")));
    commit(&repository, "bob@example.org");
    // Others change other lines, move the file, and merge.
    repository.git(["checkout", "--quiet", "-b", "side"]);
    repository.git(["mv", "a.cfg", "b.cfg"]);
    repository.write("b.cfg", format!("zero\none\n  {}three\nfour\n", assigned("blame")));
    commit(&repository, "side@example.org");
    repository.git(["checkout", "--quiet", "main"]);
    repository.write("other", "x\n");
    commit(&repository, "main@example.org");
    commit_as(&repository, "merge@example.org", "merge@example.org", &["merge", "--quiet", "--no-ff", "--message=m", "side"]);
    let id = office.one(&repository, &["--history"]);
    let who = office.who(&id);
    assert!(who.starts_with("who may: bob@example.org (last changed the line, commit "), "{who}");
    for by in ["side@example.org", "main@example.org", "merge@example.org"] {
        office.refuses(&id, by, "not an owner");
    }
    office.refuses(&id, "eve@example.org", "committed the secret");
    office.takes(&id, "bob@example.org");
}

#[test]
fn who_leaked_it_and_owns_it_alone_leaves_it_to_others() {
    for (owners, who) in [
        ("* eve@example.org\n", "who may: sec@example.org (default owner)"),
        ("* @eve bob@example.org\n", "who may: bob@example.org (CODEOWNERS:1)"),
        ("* @eve\n*.txt @x\n", "who may: sec@example.org (default owner)"),
        ("* @org/other\n", "who may: whom the rotation configuration names as members of @org/other (CODEOWNERS:1)"),
    ] {
        let office = Office::new(DEFAULT);
        let repository = Folder::repository();
        repository.write("CODEOWNERS", owners);
        commit(&repository, "own@example.org");
        repository.write("a.cfg", assigned("alone"));
        commit(&repository, "eve@example.org");
        let id = office.one(&repository, &["--history"]);
        assert!(office.who(&id).starts_with(who), "{owners}: {}", office.who(&id));
        office.refuses(&id, "eve@example.org", "committed the secret");
    }
}

#[test]
fn other_names_in_the_mailmap_are_the_same_person() {
    let office = Office::new("{default_owner: [robert@corp.example, sec@example.org]}");
    let repository = Folder::repository();
    repository.write(".mailmap", "Robert Smith <robert@corp.example> <rs@home.example>\n");
    commit(&repository, "own@example.org");
    repository.write("a.cfg", assigned("mailmap"));
    commit(&repository, "rs@home.example");
    let id = office.one(&repository, &["--history"]);
    assert_eq!(office.who(&id), "who may: sec@example.org (default owner)");
    office.refuses(&id, "robert@corp.example", "committed the secret, as Robert Smith <robert@corp.example>");
    office.takes(&id, "sec@example.org");
}

#[test]
fn the_committer_and_co_authors_leaked_it_too() {
    let office = Office::new("{default_owner: [aut@example.org, com@example.org, coa@example.org, sec@example.org]}");
    let repository = Folder::committed();
    repository.write("a.cfg", assigned("committer")).git(["add", "."]);
    let message = "--message=x\n\nCo-authored-by: Coa <coa@example.org>";
    commit_as(&repository, "aut@example.org", "com@example.org", &["commit", "--quiet", message]);
    // A scan of the files knows no commits: whoever last changed the line counts.
    let id = office.one(&repository, &["."]);
    for by in ["aut@example.org", "com@example.org", "coa@example.org"] {
        office.refuses(&id, by, "committed the secret");
    }
    office.takes(&id, "sec@example.org");
}

#[test]
fn what_is_not_committed_is_by_whoever_would_commit_it() {
    let office = Office::new("{default_owner: [dev@example.org, sec@example.org]}");
    let repository = Folder::committed();
    repository.git(["config", "user.email", "dev@example.org"]);
    repository.write("sub/a.cfg", assigned("new"));
    let id = office.one(&repository, &["."]);
    office.refuses(&id, "dev@example.org", "committed the secret");
    let shown = office.desk.run(&["show", &id, "--format", "json"]).ends_with(0).stdout;
    assert!(shown.contains("it is not committed"), "{shown}");
    office.takes(&id, "sec@example.org");
}

#[test]
fn lines_that_moved_in_the_working_tree_are_those_of_head() {
    let office = Office::new("{default_owner: [bob@example.org, eve@example.org]}");
    let repository = Folder::repository();
    repository.write("a.cfg", format!("one\n{}three\n", assigned("moved")));
    commit(&repository, "eve@example.org");
    repository.write("a.cfg", format!("one\n{}three\nfour\nfive\n", assigned("moved")));
    commit(&repository, "bob@example.org");
    repository.write("a.cfg", format!("new\nnew\none\n{}three\nfour\nfive\n", assigned("moved")));
    let id = office.one(&repository, &["."]);
    office.refuses(&id, "eve@example.org", "committed the secret");
    office.takes(&id, "bob@example.org");
}

#[test]
fn without_a_repository_there_is_only_the_default_owner() {
    let office = Office::new("{}");
    let folder = Folder::new();
    folder.write("a.cfg", assigned("nowhere"));
    office.desk.enqueue(&folder, &["."]);
    let id = text(&office.desk.status()["exposures"][0]["fingerprint"])[10..].to_owned();
    let who = office.desk.run(&["status", "--rotation-config", "rotation.yaml"]).ends_with(0).stdout;
    assert!(who.contains("nobody may so far (no repository was at hand") && who.contains("approval: {default_owner:"), "{who}");
    office.refuses(&id, "sec@example.org", "nobody may so far");
    let config = office.desk.folder.read("rotation.yaml").replace("approval: {}", "approval: {default_owner: sec@example.org}");
    office.desk.folder.write("rotation.yaml", config);
    office.refuses(&id, "ann@example.org", "not an owner");
    office.takes(&id, "sec@example.org");
    let said = office.desk.run(&["enqueue", "report.json", "--repository", "nowhere"]).ends_with(2);
    assert!(said.stderr.contains("--repository nowhere"), "{said:?}");
}

#[test]
fn a_scan_that_rotates_asks_the_repository_that_it_scans() {
    let office = Office::new("{}");
    let (here, scanned) = (Folder::repository(), Folder::repository());
    for (repository, owner) in [(&here, "@mallory"), (&scanned, "ann@example.org")] {
        repository.write("CODEOWNERS", format!("* {owner}\n"));
        commit(repository, "own@example.org");
    }
    scanned.write("a.cfg", assigned("rotated"));
    commit(&scanned, "eve@example.org");
    let path = scanned.path.display().to_string();
    for arguments in [["--history", &path], [&path, "--quiet"]] {
        Said::of(&mut scan(&office.desk, &here, &arguments)).ends_with(1);
    }
    let id = text(&office.desk.status()["exposures"][0]["fingerprint"])[10..18].to_owned();
    assert_eq!(office.who(&id), "who may: ann@example.org (CODEOWNERS:1)");
    office.refuses(&id, "eve@example.org", "committed the secret");
    office.takes(&id, "ann@example.org");
}

#[test]
fn another_repository_than_that_of_the_report_names_nobody() {
    let office = Office::new(DEFAULT);
    let (one, other) = (Folder::repository(), Folder::repository());
    other.write("CODEOWNERS", "* @mallory\n");
    commit(&other, "mallory@example.org");
    one.write("a.cfg", assigned("other"));
    commit(&one, "eve@example.org");
    let report = one.scan(["--history"]).stdout;
    office.desk.folder.write("report.json", report);
    let path = other.path.display().to_string();
    office.desk.run(&["enqueue", "report.json", "--source", "/app", "--repository", &path]).ends_with(0);
    let id = text(&office.desk.status()["exposures"][0]["fingerprint"])[10..18].to_owned();
    assert!(office.desk.status().to_string().contains("none of the commits that the report names"));
    office.refuses(&id, "@mallory", "not an owner");
    office.refuses(&id, "eve@example.org", "committed the secret");
    office.takes(&id, "sec@example.org");
}

#[test]
fn bare_and_shallow_repositories_say_what_they_know() {
    let repository = Folder::repository();
    repository.write("CODEOWNERS", "/x @x\n").write("a.cfg", assigned("bare"));
    commit(&repository, "eve@example.org");
    repository.write("a.cfg", format!(" {}", assigned("bare")));
    commit(&repository, "bob@example.org");
    repository.write("b", "b\n");
    commit(&repository, "cat@example.org");
    let clone = |arguments: &[&str]| {
        let folder = Folder::new();
        let from = format!("file://{}", repository.path.display());
        folder.git(["clone", "--quiet"].iter().chain(arguments).copied().chain([from.as_str(), "."]));
        folder
    };
    let office = Office::new(DEFAULT);
    let id = office.one(&clone(&["--bare"]), &["--history"]);
    assert!(office.who(&id).starts_with("who may: bob@example.org (last changed the line"), "{}", office.who(&id));
    let office = Office::new(DEFAULT);
    let shallow = clone(&["--depth", "1"]);
    let id = office.one(&shallow, &["."]);
    let shown = office.desk.run(&["show", &id, "--format", "json"]).ends_with(0).stdout;
    assert!(shown.contains("this clone is shallow and ends at commit"), "{shown}");
    assert_eq!(office.who(&id), "who may: sec@example.org (default owner)");
}

#[test]
fn an_override_needs_a_reason_is_loud_and_is_not_for_who_leaked_it() {
    let office = Office::new("{}");
    let repository = Folder::repository();
    repository.write("a.cfg", assigned("override"));
    commit(&repository, "eve@example.org");
    let id = office.one(&repository, &["--history"]);
    let run = |by: &str, more: &[&str]| {
        let arguments: Vec<&str> = ["approve", &id, "--by", by, "--rotation-config", "rotation.yaml"].iter().chain(more).copied().collect();
        office.desk.run(&arguments)
    };
    assert!(run("sec@example.org", &["--override"]).ends_with(2).stderr.contains("--reason"));
    assert!(run("sec@example.org", &["--override", "--reason", " "]).ends_with(2).stderr.contains("--reason is empty"));
    assert!(run("sec@example.org", &["--reason", "x"]).ends_with(2).stderr.contains("--override"));
    let forced = ["--override", "--reason", "nobody is there"];
    assert!(run("eve@example.org", &forced).ends_with(2).stderr.contains("committed the secret"));
    run("sec@example.org", &forced).ends_with(0);
    let log = office.desk.folder.read("state.sqlite.audit.jsonl");
    assert!(log.contains("approved-by-override") && log.contains("override: nobody is there"), "{log}");
    let story = office.desk.run(&["show", &id]).ends_with(0).stdout;
    assert!(story.contains("approved by sec@example.org (override: nobody is there)"), "{story}");
}

#[test]
fn only_who_may_approve_may_say_that_it_is_no_secret() {
    let office = Office::new(DEFAULT);
    let repository = Folder::repository();
    repository.write("a.cfg", assigned("reject"));
    commit(&repository, "eve@example.org");
    let id = office.one(&repository, &["--history"]);
    let reject = |by: &str| office.desk.run(&["reject", &id, "--reason", "an example", "--by", by, "--rotation-config", "rotation.yaml"]);
    for by in ["eve@example.org", "bob@example.org"] {
        assert!(reject(by).ends_with(2).stderr.contains("may not reject it"));
        assert_eq!(office.desk.states(), ["detected"]);
    }
    reject("sec@example.org").ends_with(0);
    assert_eq!(office.desk.states(), ["rejected"]);
    office.approve(&id, "sec@example.org").ends_with(1);
}

#[test]
fn who_asks_is_taken_from_git_where_nothing_is_said() {
    let office = Office::new("{default_owner: sec@example.org}");
    let repository = Folder::repository();
    repository.write("a.cfg", assigned("identity"));
    commit(&repository, "eve@example.org");
    let id = office.one(&repository, &["--history"]);
    let approve = |variable: &str, value: &str| {
        let mut command = office.desk.command(&["approve", &id, "--rotation-config", "rotation.yaml"]);
        Said::of(command.env(variable, value))
    };
    assert!(approve("EMAIL", "eve@example.org").ends_with(2).stderr.contains("eve@example.org may not approve it: committed"));
    assert!(approve("X", "x").ends_with(2).stderr.contains("ann may not approve it: not an owner"));
    office.desk.folder.write("gitconfig", "[user]\n\temail = sec@example.org\n");
    approve("GIT_CONFIG_GLOBAL", &office.desk.folder.path.join("gitconfig").display().to_string()).ends_with(0);
    assert!(office.desk.folder.read("state.sqlite.audit.jsonl").contains("named by git config user.email"));
}

#[test]
fn owners_are_those_of_the_first_look_and_a_later_one_adds_what_was_missing() {
    let office = Office::new("{}");
    let repository = Folder::repository();
    repository.write("CODEOWNERS", "* @ann\n").write("a.cfg", assigned("later"));
    commit(&repository, "eve@example.org");
    office.desk.enqueue(&repository, &["--history"]);
    let id = office.one(&repository, &["--history"]);
    assert_eq!(office.who(&id), "who may: @ann (CODEOWNERS:1)");
    repository.write("CODEOWNERS", "* @mallory\n");
    commit(&repository, "mallory@example.org");
    office.one(&repository, &["--history"]);
    assert_eq!(office.who(&id), "who may: @ann (CODEOWNERS:1)");
    office.refuses(&id, "@mallory", "not an owner");
    office.takes(&id, "@ann");
}

#[test]
fn configurations_of_approval_that_mean_nothing_are_refused() {
    let folder = Folder::new();
    let check = |approval: &str, target: &str| {
        let text =
            format!("approval: {approval}\ntargets: [{{name: t, url: 'https://a.example/', format: slack, require_approval: {target}}}]\n");
        folder.write("rotation.yaml", text);
        Said::of(keysieve_in(&folder.path).args(["rotate", "config", "check", "--rotation-config", "rotation.yaml"]))
    };
    for (approval, target, word) in [
        ("{}", "owners", "takes `true`, `false` or `owner`"),
        ("{default_owner: ann}", "owner", "names nobody"),
        ("{default_owner: '@org/sec'}", "owner", "nothing says who is in it"),
        ("{teams: {org/sec: [a@b.c]}}", "owner", "is no team"),
        ("{teams: {'@org/sec': ['@org/other']}}", "owner", "is a team itself"),
        ("{owners: [a]}", "owner", "unknown key `owners`"),
        ("[]", "owner", "is a map"),
    ] {
        let said = check(approval, target).ends_with(2);
        assert!(said.stderr.contains(word), "{approval}: {}", said.stderr);
    }
}
