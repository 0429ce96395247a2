//! Password hashes in the forms of crypt(3), htpasswd and the password hashing competition: every part has its length, and the bits that its
//! last character has over are zero.
//!
//! Sources: <https://man7.org/linux/man-pages/man5/crypt.5.html>, <https://httpd.apache.org/docs/current/misc/password_encryptions.html>,
//! <https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md>. That a hash fits does not make it a person's: test vectors fit as
//! well, so nothing here raises a confidence.

use super::{Check, Checked};
use crate::finding::Evidence;

pub(super) const CHECK: Check = Check {
    name: "crypt",
    summary: "algorithm, cost and lengths of a password hash ($1$, $apr1$, {SHA}, $2y$, $5$, $6$, $y$, $argon2…)",
    run,
};

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BCRYPT_ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn run(hash: &[u8]) -> Checked {
    let text = std::str::from_utf8(hash).unwrap_or_default();
    let parts: Vec<&str> = text.split('$').take(8).collect();
    let hash = match parts.as_slice() {
        [sha] => htpasswd_sha(sha),
        ["", "1", salt, sum] => classic("md5-crypt", None, (*salt, 8), (*sum, 22, 2)),
        ["", "apr1", salt, sum] => classic("apache-md5", None, (*salt, 8), (*sum, 22, 2)),
        ["", "5", salt, sum] => classic("sha256-crypt", None, (*salt, 16), (*sum, 43, 4)),
        ["", "5", rounds, salt, sum] => classic("sha256-crypt", Some(*rounds), (*salt, 16), (*sum, 43, 4)),
        ["", "6", salt, sum] => classic("sha512-crypt", None, (*salt, 16), (*sum, 86, 2)),
        ["", "6", rounds, salt, sum] => classic("sha512-crypt", Some(*rounds), (*salt, 16), (*sum, 86, 2)),
        ["", "2a" | "2b" | "2x" | "2y", cost, rest] => bcrypt(cost, rest),
        ["", "y", parameters, salt, sum] => yescrypt(parameters, salt, sum),
        ["", "argon2i" | "argon2d" | "argon2id", rest @ ..] => argon2(parts[1], rest),
        _ => None,
    };
    match hash {
        None => Checked::malformed(),
        Some(hash) if hash.fits => {
            let mut checked = Checked::neutral();
            checked.evidence.push(Evidence::supporting("structure-valid", "hash fits its algorithm"));
            hash.named(checked)
        }
        Some(hash) => hash.named(Checked::doubted("structure-wrong", "no hash of its algorithm ends so")),
    }
}

/// A hash whose parts have their lengths.
struct Hash<'a> {
    algorithm: &'a str,
    cost: Option<String>,
    /// Whether the characters at the ends of its parts are some that the algorithm writes.
    fits: bool,
}

impl Hash<'_> {
    fn named(&self, checked: Checked) -> Checked {
        let checked = checked.with("algorithm", self.algorithm);
        match &self.cost {
            Some(cost) => checked.with("cost", cost),
            None => checked,
        }
    }
}

/// Salt with its greatest length, hash with its length and the bits that count in its last character, which are its lowest.
fn classic<'a>(algorithm: &'a str, rounds: Option<&str>, salt: (&str, usize), sum: (&str, usize, u32)) -> Option<Hash<'a>> {
    let cost = match rounds {
        None => None,
        Some(rounds) => Some(number(rounds.strip_prefix("rounds=")?)?),
    };
    let is_word = |text: &str| text.bytes().all(|b| ALPHABET.contains(&b));
    if salt.0.is_empty() || salt.0.len() > salt.1 || sum.0.len() != sum.1 || !is_word(salt.0) || !is_word(sum.0) {
        return None;
    }
    Some(Hash { algorithm, cost, fits: place(ALPHABET, sum.0)? < 1 << sum.2 })
}

/// SHA-1 without salt in base64.
fn htpasswd_sha(text: &str) -> Option<Hash<'static>> {
    const LENGTH: usize = 20;
    let bytes = data_encoding::BASE64.decode(text.strip_prefix("{SHA}")?.as_bytes()).ok()?;
    (bytes.len() == LENGTH).then_some(Hash { algorithm: "sha1", cost: None, fits: true })
}

/// 22 characters of salt (128 bits) and 31 of hash (184 bits), the highest bits first.
fn bcrypt(cost: &str, rest: &str) -> Option<Hash<'static>> {
    const SALT: usize = 22;
    const LENGTH: usize = 53;
    let cost = cost.parse::<u8>().ok().filter(|number| cost.len() == 2 && (4..=31).contains(number))?;
    if rest.len() != LENGTH || !rest.bytes().all(|b| BCRYPT_ALPHABET.contains(&b)) {
        return None;
    }
    let fits = place(BCRYPT_ALPHABET, &rest[..SALT])? % 16 == 0 && place(BCRYPT_ALPHABET, rest)? % 4 == 0;
    Some(Hash { algorithm: "bcrypt", cost: Some(cost.to_string()), fits })
}

fn yescrypt<'a>(parameters: &str, salt: &str, sum: &str) -> Option<Hash<'a>> {
    let is_word = |text: &str| text.bytes().all(|b| ALPHABET.contains(&b));
    let has_lengths = (1..=16).contains(&parameters.len()) && (1..=86).contains(&salt.len()) && sum.len() == 43;
    if !has_lengths || ![parameters, salt, sum].into_iter().all(is_word) {
        return None;
    }
    Some(Hash { algorithm: "yescrypt", cost: None, fits: place(ALPHABET, sum)? < 16 })
}

/// `v=19`, parameters, salt, hash; the first is left out by the oldest version.
fn argon2<'a>(algorithm: &'a str, rest: &[&str]) -> Option<Hash<'a>> {
    let (parameters, salt, sum) = match rest {
        [version, parameters, salt, sum] if version.strip_prefix("v=").is_some_and(|text| number(text).is_some()) => {
            (parameters, salt, sum)
        }
        [parameters, salt, sum] => (parameters, salt, sum),
        _ => return None,
    };
    let numbers: Option<Vec<String>> =
        parameters.split(',').zip(["m=", "t=", "p="]).map(|(pair, name)| number(pair.strip_prefix(name)?)).collect();
    let cost = numbers.filter(|numbers| numbers.len() == 3).map(|_| (*parameters).to_owned())?;
    let is_base64 = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    if salt.len() < 11 || sum.len() < 16 || !is_base64(salt) || !is_base64(sum) {
        return None;
    }
    let decodes = |text: &str| data_encoding::BASE64_NOPAD.decode(text.as_bytes()).is_ok();
    Some(Hash { algorithm, cost: Some(cost), fits: decodes(salt) && decodes(sum) })
}

/// Up to ten digits that do not begin with 0.
fn number(text: &str) -> Option<String> {
    let is_number = (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    is_number.then(|| text.to_owned())
}

/// Place of the last character of `text` in its alphabet.
fn place(alphabet: &[u8; 64], text: &str) -> Option<usize> {
    let last = text.bytes().last()?;
    alphabet.iter().position(|b| *b == last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;
    use crate::rules::example::expand;

    #[test]
    fn hashes_that_an_algorithm_made_fit_it() {
        for (kind, algorithm) in [
            ("md5", "md5-crypt"),
            ("apr1", "apache-md5"),
            ("sha256", "sha256-crypt"),
            ("sha512", "sha512-crypt"),
            ("bcrypt", "bcrypt"),
            ("yescrypt", "yescrypt"),
            ("argon2id", "argon2id"),
        ] {
            for seed in 0..64 {
                let hash = expand(&format!("{{{{crypt:{kind}}}}}"), &seed.to_string()).expect(kind);
                let checked = run(hash.as_bytes());
                assert_eq!(checked.verdict, Verdict::Neutral, "{hash}");
                assert!(checked.evidence.iter().all(|evidence| evidence.supports) && !checked.evidence.is_empty(), "{hash}");
                assert_eq!(checked.identity.get("algorithm"), Some(algorithm));
                assert_eq!(run(&hash.as_bytes()[..hash.len() - 1]).verdict == Verdict::Malformed, kind != "argon2id", "{hash}");
            }
        }
    }

    #[test]
    fn an_end_that_no_algorithm_writes_is_doubted() {
        for (kind, end) in [("md5", "z"), ("sha256", "z"), ("sha512", "5"), ("bcrypt", "z"), ("yescrypt", "z"), ("argon2id", "D")] {
            let hash = expand(&format!("{{{{crypt:{kind}}}}}"), "seed").expect(kind);
            let other = format!("{}{end}", &hash[..hash.len() - 1]);
            assert_eq!(run(other.as_bytes()).verdict, Verdict::ChecksumFailed, "{other}");
        }
    }

    #[test]
    fn a_sha_of_htpasswd_has_its_length() {
        for (length, verdict) in [(19, Verdict::Malformed), (20, Verdict::Neutral), (21, Verdict::Malformed)] {
            let text = format!("{{SHA}}{}", data_encoding::BASE64.encode(&vec![0x5a; length]));
            assert_eq!(run(text.as_bytes()).verdict, verdict, "{length}");
        }
    }

    #[test]
    fn costs_are_named_and_must_be_numbers() {
        let sha = expand("{{crypt:sha512}}", "seed").expect("because the placeholder is known");
        let with_rounds = |rounds: &str| sha.replacen("$6$", &format!("$6$rounds={rounds}$"), 1);
        assert_eq!(run(with_rounds("5000").as_bytes()).identity.get("cost"), Some("5000"));
        assert_eq!(run(with_rounds("x").as_bytes()).verdict, Verdict::Malformed);
        let bcrypt = expand("{{crypt:bcrypt}}", "seed").expect("because the placeholder is known");
        assert_eq!(run(bcrypt.as_bytes()).identity.get("cost"), Some("10"));
        assert_eq!(run(bcrypt.replacen("$10$", "$99$", 1).as_bytes()).verdict, Verdict::Malformed);
    }
}
