//! age identities: bech32 with the human part `age-secret-key-`, in upper case.
//!
//! Source: <https://age-encryption.org/v1>.

use super::{Check, Checked};
use crate::checksum;

pub(super) const CHECK: Check = Check { name: "age", summary: "bech32 checksum of AGE-SECRET-KEY-1 identities", run };

fn run(key: &[u8]) -> Checked {
    if key.get(..14).is_some_and(|head| head.eq_ignore_ascii_case(b"AGE-SECRET-KEY")) {
        Checked::of_checksum(checksum::bech32_holds(key))
    } else {
        Checked::malformed()
    }
}
