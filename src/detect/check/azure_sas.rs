//! Azure Storage shared access signatures: the query string that grants access to storage.
//!
//! Source: <https://learn.microsoft.com/rest/api/storageservices/create-account-sas>.

use super::{Check, Checked, encoding};

pub(super) const CHECK: Check =
    Check { name: "azure-sas", summary: "version, expiry, permissions and signature in a storage SAS query string", run };

/// More parameters than any SAS has.
const MOST_PARAMETERS: usize = 64;
/// Bytes of an HMAC-SHA-256.
const SIGNATURE_LENGTH: usize = 32;

fn run(query: &[u8]) -> Checked {
    let text = String::from_utf8_lossy(query);
    let query = text.split_once('?').map_or(&*text, |(_, query)| query);
    let query = query.replace("&amp;", "&").replace("\\u0026", "&");
    let parameters: Vec<(&str, Vec<u8>)> = query
        .split('&')
        .take(MOST_PARAMETERS)
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key, unescaped(value)))
        .collect();
    let parameter = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_slice());
    let (Some(_), Some(signature), true) = (parameter("sv"), parameter("sig"), parameter("se").or(parameter("si")).is_some()) else {
        return Checked::malformed();
    };
    let is_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    if signature.is_empty() || !signature.iter().all(is_base64) {
        return Checked::malformed();
    }
    let mut checked = match encoding::base64(signature).map(|bytes| bytes.len()) {
        Some(SIGNATURE_LENGTH) => Checked::structured("signature has its length"),
        _ => Checked::doubted("structure-wrong", "signature has a wrong length"),
    };
    let is_time = |value: &&[u8]| value.len() >= 10 && value[..4].iter().all(u8::is_ascii_digit) && value[4] == b'-';
    let is_word = |value: &&[u8]| (1..=40).contains(&value.len()) && value.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    let facts = [
        ("expires", parameter("se").filter(is_time).map(lossy)),
        ("permissions", parameter("sp").filter(is_word).map(lossy)),
        ("services", parameter("ss").map(services).filter(|services| !services.is_empty())),
        ("tenant_id", parameter("sktid").filter(is_word).map(lossy)),
    ];
    for (key, value) in facts {
        if let Some(value) = value {
            checked = checked.with(key, value);
        }
    }
    checked
}

fn services(letters: &[u8]) -> String {
    let name = |letter: &u8| match letter {
        b'b' => Some("blob"),
        b'f' => Some("file"),
        b'q' => Some("queue"),
        b't' => Some("table"),
        _ => None,
    };
    letters.iter().filter_map(name).take(4).collect::<Vec<_>>().join(", ")
}

fn lossy(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// Percent-decoded; a `%` without two hex digits stays.
fn unescaped(value: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| after.get(..2)).flatten().and_then(|hex| data_encoding::HEXUPPER_PERMISSIVE.decode(hex).ok());
        rest = if escaped.is_some() { &after[2..] } else { after };
        bytes.push(escaped.map_or(byte, |decoded| decoded[0]));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    fn signature(length: usize) -> String {
        data_encoding::BASE64.encode(&vec![0xfb; length]).replace('+', "%2B").replace('/', "%2f").replace('=', "%3D")
    }

    #[test]
    fn parameters_say_what_is_granted() {
        let head = "https://a.blob.core.windows.net/c?sv=2022-11-02&ss=bq&srt=sco&sp=rwdl&se=2030-01-02T03%3A04%3A05Z&spr=https";
        for separator in ["&", "&amp;", "\\u0026"] {
            let checked = run(format!("{head}&sig={}", signature(32)).replace('&', separator).as_bytes());
            assert_eq!(checked.verdict, Verdict::Valid);
            let named: Vec<_> = checked.identity.iter().collect();
            assert_eq!(named, [("expires", "2030-01-02T03:04:05Z"), ("permissions", "rwdl"), ("services", "blob, queue")]);
        }
    }

    #[test]
    fn a_stored_policy_stands_in_for_the_expiry() {
        assert_eq!(run(format!("sv=2022-11-02&si=policy&sig={}", signature(32)).as_bytes()).verdict, Verdict::Valid);
    }

    #[test]
    fn placeholders_are_no_signature() {
        for query in [
            "",
            "sv=1&sig=abcd",
            "sv=1&se=2030-01-02&sig=...",
            "se=2030-01-02&sv=1&sig=",
            "sv=1&se=2030-01-02&sig=<sig>",
            "se=2030-01-02&sig=abcd",
        ] {
            assert_eq!(run(query.as_bytes()).verdict, Verdict::Malformed, "{query}");
        }
        for wrong in [signature(20), signature(33), format!("{}A", signature(32))] {
            assert_eq!(run(format!("sv=1&se=2030-01-02&sig={wrong}").as_bytes()).verdict, Verdict::ChecksumFailed, "{wrong}");
        }
    }

    #[test]
    fn percent_signs_may_be_broken() {
        assert_eq!(unescaped("%41%4"), b"A%4");
        assert_eq!(unescaped("%%%zz"), b"%%%zz");
    }
}
