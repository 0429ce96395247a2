//! Reading into a reused buffer with an upper bound.
//!
//! Knows nothing of where the bytes come from.

use std::io::{self, ErrorKind, Read};

use crate::coverage::Gap;

/// What came of a bounded read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounded {
    /// All bytes are in the buffer, which may be longer: this many of them count.
    Whole(usize),
    /// There is more than the limit allows.
    TooLarge,
}

/// First guess for input of unknown size, in bytes.
const GUESS: u64 = 16 * 1024;
/// A buffer larger than this, in bytes, is given back when the next input needs much less of it.
const KEEP: usize = 8 * 1024 * 1024;

/// Reads `input` to its end into the start of `buffer`, and at most one byte more than `limit`.
///
/// `size` is how many bytes are expected; it is a hint that may be wrong. The buffer only grows, so that its old bytes need not be
/// cleared again for every file, except that an exceptionally large one is not kept for small files.
///
/// # Errors
/// What the reader says.
pub fn read(input: &mut dyn Read, size: Option<u64>, limit: u64, buffer: &mut Vec<u8>) -> io::Result<Bounded> {
    // One more byte than expected, so that the end of the input shows without growing the buffer.
    let expected = size.filter(|&size| size > 0).unwrap_or(GUESS).min(limit).saturating_add(1);
    let expected = usize::try_from(expected).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
    if buffer.len() > KEEP && expected < buffer.len() / 8 {
        buffer.truncate(expected);
        buffer.shrink_to(expected);
    }
    grow(buffer, expected)?;
    let mut length = 0;
    loop {
        let end = buffer.len().min(usize::try_from(limit.saturating_add(1)).unwrap_or(usize::MAX));
        if length == end {
            if length as u64 > limit {
                return Ok(Bounded::TooLarge);
            }
            grow(buffer, length.saturating_mul(2))?;
            continue;
        }
        match input.read(&mut buffer[length..end]) {
            Ok(0) => return Ok(Bounded::Whole(length)),
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Makes the buffer at least `length` bytes long, and fails instead of aborting when there is no memory.
fn grow(buffer: &mut Vec<u8>, length: usize) -> io::Result<()> {
    if let Some(missing) = length.checked_sub(buffer.len()) {
        buffer.try_reserve_exact(missing).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
        buffer.resize(length, 0);
    }
    Ok(())
}

/// The gap for something larger than `limit` bytes.
pub fn too_large(what: impl Into<String>, limit: u64) -> Gap {
    Gap::new(what, format!("larger than the limit of {}", humanized(limit)), "raise --max-file-size")
}

/// A number of bytes in the largest binary unit that divides it, as people write limits: `64 MiB`, `1500 bytes`.
fn humanized(bytes: u64) -> String {
    const UNITS: [(u32, &str); 4] = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    match UNITS.iter().find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift) {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_write_them() {
        let shown = [0, 1500, 1024, 3 << 20, 64 << 20, (64 << 20) + 1, 1 << 30].map(humanized);
        assert_eq!(shown, ["0 bytes", "1500 bytes", "1 KiB", "3 MiB", "64 MiB", "67108865 bytes", "1 GiB"]);
    }

    #[test]
    fn a_wrong_size_hint_changes_nothing() {
        let text = vec![b'x'; 50_000];
        for hint in [None, Some(0), Some(3), Some(50_000), Some(u64::MAX)] {
            let mut buffer = Vec::new();
            let read = read(&mut text.as_slice(), hint, 60_000, &mut buffer).expect("because a slice reads without error");
            assert_eq!((read, &buffer[..50_000]), (Bounded::Whole(50_000), text.as_slice()), "hint {hint:?}");
        }
    }

    #[test]
    fn a_huge_buffer_is_not_kept_for_small_input() {
        let mut buffer = vec![0; 2 * KEEP];
        assert_eq!(read(&mut &b"abc"[..], Some(3), 100, &mut buffer).expect("because a slice reads without error"), Bounded::Whole(3));
        assert!(buffer.capacity() < KEEP);
    }
}
