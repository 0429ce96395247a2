//! Known public values that are no leak.

/// The source that publishes `secret`, if it is a documented sample.
pub fn is_public(_secret: &[u8]) -> Option<&'static str> {
    None
}
