use super::{RULE, environments, findings, shared, write};
use crate::support::{list, text};

#[test]
fn it_can_be_excepted_by_its_fingerprint_and_the_secret_stays() {
    let folder = shared();
    let found = findings(&folder.scan(["."]));
    let (own, secret) = (text(&found[0]["fingerprint"]).to_owned(), text(&found[0]["sharing"]["findings"][0]).to_owned());
    folder.write("keysieve.yaml", format!("exceptions:\n  - fingerprint: {own}\n    reason: one account for both\n"));
    let said = folder.scan(["."]).ends_with(1);
    assert!(environments(&said).is_empty());
    let report = said.report();
    assert_eq!(text(&report["suppressed"][0]["status"]["reason"]), "one account for both");
    assert_eq!(text(&report["findings"][0]["fingerprint"]), secret);
    // It is bound to the secret, so a further place changes nothing.
    write(&folder, &[("dev.env", "T=@\n"), ("prod/more.env", "T=@\n")]);
    folder.remove(".env.staging");
    assert!(environments(&folder.scan(["."])).is_empty());
    assert_eq!(folder.keysieve(["exceptions", "--unused"]).ends_with(0).stdout.matches(&own).count(), 0);
}

#[test]
fn a_secret_that_is_excepted_takes_it_along() {
    let folder = shared();
    let secret = text(&findings(&folder.scan(["."]))[0]["sharing"]["findings"][0]).to_owned();
    folder.write("keysieve.yaml", format!("exceptions:\n  - fingerprint: {secret}\n    reason: revoked\n"));
    let said = folder.scan(["."]).ends_with(0);
    let report = said.report();
    let suppressed: Vec<_> =
        list(&report["suppressed"]).iter().map(|own| (text(&own["rule"]["id"]), text(&own["status"]["reason"]))).collect();
    assert_eq!(suppressed, [("github.personal-access-token", "revoked"), (RULE, "revoked")]);
}

#[test]
fn it_can_be_excepted_by_rule_and_path_and_by_comments() {
    let folder = shared();
    folder.write("keysieve.yaml", format!("exceptions:\n  - rule: {RULE}\n    path: '{{.env.*,deploy/**}}'\n"));
    assert!(environments(&folder.scan(["."])).is_empty());
    folder.write("keysieve.yaml", format!("exceptions:\n  - rule: {RULE}\n    path: 'deploy/**'\n"));
    let found = findings(&folder.scan(["."]));
    assert_eq!(text(&found[0]["status"]["notes"][0]), "excepted in 1 of 2 places; it counts until all are");
    folder.remove("keysieve.yaml");
    let mark = format!("# keysieve:allow {RULE} reason=\"one account\"\n");
    write(&folder, &[(".env.staging", &format!("{mark}T=@\n")), ("deploy/prod/app.yaml", &format!("key: @ {mark}"))]);
    assert!(environments(&folder.scan(["."]).ends_with(1)).is_empty());
}

#[test]
fn a_baseline_knows_it_and_stays_of_use() {
    let folder = shared();
    folder.keysieve(["baseline", "create"]).ends_with(0);
    let said = folder.scan(["."]).ends_with(0);
    assert_eq!(list(&said.report()["suppressed"]).len(), 2);
    folder.scan([".", "--strict-exceptions"]).ends_with(0);
    folder.keysieve(["baseline", "diff"]).ends_with(0);
    assert!(folder.keysieve(["baseline", "prune"]).ends_with(0).stdout.contains("0 removed"));
}

#[test]
fn a_secret_that_comes_to_be_shared_is_new_to_a_baseline_unless_it_is_known_itself() {
    let folder = shared();
    folder.remove(".env.staging");
    folder.keysieve(["baseline", "create"]).ends_with(0);
    write(&folder, &[(".env.staging", "T=@\n")]);
    folder.scan(["."]).ends_with(0);
    folder.scan(["--no-baseline", "."]).ends_with(1);
}

#[test]
fn it_is_a_rule_like_others() {
    let folder = shared();
    assert!(environments(&folder.scan(["--disable-rule", RULE, "."]).ends_with(1)).is_empty());
    assert!(environments(&folder.scan(["--disable-rule", "github.*", "."]).ends_with(0)).is_empty());
    folder.write("keysieve.yaml", format!("rules:\n  override:\n    {RULE}: {{severity: critical, confidence: low}}\n"));
    let said = folder.scan(["."]).ends_with(1);
    assert!(environments(&said).is_empty());
    assert_eq!(said.report()["below_threshold"], 1);
    let found = findings(&folder.scan(["--min-confidence", "low", "."]));
    assert_eq!((text(&found[0]["severity"]), text(&found[0]["confidence"])), ("critical", "low"));
    assert!(folder.keysieve(["explain", RULE]).ends_with(0).stdout.contains("staging"));
    assert!(folder.keysieve(["rules", "try", RULE, ".env.staging"]).stdout.contains("finished scan"));
    assert!(folder.keysieve(["rules", "list", "environments"]).ends_with(0).stdout.contains(RULE));
}

#[test]
fn what_is_left_out_does_not_share() {
    let folder = shared();
    assert!(environments(&folder.scan(["--exclude", "deploy/", "."]).ends_with(1)).is_empty());
    folder.commit_all();
    assert!(environments(&folder.scan(["--history", "--exclude", "deploy/"]).ends_with(1)).is_empty());
}
