//! 1Password secret keys: `A3`, six characters that name the account, 26 random ones, none of which is mistaken for another.
//!
//! Source: <https://1passwordstatic.com/files/security/1password-white-paper.pdf>, "Account password and Secret Key", for the parts. Which
//! characters are left out shows on published keys only, so another one speaks against a key and is no proof.

use super::{Check, Checked};

pub(super) const CHECK: Check =
    Check { name: "onepassword", summary: "version, account and alphabet of a 1Password secret key (A3-…)", run };

const ACCOUNT: usize = 6;
const RANDOM: usize = 26;

fn run(key: &[u8]) -> Checked {
    let Some((head, rest)) = key.strip_prefix(b"A3-").and_then(|rest| rest.split_at_checked(ACCOUNT)) else { return Checked::malformed() };
    let random: Vec<u8> = rest.iter().copied().filter(|b| *b != b'-').collect();
    let is_word = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if random.len() != RANDOM || !rest.starts_with(b"-") || !head.iter().chain(&random).all(is_word) {
        return Checked::malformed();
    }
    let is_mistaken = |b: &u8| matches!(b, b'0' | b'1' | b'I' | b'O' | b'U');
    let checked = if head.iter().chain(&random).any(is_mistaken) {
        Checked::unlikely("characters that secret keys leave out")
    } else {
        Checked::structured("alphabet of secret keys")
    };
    checked.with("account_id", String::from_utf8_lossy(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    #[test]
    fn the_account_is_named_and_the_alphabet_counts() {
        let key = |rest: &str| format!("A3-{}-{rest}", "QW2RT7");
        let good = run(key(concat!("8KD3MN-", "Z4XCV-9BLJH-QR2TW-7PYSF")).as_bytes());
        assert_eq!((good.verdict, good.identity.get("account_id")), (Verdict::Valid, Some("QW2RT7")));
        let other = run(key(concat!("8KD3MN-", "Z4XCV-9BLJH-QR2TW-7PYS1")).as_bytes());
        assert_eq!(other.verdict, Verdict::Neutral);
        assert!(other.evidence.iter().any(|evidence| !evidence.supports));
        for rest in ["", "8KD3MN", concat!("8KD3MN-", "Z4XCV-9BLJH-QR2TW-7PYSFA"), concat!("8KD3MN-", "Z4XCV-9BLJH-QR2TW-7PYSf")] {
            assert_eq!(run(key(rest).as_bytes()).verdict, Verdict::Malformed, "{rest}");
        }
    }
}
