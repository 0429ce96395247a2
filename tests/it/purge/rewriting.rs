//! The commands of a plan, exactly as they are written, and the proof before and after.

use serde_json::Value;

use super::filter_repo::{folder, shell};
use super::spill::{Spill, holds};
use crate::support::{Said, list, text};

/// The lines of the plan's commands.
fn lines(plan: &Value, part: &str) -> Vec<String> {
    list(&plan[part]).iter().map(|command| text(&command["line"]).to_owned()).collect()
}

#[track_caller]
fn verify(spill: &Spill) -> Said {
    let said = spill.plan(&["--verify"]);
    for (name, spelling) in spill.spellings() {
        assert!(!holds(said.stdout.as_bytes(), &spelling) && !holds(said.stderr.as_bytes(), &spelling), "--verify says {name}");
    }
    said
}

#[test]
fn a_purge_as_planned_leaves_nothing() {
    let Some(programs) = folder() else { return };
    let spill = Spill::new();
    spill.plan(&["--write-secrets"]).ends_with(0);
    let before = spill.objects();
    for (name, spelling) in spill.spellings() {
        assert!(holds(&before, &spelling), "{name} is not in the repository to begin with");
    }
    let dirty = verify(&spill).ends_with(1);
    assert!(dirty.stdout.contains("still hold a secret") && dirty.stdout.contains("refs/pull/1/head"), "{dirty:?}");
    let plan = spill.json();
    let commands = [lines(&plan, "rewrite"), lines(&plan, "clean")].concat();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let said = shell(programs, &spill.folder.path, &commands).ends_with(0);
    let after = spill.objects();
    for (name, spelling) in spill.spellings() {
        assert!(!holds(&after, &spelling), "{name} is left: {said:?}");
    }
    let clean = verify(&spill).ends_with(0);
    assert!(clean.stdout.starts_with("no object holds it: "), "{clean:?}");
    spill.folder.git(["fsck", "--full", "--strict"]);
    // What stood around the secrets is left, in the same encoding.
    let wide = std::fs::read(spill.folder.path.join("wide.txt")).expect("because it is still there");
    let units: Vec<u16> = wide.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
    let stars = "*".repeat(spill.token.len());
    assert_eq!(String::from_utf16_lossy(&units), format!("\u{feff}token: {stars}\r\n"));
    assert_eq!(spill.folder.read("pay.yml"), "adyen_api_key: ***REMOVED***\n");
    assert_eq!(spill.folder.read("sub/b.env"), "# again\nexport TOKEN='***REMOVED***'\n");
    assert_eq!(spill.folder.git(["log", "-1", "--format=%an", "--grep=person"]), "A REMOVED");
    assert_eq!(spill.folder.git(["stash", "list"]).lines().count(), 1);
}

#[test]
fn what_nothing_reaches_is_named_until_it_is_collected() {
    let spill = Spill::new();
    spill.plan(&["--write-secrets"]).ends_with(0);
    let said = verify(&spill).ends_with(1);
    for word in ["reached from refs", "kept by a reflog, the index or the like"] {
        assert!(said.stdout.contains(word), "{word}: {said:?}");
    }
    spill.folder.git(["reflog", "expire", "--expire=now", "--all"]);
    spill.folder.remove(".git/ORIG_HEAD");
    let said = verify(&spill).ends_with(1);
    assert!(said.stdout.contains("unreachable"), "{said:?}");
    // Packed or not, the same objects are named.
    let named = |said: &Said| said.stdout.lines().filter(|line| line.starts_with("  ")).map(str::to_owned).collect::<Vec<_>>();
    let loose = named(&said);
    spill.folder.git(["-c", "gc.pruneExpire=never", "repack", "-A", "-d", "--quiet"]);
    assert_eq!(named(&verify(&spill).ends_with(1)), loose);
}

#[test]
fn an_object_that_cannot_be_read_is_no_proof() {
    let Some(programs) = folder() else { return };
    let spill = Spill::new();
    spill.plan(&["--write-secrets"]).ends_with(0);
    shell(programs, &spill.folder.path, &lines(&spill.json(), "rewrite")).ends_with(0);
    verify(&spill).ends_with(0);
    spill.folder.write("new.txt", "harmless\n").commit_all();
    let blob = spill.folder.git(["rev-parse", "HEAD:new.txt"]);
    let loose = spill.folder.path.join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]));
    std::fs::remove_file(&loose).expect("because git wrote it");
    std::fs::write(&loose, b"no object").expect("because the folder can be written");
    let said = verify(&spill).ends_with(3);
    assert!(said.stdout.contains(&blob) && said.stdout.contains("incomplete: "), "{said:?}");
}

#[test]
fn rotation_comes_first_and_every_place_is_counted() {
    let spill = Spill::new();
    spill.plan(&["--write-secrets"]).ends_with(0);
    let plan = spill.json();
    let secret =
        list(&plan["secrets"]).iter().find(|one| text(&one["rule"]) == "github.personal-access-token").expect("because it was found");
    assert!(!list(&secret["rotation"]).is_empty());
    let forms: Vec<(&str, &Value)> = list(&secret["forms"]).iter().map(|form| (text(&form[0]), &form[1])).collect();
    let find = |how: &str| forms.iter().find(|(name, _)| *name == how).unwrap_or_else(|| panic!("no form {how}: {forms:?}")).1;
    // a.env twice, the first time with the text of the note, sub/b.env, lost.env; message and tag; one person; the name in one tree or two.
    let plain = find("as it is");
    assert_eq!(
        (plain["text_blobs"].as_u64(), plain["messages"].as_u64(), plain["people"].as_u64()),
        (Some(4), Some(2), Some(1)),
        "{plain}"
    );
    assert!(plain["names"].as_u64() > Some(0));
    assert_eq!(find("utf-16le")["binary_blobs"], 1);
    assert_eq!(find("within base64")["text_blobs"], 1);
    assert!(!forms.iter().any(|(how, _)| ["hex", "utf-16be", "percent-encoded"].contains(how)), "{forms:?}");
    let page = String::from_utf8(spill.written("PLAN.md")).expect("because it is text");
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("`{words}` is missing: {page}"));
    assert!(at("Rotate first") < at("git filter-repo") && at("git filter-repo") < at("--verify") && at("--verify") < at("At the host"));
    let kept: Vec<_> = list(&plan["out_of_reach"]).iter().map(|name| text(&name["name"])).collect();
    assert_eq!(kept, ["refs/pull/1/head"]);
    for name in ["refs/heads/main", "refs/tags/v1", "refs/notes/commits", "refs/stash"] {
        assert!(list(&plan["refs"]).iter().any(|one| text(&one["name"]) == name), "{name}: {plan}");
    }
}
