//! Objects, packs, indices and refs that are broken: never a panic, never a hang, never "clean", and what is lost is named.
//!
//! | module | what is broken |
//! |---|---|
//! | [`flips`] | one byte of a real pack; a pack that ends early |
//! | [`index`] | the index of a real pack |
//! | [`deltas`] | entries of a pack that is written by hand |
//! | [`loose`] | loose objects |
//! | [`refs`] | refs, packed refs, reflogs |
//! | [`packing`] | nothing: it writes packs, well-formed or not |

mod deltas;
mod flips;
mod index;
mod loose;
mod packing;
mod refs;

use std::path::Path;

use super::findings::Findings;
use super::repository::Repository;

/// The report of a scan that must not be able to say "clean".
#[track_caller]
fn scan(what: &str, repository: &Repository) -> Findings {
    let said = repository.scan(&["--no-cache"]);
    let findings = Findings::of(&said);
    let expected = if findings.len() > 0 { 1 } else { 3 };
    assert_eq!(said.code, expected, "{what}: another exit code than expected: {:#}", findings.0);
    findings
}

/// Puts other bytes into a file of git's, which is read-only.
fn replace(path: &Path, content: &[u8]) {
    std::fs::remove_file(path).expect("because git wrote it");
    std::fs::write(path, content).expect("because the folder can be written");
}

/// Fails unless each of `objects` is named as not scanned.
#[track_caller]
fn assert_named(what: &str, findings: &Findings, objects: &[String]) {
    let unnamed: Vec<_> = objects.iter().filter(|object| !findings.names(object)).collect();
    assert!(unnamed.is_empty(), "{what}: not named: {unnamed:?} in {:#?}", findings.gaps());
}
