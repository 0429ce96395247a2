//! AWS access key ids: four letters for the kind, then 10 bytes in base 32, which in keys made since 2019 begin with the account number.
//!
//! Source for the kinds: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>. The place of
//! the account number was found by comparing key ids with the accounts that made them.

use super::{Check, Checked};

pub(super) const CHECK: Check =
    Check { name: "aws-access-key-id", summary: "base 32 alphabet and account number in AKIA, ASIA, ABIA and ACCA key ids", run };

/// Accounts have twelve digits.
const HIGHEST_ACCOUNT: u64 = 999_999_999_999;

fn run(id: &[u8]) -> Checked {
    let Some(body) =
        id.get(4..).filter(|body| body.len() == 16 && [b"AKIA", b"ASIA", b"ABIA", b"ACCA"].iter().any(|kind| id.starts_with(*kind)))
    else {
        return Checked::malformed();
    };
    let Ok(bytes) = data_encoding::BASE32_NOPAD.decode(body) else {
        return Checked::doubted("alphabet-wrong", "characters that no key id has");
    };
    let head = bytes.iter().take(6).fold(0u64, |head, &byte| head << 8 | u64::from(byte));
    let names_account = head >> 47 == 1;
    let account = (head & 0x7fff_ffff_ff80) >> 7;
    match (names_account, account <= HIGHEST_ACCOUNT) {
        (false, _) => Checked::neutral(),
        (true, true) => Checked::structured("holds an account number").with("account_id", format!("{account:012}")),
        (true, false) => Checked::unlikely("account number too high"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn id(account: u64, new: bool) -> String {
        let head = u64::from(new) << 47 | account << 7 | 0x55;
        format!("ASIA{}", data_encoding::BASE32_NOPAD.encode(&[&head.to_be_bytes()[2..], b"\x01\x80\x7f\xff"].concat()))
    }

    #[test]
    fn the_account_keeps_its_leading_zeros() {
        let checked = run(id(12_345_678_901, true).as_bytes());
        assert_eq!(checked.verdict, Verdict::Valid);
        assert_eq!(checked.identity.get("account_id"), Some("012345678901"));
    }

    #[test]
    fn older_ids_name_no_account() {
        let checked = run(id(123_456_789_012, false).as_bytes());
        assert_eq!(checked.verdict, Verdict::Neutral);
        assert!(checked.identity.is_empty());
    }

    #[test]
    fn made_up_ids_are_doubted() {
        let too_high = run(id(1_000_000_000_000, true).as_bytes());
        assert_eq!(too_high.verdict, Verdict::Neutral);
        assert!(too_high.evidence.iter().any(|evidence| !evidence.supports) && too_high.identity.is_empty());
        assert_eq!(run(concat!("AKIA", "Q0189ABCDEFGHJKL").as_bytes()).verdict, Verdict::ChecksumFailed);
        assert_eq!(run(b"AIDAQQQQQQQQQQQQQQQQ").verdict, Verdict::Malformed);
        assert_eq!(run(b"AKIA").verdict, Verdict::Malformed);
    }
}
