//! PyPI API tokens: `pypi-` and a macaroon, version 2, in URL base64.
//!
//! Source: <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt> for the fields,
//! <https://github.com/pypi/warehouse/blob/main/warehouse/macaroons/caveats/__init__.py> for the caveats.

use serde_json::Value;

use super::{Check, Checked, encoding, time};

pub(super) const CHECK: Check = Check { name: "pypi", summary: "macaroon in pypi- tokens: index, project, user", run };

fn run(token: &[u8]) -> Checked {
    let Some(text) = token.strip_prefix(b"pypi-") else { return Checked::malformed() };
    // A token that was cut anywhere still says where it is from.
    let text = if text.len() % 4 == 1 { &text[..text.len() - 1] } else { text };
    let Some(bytes) = encoding::base64(text) else { return Checked::malformed() };
    let mut reader = Reader(&bytes);
    let Some(index) = reader.head() else { return Checked::malformed() };
    let (checked, caveats) = match reader.body() {
        Some(caveats) if reader.0.is_empty() => (Checked::structured("macaroon complete"), caveats),
        Some(caveats) => (Checked::neutral(), caveats),
        None => (Checked::unlikely("macaroon cut off or made up"), Vec::new()),
    };
    caveats.iter().filter_map(|caveat| serde_json::from_slice(caveat).ok()).fold(checked.with("index", index), identify)
}

const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;
const END_OF_SECTION: u8 = 0;
/// More caveats than any token has.
const MOST_CAVEATS: usize = 64;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Version and location: the index's host name.
    fn head(&mut self) -> Option<String> {
        self.exactly(2)?;
        let host = self.field(LOCATION)?;
        let is_host = !host.is_empty() && host.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
        is_host.then(|| String::from_utf8_lossy(host).into_owned())
    }

    /// Identifier, caveats and signature. The caveats are those that PyPI writes: an identifier alone.
    fn body(&mut self) -> Option<Vec<&'a [u8]>> {
        self.field(IDENTIFIER)?;
        self.exactly(END_OF_SECTION)?;
        let mut caveats = Vec::new();
        while self.0.first() != Some(&END_OF_SECTION) && caveats.len() < MOST_CAVEATS {
            caveats.push(self.field(IDENTIFIER)?);
            self.exactly(END_OF_SECTION)?;
        }
        self.exactly(END_OF_SECTION)?;
        self.field(SIGNATURE).filter(|signature| signature.len() == 32).map(|_| caveats)
    }

    fn field(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.exactly(tag)?;
        let length = self.length()?;
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }

    /// A number in groups of seven bits, lowest first; two groups are enough for 16 KiB.
    fn length(&mut self) -> Option<usize> {
        let (&low, rest) = self.0.split_first()?;
        self.0 = rest;
        if low < 0x80 {
            return Some(usize::from(low));
        }
        let (&high, rest) = self.0.split_first().filter(|(high, _)| **high < 0x80)?;
        self.0 = rest;
        Some(usize::from(low & 0x7f) | usize::from(high) << 7)
    }

    fn exactly(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }
}

/// Caveats are lists that begin with their kind; before 2022 they were objects.
fn identify(checked: Checked, caveat: Value) -> Checked {
    let (key, value) = match caveat[0].as_u64() {
        Some(0) => ("expires", caveat[1].as_i64().and_then(time::rfc3339)),
        Some(1) => ("project", names(&caveat[1])),
        Some(3) => ("user_id", caveat[1].as_str().map(str::to_owned)),
        Some(_) => return checked,
        None if caveat["exp"].is_i64() => ("expires", caveat["exp"].as_i64().and_then(time::rfc3339)),
        None if caveat["permissions"].is_string() => ("scope", caveat["permissions"].as_str().map(str::to_owned)),
        None => ("project", names(&caveat["permissions"]["projects"])),
    };
    match value {
        Some(value) => checked.with(key, value),
        None => checked,
    }
}

fn names(list: &Value) -> Option<String> {
    let names: Vec<_> = list.as_array()?.iter().filter_map(Value::as_str).take(16).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn token(caveats: &[&str], signature: usize) -> Vec<u8> {
        let field = |tag: u8, bytes: &[u8]| [&[tag, u8::try_from(bytes.len()).expect("because it is short")], bytes].concat();
        let mut bytes = [vec![2], field(LOCATION, b"test.pypi.org"), field(IDENTIFIER, b"id"), vec![0]].concat();
        for caveat in caveats {
            bytes.extend(field(IDENTIFIER, caveat.as_bytes()));
            bytes.push(0);
        }
        bytes.push(0);
        bytes.extend(field(SIGNATURE, &vec![9; signature]));
        format!("pypi-{}", data_encoding::BASE64URL_NOPAD.encode(&bytes)).into_bytes()
    }

    #[test]
    fn caveats_name_project_user_and_expiry() {
        let caveats = [r#"[0, 2000000000, 1]"#, r#"[1, ["a", "b"]]"#, r#"[3, "u"]"#, "[2, []]", "no json", "7"];
        let checked = run(&token(&caveats, 32));
        assert_eq!(checked.verdict, Verdict::Valid);
        let named: Vec<_> = checked.identity.iter().collect();
        assert_eq!(named, [("expires", "2033-05-18T03:33:20Z"), ("index", "test.pypi.org"), ("project", "a, b"), ("user_id", "u")]);
    }

    #[test]
    fn the_older_caveats_are_understood() {
        let user = run(&token(&[r#"{"version": 1, "permissions": "user"}"#], 32));
        assert_eq!(user.identity.get("scope"), Some("user"));
        let project = run(&token(&[r#"{"version": 1, "permissions": {"projects": ["a"]}}"#, r#"{"nbf": 1, "exp": 2000000000}"#], 32));
        assert_eq!(project.identity.get("project"), Some("a"));
        assert_eq!(project.identity.get("expires"), Some("2033-05-18T03:33:20Z"));
    }

    #[test]
    fn a_cut_macaroon_is_doubted_and_another_thing_is_none() {
        assert_eq!(run(&token(&[], 16)).verdict, Verdict::Neutral);
        let whole = token(&[], 32);
        for cut in 1..20 {
            let checked = run(&whole[..whole.len() - cut]);
            assert_eq!(checked.verdict, Verdict::Neutral);
            assert!(checked.evidence.iter().any(|evidence| !evidence.supports), "{cut}");
        }
        for text in ["", "pypi-", "pypi-AAAA", "pypi-!!!!", "AgEIcHlwaS5vcmc"] {
            assert_eq!(run(text.as_bytes()).verdict, Verdict::Malformed, "{text}");
        }
    }
}
