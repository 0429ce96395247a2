//! Promise 1: every exit code means what the help text says, and 0 never means "did not look".

use std::process::Stdio;

use crate::support::{Folder, Said, keysieve_in, list, text, token};

/// A folder with `secret.env`, which holds a token, and `long.txt`, which is longer than the limit in [`LIMIT`].
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("secret.env", format!("T={}\n", token("exit"))).write("long.txt", "word ".repeat(1000));
    folder
}

const LIMIT: [&str; 2] = ["--max-file-size", "1KiB"];

#[test]
fn nothing_found_in_all_that_was_asked_for_is_0() {
    let folder = Folder::new();
    folder.write("a.txt", "nothing\n");
    let said = folder.scan(["."]).ends_with(0);
    assert_eq!((text(&said.report()["outcome"]), said.report()["coverage"]["items"].as_u64()), ("clean", Some(1)));
    assert_eq!(said.stderr, "");
    let said = folder.keysieve(["scan"]).ends_with(0);
    assert!(said.stdout.starts_with("no secrets found · 1 file, "), "{said:?}");
}

#[test]
fn help_and_version_are_0() {
    let folder = Folder::new();
    for arguments in [&["--help"][..], &["--version"], &["scan", "--help"], &["rules", "list", "--help"]] {
        assert_eq!(folder.keysieve(arguments).ends_with(0).stderr, "");
    }
    let help = folder.keysieve(["scan", "--help"]).stdout;
    for code in ["0  everything", "1  at least one secret", "2  could not run", "3  nothing was found, but"] {
        assert!(help.contains(code), "{help}");
    }
}

#[test]
fn findings_are_1() {
    let said = folder().scan(["."]).finds(&["secret.env: github.personal-access-token"]);
    assert_eq!(text(&said.report()["outcome"]), "findings");
}

#[test]
fn findings_below_the_threshold_are_0_and_are_counted() {
    let folder = Folder::new();
    folder.write("app.yaml", "password: sunshine1\n");
    let said = folder.scan(["--min-confidence", "medium"]).finds(&["app.yaml: generic.password"]);
    assert_eq!(said.report()["below_threshold"], 0);
    let said = folder.scan(["--min-confidence", "high"]).ends_with(0);
    assert_eq!((text(&said.report()["outcome"]), said.report()["below_threshold"].as_u64()), ("clean", Some(1)));
    let said = folder.keysieve(["scan", "--min-confidence", "high"]).ends_with(0);
    assert!(said.stdout.contains("1 less certain match not shown; see --min-confidence low"), "{said:?}");
}

#[test]
fn wrong_usage_is_2() {
    let folder = folder();
    for arguments in [
        &["scan", "--no-such-flag"][..],
        &["scan", "--format", "xml"],
        &["scan", "--report", "sarif"],
        &["scan", "--report", "xml=a"],
        &["scan", "--report", "json="],
        &["scan", "--max-file-size", "much"],
        &["scan", "--max-file-size", "4GiB"],
        &["scan", "--min-confidence", "certain"],
        &["scan", "--threads", "-1"],
        &["scan", "--staged", "--stdin"],
        &["scan", "--staged", "a"],
        &["scan", "--staged", "--include-ignored"],
        &["scan", "--stdin", "a"],
        &["scan", "--path", "a"],
        &["no-such-command"],
        &["rules"],
        &["rules", "check"],
        &["explain"],
        &["completions", "no-such-shell"],
        &[],
    ] {
        let said = folder.keysieve(arguments).ends_with(2);
        assert_eq!(said.stdout, "", "{arguments:?}");
        assert_ne!(said.stderr, "", "{arguments:?}");
    }
}

#[test]
fn staged_changes_without_a_repository_are_2() {
    let folder = folder();
    let said = folder.scan(["--staged"]).ends_with(2);
    assert!(said.stderr.contains(&format!("{} is not in a git repository", folder.path.display())), "{said:?}");
    assert_eq!(said.stdout, "");
}

#[test]
fn a_path_that_is_not_there_is_2() {
    let said = folder().scan(["no/such/path"]).ends_with(2);
    assert!(said.stderr.starts_with("keysieve: cannot scan no/such/path: No such file"), "{said:?}");
    assert_eq!(said.stdout, "");
}

#[test]
fn a_path_that_is_not_there_beside_one_that_is_leaves_the_scan_incomplete() {
    let folder = Folder::new();
    folder.write("a.txt", "nothing\n");
    assert_eq!(folder.scan(["a.txt", "no/such/path"]).ends_with(3).gaps(), ["no/such/path"]);
}

#[test]
fn a_file_over_the_limit_is_3_and_is_named() {
    let folder = folder();
    folder.remove("secret.env");
    let said = folder.scan(LIMIT).ends_with(3);
    assert_eq!((said.gaps(), text(&said.report()["outcome"])), (vec!["long.txt".to_owned()], "incomplete"));
    let said = folder.keysieve(["scan", LIMIT[0], LIMIT[1]]).ends_with(3);
    assert!(said.stdout.starts_with("nothing found, but the scan is incomplete"), "{said:?}");
    assert!(said.stdout.ends_with("incomplete: long.txt: larger than the limit of 1 KiB; raise --max-file-size\n"), "{said:?}");
    let quiet = folder.keysieve(["scan", "--quiet", LIMIT[0], LIMIT[1]]).ends_with(3);
    assert_eq!(quiet.stdout, "incomplete: long.txt: larger than the limit of 1 KiB; raise --max-file-size\n");
}

#[test]
fn standard_input_over_the_limit_is_3() {
    assert_eq!(Folder::new().scan_stdin(&[b'a'; 2000], LIMIT).ends_with(3).gaps(), ["<stdin>"]);
}

#[test]
fn a_staged_file_over_the_limit_is_3() {
    let folder = Folder::repository();
    folder.write("long.txt", "word ".repeat(1000)).git(["add", "."]);
    assert_eq!(folder.scan(["--staged", LIMIT[0], LIMIT[1]]).ends_with(3).gaps(), ["long.txt"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_3() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.write("open.txt", "nothing\n").write("closed.txt", "nothing\n");
    std::fs::set_permissions(folder.path.join("closed.txt"), std::fs::Permissions::from_mode(0o000)).expect("because it is ours");
    if std::fs::read(folder.path.join("closed.txt")).is_ok() {
        return; // The superuser may read everything.
    }
    let said = folder.scan(["."]).ends_with(3);
    assert_eq!(said.gaps(), ["closed.txt"]);
    assert!(said.stdout.contains("Permission denied"), "{said:?}");
}

/// The memory of a process has no byte at address 0, so reading this file fails for the superuser as well.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_to_be_read_is_3_and_hides_nothing_else() {
    let folder = folder();
    let said = folder.scan(["long.txt", "/proc/self/mem"]).ends_with(3);
    assert_eq!(said.gaps(), ["/proc/self/mem"]);
    let said = folder.scan([".", "/proc/self/mem"]).ends_with(1);
    assert_eq!((said.places().len(), said.gaps().len()), (1, 1));
}

#[test]
fn incomplete_may_be_allowed_and_is_still_listed() {
    let folder = folder();
    folder.remove("secret.env");
    let said = folder.scan([LIMIT[0], LIMIT[1], "--allow-incomplete"]).ends_with(0);
    assert_eq!((said.gaps(), text(&said.report()["outcome"])), (vec!["long.txt".to_owned()], "incomplete"));
    let said = folder.keysieve(["scan", LIMIT[0], LIMIT[1], "--allow-incomplete"]).ends_with(0);
    assert!(said.stdout.contains("incomplete: long.txt") && !said.stdout.contains("no secrets found"), "{said:?}");
}

#[test]
fn findings_win_over_incomplete_and_the_report_lists_both() {
    let folder = folder();
    for allowed in [&[][..], &["--allow-incomplete"]] {
        let said = folder.scan(LIMIT.iter().chain(allowed)).finds(&["secret.env: github.personal-access-token"]);
        assert_eq!((said.gaps(), text(&said.report()["outcome"])), (vec!["long.txt".to_owned()], "findings"));
    }
    let said = folder.keysieve(["scan", LIMIT[0], LIMIT[1]]).ends_with(1);
    assert!(said.stdout.contains("github.personal-access-token") && said.stdout.contains("incomplete: long.txt"), "{said:?}");
    let said = folder.keysieve(["scan", LIMIT[0], LIMIT[1], "--format", "sarif"]).ends_with(1);
    assert!(said.stdout.contains("long.txt: larger than the limit"), "{said:?}");
}

#[test]
fn a_report_that_cannot_be_written_is_2_and_all_others_are_written() {
    let folder = folder();
    folder.write("file", "");
    let reports = ["--report", "json=file/below.json", "--report", "sarif=no/folder/a.sarif", "--report", "jsonl=good.jsonl"];
    let said = folder.scan(reports).ends_with(2);
    assert_eq!(said.places(), ["secret.env: github.personal-access-token"]);
    assert!(said.stderr.starts_with("keysieve: cannot write the json report to file/below.json: "), "{said:?}");
    assert!(folder.read("good.jsonl").contains("github.personal-access-token"));
}

#[test]
fn every_report_file_is_written_and_nothing_is_left_beside_it() {
    let folder = folder();
    let reports = ["human=out/r.txt", "json=out/r.json", "jsonl=out/r.jsonl", "sarif=out/r.sarif"];
    std::fs::create_dir(folder.path.join("out")).expect("because the folder can be written");
    folder.write("out/r.json", "an older report");
    let arguments: Vec<_> = reports.iter().flat_map(|report| ["--report", report]).chain(["secret.env"]).collect();
    let said = folder.scan(arguments).ends_with(1);
    assert_eq!(folder.read("out/r.json"), said.stdout);
    for name in ["r.txt", "r.jsonl", "r.sarif"] {
        assert!(folder.read(format!("out/{name}")).contains("secret.env"), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path.join("out")).expect("because it was made").count(), 4);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_2() {
    let folder = Folder::new();
    folder.write("a.txt", "nothing\n");
    for arguments in [&["scan"][..], &["scan", "--format", "sarif"], &["rules", "list"], &["completions", "bash"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("because Linux has it");
        let output = keysieve_in(&folder.path).args(arguments).stdout(full).stderr(Stdio::piped()).output();
        let said = Said::from(output.expect("because the program is there")).ends_with(2);
        assert!(said.stderr.starts_with("keysieve: cannot write to standard output: No space left"), "{arguments:?}: {said:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_went_away_changes_nothing() {
    let folder = folder();
    let (reader, writer) = std::io::pipe().expect("because there are pipes");
    drop(reader);
    let output = keysieve_in(&folder.path).arg("scan").stdout(writer).stderr(Stdio::piped()).output();
    assert_eq!(Said::from(output.expect("because the program is there")).ends_with(1).stderr, "");
}

#[test]
fn an_index_that_cannot_be_read_is_2() {
    let folder = Folder::committed();
    folder.write(".git/index", "DIRC and then nothing of sense");
    let said = folder.scan(["--staged"]).ends_with(2);
    assert!(said.stderr.contains(&format!("cannot read the index {}", folder.path.join(".git/index").display())), "{said:?}");
}

#[test]
fn looking_at_nothing_does_not_read_as_clean() {
    let folder = Folder::committed();
    let said = folder.keysieve(["scan", "--staged"]).ends_with(0);
    assert_eq!(said.stdout, "nothing staged: no content was scanned\n");
    let empty = Folder::new();
    assert_eq!(empty.keysieve(["scan"]).ends_with(0).stdout, "nothing to scan: no content was scanned\n");
    let said = empty.keysieve(["scan", "--format", "sarif"]).ends_with(0);
    let log = said.report();
    let notes = list(&log["runs"][0]["invocations"][0]["toolExecutionNotifications"]);
    assert_eq!(text(&notes[0]["message"]["text"]), "Nothing to scan: no content was scanned");
}
