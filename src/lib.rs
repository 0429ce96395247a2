//! keysieve finds leaked credentials. This is its code map; `docs/architecture.md` tells the same at more length.
//!
//! A byte goes this way: a [`source`] lists entries and reads them as items, a detector ([`detect`]) finds matches in their bytes, [`scan`] makes
//! sightings of them on many threads and gathers those into findings, [`run`] makes the findings a report, and [`report`] writes it.
//!
//! | module | what it is | must not know |
//! |---|---|---|
//! | [`secret`] | bytes that cannot be printed or serialized by accident; masking | everything else |
//! | [`location`] | byte spans, lines, columns with their unit in the name | everything else |
//! | [`checksum`] | the sums that token formats carry: CRC-32, CRC-24, bech32 and their spellings | token formats |
//! | [`suggest`] | the nearest known word for a misspelled one | everything else |
//! | [`coverage`] | what was scanned, what was left out on purpose, what could not be scanned | rules, findings |
//! | [`decode`] | encodings: bytes in, the text they stand for out, with the way back to each byte | rules, files |
//! | [`owners`] | who owns which file by `CODEOWNERS`, and who the people are that git names | everything else |
//! | [`finding`] | a secret of a rule with its places; severity, confidence, evidence, identity, fingerprint | where bytes come from |
//! | [`exceptions`] | findings that do not count: who excepted what, why and until when; the baseline | where bytes and files come from, output |
//! | [`environments`] | staging, production and the like: which of them a place in a file belongs to | secrets, rules, where bytes come from |
//! | [`rules`] | rules as data: schema, lint, examples, the built-in table that `build.rs` makes | scanned files, threads |
//! | [`detect`] | bytes in, matches out: literals, patterns, the key/value grammar, offline checks, the weighing of evidence | files, git, threads, reports |
//! | [`source`] | a working tree, the index, a range of commits, standard input: all reading of files and of git | rules, findings, threads |
//! | [`scan`] | one source, one detector, many threads; sightings to findings | reports |
//! | [`enrich`] | since when and where a secret of a history is exposed | rules, output |
//! | [`report`] | a report as text: for people, for programs, for services, as a page; and back from JSON | files, git, rules, detection |
//! | [`compare`] | saved reports side by side: which secrets several repositories share | repositories, how reports are made |
//! | [`purge`] | plans the removal of secrets from a history, and looks for what is left | rules, the command line, output |
//! | [`config`] | layers of settings from files, environment and flags, with where each comes from | scans, the command line |
//! | [`import`] | configuration of other tools as configuration of this one | scans, the command line, output |
//! | [`rotate`] | from an exposed secret to a rotated one: events, outbox, delivery, ledger, audit log | how anything is found, the command line |
//! | [`run`] | the one place that chains the stages: a plan in, a report out | the command line, output |
//!
//! A module uses only modules above it in this table, and of those not the ones that it must not know. The binary (`src/main.rs`, `src/cli/`) uses
//! all of them. Only the binary prints, reads the environment, parses arguments and decides an exit code.

#![forbid(unsafe_code)]

pub mod checksum;
pub mod compare;
pub mod config;
pub mod coverage;
pub mod decode;
pub mod detect;
pub mod enrich;
pub mod environments;
pub mod exceptions;
pub mod finding;
pub mod import;
pub mod location;
pub mod owners;
pub mod purge;
pub mod report;
pub mod rotate;
pub mod rules;
pub mod run;
pub mod scan;
pub mod secret;
pub mod source;
pub mod suggest;
