//! Where imports write: into a new `keysieve.yaml`, or beside what people wrote into the one that is there.

use crate::support::{Folder, NOTHING, assigned, at};

const OURS: &str = "# our rules\nmin_confidence: high  # for now\npaths:\n  exclude: [docs/]\n";

fn folder() -> Folder {
    let folder = Folder::committed();
    folder.write("a.env", assigned("a")).write("vendor/b.env", assigned("b")).write("keysieve.yaml", OURS);
    folder.write(".gitleaksignore", "a.env:github-pat:1\n").write("exclude.txt", "^vendor/\n");
    folder
}

#[test]
fn what_is_there_is_left_alone_and_what_to_add_is_printed() {
    let folder = folder();
    let said = folder.keysieve(["import", "gitleaksignore"]).ends_with(0);
    let (_, block) = said.stdout.split_once("run this again with --append:\n\n").expect("because it says so");
    assert!(said.stdout.contains("nothing was written\n") && folder.read("keysieve.yaml") == OURS, "{said:?}");
    folder.write("keysieve.yaml", OURS.to_owned() + block);
    folder.scan(NOTHING).finds(&[&at("vendor/b.env")]);
}

#[test]
fn appending_keeps_every_line_and_happens_once() {
    let folder = folder();
    folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(0);
    folder.keysieve(["import", "trufflehog-exclude", "exclude.txt", "--append"]).ends_with(0);
    folder.scan(NOTHING).finds(&[]);
    let text = folder.read("keysieve.yaml");
    assert!(text.starts_with(OURS) && text.contains("  exclude_regex:\n    - \"^vendor/\"\nexceptions:\n"), "{text}");
    let again = folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(0);
    assert!(again.stdout.contains("keysieve.yaml says all of it already\n") && folder.read("keysieve.yaml") == text, "{again:?}");
    // What people make of an exception stays theirs.
    folder.write("keysieve.yaml", text.replace("ignored in .gitleaksignore", "a sample"));
    folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(0);
    assert_eq!(folder.read("keysieve.yaml").matches("reason: \"a sample\"").count(), 1);
    folder.write("c.env", assigned("c")).write(".gitleaksignore", "c.env:github-pat:1\n");
    folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(0);
    folder.scan(NOTHING).finds(&[]);
    assert_eq!(folder.read("keysieve.yaml").matches("fingerprint:").count(), 2);
}

#[test]
fn where_nothing_can_be_added_safely_nothing_is_written() {
    let folder = folder();
    for (config, why) in [
        ("exceptions: [{path: docs/}]\n", "`exceptions` is there already"),
        ("colour: red\n", "unknown key `colour`"),
        ("{min_confidence: low}\n", "with what is to be added it could not be used: this is no YAML"),
    ] {
        folder.write("keysieve.yaml", config);
        let said = folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(2);
        assert!(said.stderr.contains(why) && said.stdout.is_empty() && folder.read("keysieve.yaml") == config, "{config}: {said:?}");
    }
}

#[test]
fn only_force_replaces_and_a_dry_run_writes_nothing() {
    let folder = folder();
    let said = folder.keysieve(["import", "gitleaksignore", "--dry-run"]).ends_with(0);
    assert!(said.stdout.starts_with("--- to add to keysieve.yaml\nexceptions:\n") && folder.read("keysieve.yaml") == OURS, "{said:?}");
    folder.keysieve(["import", "gitleaksignore", "--force"]).ends_with(0);
    assert!(folder.read("keysieve.yaml").starts_with("exceptions:\n"));
    folder.remove("keysieve.yaml").write(".keysieve.yaml", OURS);
    folder.keysieve(["import", "gitleaksignore", "--append"]).ends_with(0);
    assert!(folder.read(".keysieve.yaml").contains("exceptions:\n") && !folder.path.join("keysieve.yaml").exists());
}

#[test]
fn a_configuration_of_gitleaks_goes_beside_what_is_there() {
    let folder = folder();
    folder.write("g.toml", "[allowlist]\npaths = ['''^vendor/''']\n");
    let said = folder.keysieve(["import", "gitleaks", "g.toml", "--append"]).ends_with(0);
    assert!(folder.read("keysieve.yaml").contains("  exclude_regex:\n"), "{said:?}");
    folder.scan(NOTHING).finds(&[&at("a.env")]);
}
