//! SHA-1, which git has anyway: for comparing with what other tools wrote down, never for trust.

/// The SHA-1 of `bytes` in lower-case hex; none for bytes that were made to collide with others.
pub fn sha1_hex(bytes: &[u8]) -> Option<String> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().ok().map(|id| id.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_sha1() {
        // FIPS 180-4, and the empty text.
        assert_eq!(super::sha1_hex(b"abc").as_deref(), Some("a9993e364706816aba3e25717850c26c9cd0d89d"));
        assert_eq!(super::sha1_hex(b"").as_deref(), Some("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    }
}
