use super::{environments, findings, shared, write};
use crate::support::{Folder, list, text, token};

#[test]
fn a_tree_names_its_places_and_says_the_same_on_any_number_of_threads() {
    let folder = shared();
    for number in 0..80 {
        folder.write(format!("other/{number}.env"), format!("T={}\n", token(&number.to_string())));
    }
    let said = folder.scan(["-j1", "."]).ends_with(1);
    let found = findings(&said);
    let places: Vec<_> = list(&found[0]["locations"]).iter().map(|place| (text(&place["path"]), text(&place["environment"]))).collect();
    assert_eq!(places, [(".env.staging", "staging"), ("deploy/prod/app.yaml", "prod")]);
    for threads in ["-j2", "-j7"] {
        assert_eq!(folder.scan([threads, "."]).stdout, said.stdout);
    }
}

#[test]
fn staged_content_is_held_against_staged_content() {
    let folder = Folder::committed();
    write(&folder, &[(".env.staging", "T=@\n")]);
    folder.commit_all();
    write(&folder, &[("prod.yaml", "t: @\n")]);
    folder.git(["add", "prod.yaml"]);
    assert!(environments(&folder.scan(["--staged"])).is_empty());
    write(&folder, &[("uat.yaml", "t: @\n")]);
    folder.git(["add", "uat.yaml"]);
    assert_eq!(environments(&folder.scan(["--staged"]).ends_with(1)), ["prod staging"]);
}

#[test]
fn ranges_and_histories_hold_all_their_places_against_each_other() {
    let folder = Folder::committed();
    write(&folder, &[(".env.staging", "T=@\n")]);
    folder.commit_all();
    write(&folder, &[("values-prod.yaml", "t: @\n")]);
    folder.commit_all();
    folder.remove(".env.staging").commit_all();
    assert_eq!(environments(&folder.scan(["--range", "HEAD"])), ["prod staging"]);
    assert!(environments(&folder.scan(["--range", "HEAD~2..HEAD"])).is_empty());
    assert_eq!(environments(&folder.scan(["--history"])), ["prod staging"]);
    assert!(environments(&folder.scan(["."])).is_empty());
}

#[test]
fn structure_counts_in_histories_and_on_standard_input() {
    let folder = Folder::committed();
    let content = format!("production:\n  key: {0}\nstaging:\n  key: {0}\n", token("stdin"));
    let said = folder.scan_stdin(content.as_bytes(), ["--path", "database.yml"]);
    assert_eq!(environments(&said), ["prod staging"]);
    folder.write("database.yml", &content).commit_all();
    assert_eq!(environments(&folder.scan(["--history"])), ["prod staging"]);
    let wide: Vec<u8> = content.encode_utf16().flat_map(u16::to_le_bytes).collect();
    folder.write("database.yml", [b"\xff\xfe".as_slice(), &wide].concat());
    assert_eq!(environments(&folder.scan(["."])), ["prod staging"]);
}

#[test]
fn the_folders_above_a_repository_say_nothing() {
    let folder = Folder::new();
    folder.git(["init", "--quiet", "tests/prod/app"]);
    write(&folder, &[("tests/prod/app/a.env", "T=@\n"), ("tests/prod/app/staging.env", "T=@\n")]);
    assert!(environments(&folder.scan(["tests/prod/app"])).is_empty());
    write(&folder, &[("tests/prod/app/prod.env", "T=@\n")]);
    assert_eq!(environments(&folder.scan(["tests/prod/app"])), ["prod staging"]);
}
