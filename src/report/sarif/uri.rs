//! Paths as URI references (RFC 3986), from raw bytes.

use std::fmt::Write as _;

/// `path` with `/` between its parts as a URI reference. Every byte that is not unreserved in RFC 3986 is percent-encoded, so a path need not
/// be UTF-8 and a colon in its first part is no scheme.
pub fn encode(path: &[u8]) -> String {
    let mut uri = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_bytes_stay() {
        assert_eq!(encode(b"src/a-b_c.d~1"), "src/a-b_c.d~1");
        assert_eq!(encode(b"a b/c:d?e#f%[g]"), "a%20b/c%3Ad%3Fe%23f%25%5Bg%5D");
        assert_eq!(encode(b"caf\xe9/\n\xe2\x80\xae"), "caf%E9/%0A%E2%80%AE");
    }
}
