//! `keysieve scan --history` on real repositories, with git as the oracle for what is in them.
//!
//! | module | what it knows |
//! |---|---|
//! | [`repository`] | a repository with a clock and a cache of its own |
//! | [`findings`] | a report as `token to finding` |
//! | [`fixture`] | one repository with a token in every place, and what is expected of each |
//! | [`places`] | the fixture in every layout that git knows |
//! | [`starts`] | where a scan may begin: a bare repository in a folder, a detached HEAD, no commit at all |
//! | [`submodules`] | the histories of repositories inside of a repository |
//! | [`gaps`] | shallow and partial clones |
//! | [`random`] | seeded histories with merges, renames and reverts |
//! | [`oracle`] | what git says of a token in a history |
//! | [`exposure`] | the report of random histories beside the oracle |
//! | [`laws`] | what must not change a report: threads, layouts, caches |
//! | [`secrecy`] | that no token leaves through a name, a subject or a person |
//! | [`damage`] | objects, packs, indices and refs that are broken |

mod damage;
mod exposure;
mod findings;
mod fixture;
mod gaps;
mod laws;
mod oracle;
mod places;
mod random;
mod repository;
mod secrecy;
mod starts;
mod submodules;

pub use repository::Repository;
