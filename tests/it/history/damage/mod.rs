//! Objects, packs, indices and refs that are broken: never a panic, never a hang, never "clean", and what is lost is named.
//!
//! | module | what is broken |
//! |---|---|
//! | [`flips`] | one byte of a real pack; a pack that ends early |
//! | [`index`] | the index of a real pack |
//! | [`deltas`] | entries of a pack that is written by hand |
//! | [`loose`] | loose objects |
//! | [`pipes`] | files of git that are pipes |
//! | [`refs`] | refs, packed refs, reflogs |
//! | [`packing`] | nothing: it writes packs, well-formed or not |

mod deltas;
mod flips;
mod index;
mod loose;
mod packing;
#[cfg(unix)]
mod pipes;
mod refs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::findings::Findings;
use super::repository::{Repository, UNCACHED};

/// The report of a scan that must not be able to say "clean".
#[track_caller]
fn scan(what: &str, repository: &Repository) -> Findings {
    let said = repository.scan(UNCACHED);
    let findings = Findings::of(&said);
    let expected = if findings.len() > 0 { 1 } else { 3 };
    assert_eq!(said.code, expected, "{what}: another exit code than expected: {:#}", findings.0);
    findings
}

/// Runs `check` on every case and fails with what fails in all of them: one kind of damage does not hide another.
#[track_caller]
fn each<T>(cases: impl IntoIterator<Item = (String, T)>, check: impl Fn(&str, T)) {
    let mut failures = Vec::new();
    let mut count = 0;
    for (name, case) in cases {
        count += 1;
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| check(&name, case))) {
            let message = payload.downcast_ref::<String>().map_or("a panic without words", String::as_str);
            failures.push(format!("{name}: {}", message.chars().take(400).collect::<String>()));
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
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
