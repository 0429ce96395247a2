//! From an exposed secret to a rotated one: events, signatures, an outbox, delivery, a ledger, an audit log.
//!
//! Knows reports, not how anything was found. Only [`deliver`] opens sockets; only [`outbox`] (SQLite) and [`audit`] write files. The
//! clock, environment variables and paths of files come from the binary.
//!
//! # States of an exposure
//! ```text
//! detected → notified → acknowledged → rotated → gone → purged
//!     └──────────┴──── rejected (not a secret; nothing more is sent)
//! ```
//! A state is not stored: each step has a time of its own, and the furthest step that has one is the state. So steps may be skipped (a
//! secret rotated before anyone acknowledged it) and come in any order (purged from the history first).
//! - *notified*: the first delivery got a 2xx answer. *acknowledged*, *rotated*, *rejected*: a receiver's answer or a person said so.
//! - *gone*: a later complete scan of what the secret was found in does not find it any more; *purged*: the same of a whole history.
//!   Seen again before it was rotated, those are taken back.
//! - An exposure that was rotated and is found again where it was not before, or after it was gone, is a new exposure of the next
//!   *generation*: its event has another id and says `reexposed`.
//!
//! # Ids and idempotency
//! An exposure is (fingerprint, generation); an event is (exposure, target). Its id is a hash of fingerprint, generation and target, so two
//! processes, or two machines without a common state, send the same id for the same thing, and a receiver that remembers ids acts once. The
//! outbox has a unique index over (exposure, target): whoever comes second adds nothing.
//!
//! # Tables (schema 1, `PRAGMA user_version`; a newer one is refused)
//! - `exposures`: one row per (fingerprint, generation): rule, severity, source, the time of each step, who and what.
//! - `places`: hashes of (scope, path) where an exposure was seen, by which "found again where it was not before" and "gone" are told.
//! - `events`: the outbox. Body, the sealed secret where it is to be sent as it is (empty once it is erased), status (`pending`, `held`, `delivered`, `dead`, `skipped`, `rejected`), attempts, when next, whose lease.
//! - `targets`: per target: disabled since (410), slowed down until, tokens of its rate limit, delivered and failed.
//! - `leases`: one row per running process, renewed every few seconds. An event whose lease has run out is anybody's.
//! - `journal`: entries of the audit log that are not yet in its file; `meta`: counters, and the log's number and hash.
//!
//! # What a crash can do
//! Every change is one transaction with its journal entries. An event is written before it is sent, and marked after the answer: a crash
//! between the two sends it once more, with the same id. Entries that did not reach the log's file are written the next time; a torn last
//! line is cut off first, and is known by its missing line feed.
//!
//! # Secrets
//! What is sent to a target holds no secret unless the target asks for it ([`config::IncludeSecret`]). What is encrypted for a receiver
//! stands in the event's body. What is sent as it is waits in the event's `sealed`, encrypted with the key in `STATE.key`, and is erased in the
//! transaction in which the event is delivered, given up or rejected. Nothing else of a secret is ever written.
//!
//! # Order
//! Of one target and one secret only the oldest event that is not settled can be leased; the next one waits for it.

pub mod approval;
pub mod audit;
pub mod config;
pub mod deliver;
pub mod event;
pub mod format;
pub mod look;
pub mod metrics;
pub mod outbox;
#[cfg(test)]
pub mod sample;
pub mod seal;
pub mod sign;
pub mod time;
