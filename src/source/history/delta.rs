//! git's delta format: a text as stretches copied from another text and bytes of its own.
//!
//! The format is that of `git help format-pack`, "Deltified representation". Knows nothing of packs.

use std::ops::Range;

use crate::location::CopiedSpan;

/// Why a delta cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It ends in the middle of an instruction.
    #[error("its delta is cut off")]
    Truncated,
    /// It was made for a base of another size.
    #[error("its delta belongs to a base of another size")]
    WrongBase,
    /// It copies bytes that the base does not have.
    #[error("its delta points outside of its base")]
    OutsideBase,
    /// It gives more or fewer bytes than it says, or more than allowed.
    #[error("its delta gives another size than it says")]
    WrongSize,
    /// It holds the instruction that git reserves.
    #[error("its delta holds an unknown instruction")]
    Reserved,
}

/// Size in bytes of the text that `delta` gives.
///
/// # Errors
/// The delta is cut off.
pub fn target_size(delta: &[u8]) -> Result<u64, DeltaError> {
    let mut reader = Reader(delta);
    reader.size()?;
    reader.size()
}

/// Appends to the empty `target` what `delta` makes of `base`, and to the empty `copies` which stretches it took over, by rising place in the
/// target, none touching its neighbor in both texts. At most `limit` bytes are made.
///
/// # Errors
/// The delta is damaged or does not belong to `base`.
pub fn apply(base: &[u8], delta: &[u8], limit: u64, target: &mut Vec<u8>, copies: &mut Vec<CopiedSpan>) -> Result<(), DeltaError> {
    let mut reader = Reader(delta);
    if reader.size()? != base.len() as u64 {
        return Err(DeltaError::WrongBase);
    }
    let size = reader.size()?;
    if size > limit {
        return Err(DeltaError::WrongSize);
    }
    let size = usize::try_from(size).map_err(|_| DeltaError::WrongSize)?;
    target.try_reserve_exact(size).map_err(|_| DeltaError::WrongSize)?;
    while !reader.0.is_empty() {
        let left = size - target.len();
        match reader.instruction()? {
            Instruction::Copy { from, length } => {
                let end = from.checked_add(length).ok_or(DeltaError::OutsideBase)?;
                let bytes = base.get(from..end).ok_or(DeltaError::OutsideBase)?;
                if length > left {
                    return Err(DeltaError::WrongSize);
                }
                push(copies, CopiedSpan { from, to: target.len(), length });
                target.extend_from_slice(bytes);
            }
            Instruction::Insert(bytes) => {
                if bytes.len() > left {
                    return Err(DeltaError::WrongSize);
                }
                target.extend_from_slice(bytes);
            }
        }
    }
    if target.len() == size { Ok(()) } else { Err(DeltaError::WrongSize) }
}

/// git cuts long copies into pieces of 64 KiB; they are one here.
fn push(copies: &mut Vec<CopiedSpan>, next: CopiedSpan) {
    match copies.last_mut() {
        Some(last) if last.from + last.length == next.from && last.to + last.length == next.to => last.length += next.length,
        _ => copies.push(next),
    }
}

enum Instruction<'d> {
    Copy { from: usize, length: usize },
    Insert(&'d [u8]),
}

struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    fn byte(&mut self) -> Result<u8, DeltaError> {
        let (first, rest) = self.0.split_first().ok_or(DeltaError::Truncated)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Seven bits a byte, the lowest first.
    fn size(&mut self) -> Result<u64, DeltaError> {
        let mut size = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            size |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err(DeltaError::WrongSize)
    }

    fn instruction(&mut self) -> Result<Instruction<'d>, DeltaError> {
        const LONGEST: usize = 0x10000;
        let first = self.byte()?;
        if first & 0x80 == 0 {
            let length = usize::from(first);
            if length == 0 {
                return Err(DeltaError::Reserved);
            }
            let (bytes, rest) = self.0.split_at_checked(length).ok_or(DeltaError::Truncated)?;
            self.0 = rest;
            return Ok(Instruction::Insert(bytes));
        }
        let from = self.number(first, 0..4)?;
        let length = self.number(first >> 4, 0..3)?;
        Ok(Instruction::Copy { from, length: if length == 0 { LONGEST } else { length } })
    }

    /// A number of which the bits of `present` say which bytes are written.
    fn number(&mut self, present: u8, bytes: Range<u32>) -> Result<usize, DeltaError> {
        let mut number = 0;
        for i in bytes {
            if present & (1 << i) != 0 {
                number |= usize::from(self.byte()?) << (8 * i);
            }
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn size(mut n: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while n >= 0x80 {
            out.push((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        out.push(n as u8);
        out
    }

    /// Writes instructions in git's form, copies with all their bytes.
    fn encode(base: &[u8], parts: &[(bool, usize, usize)]) -> (Vec<u8>, Vec<u8>) {
        let (mut body, mut expected) = (Vec::new(), Vec::new());
        for &(copies, at, length) in parts {
            if copies {
                let at = at % base.len();
                let length = 1 + length % (base.len() - at);
                body.push(0xff);
                body.extend_from_slice(&(at as u32).to_le_bytes());
                body.extend_from_slice(&(length as u32).to_le_bytes()[..3]);
                expected.extend_from_slice(&base[at..at + length]);
            } else {
                let length = 1 + length % 127;
                body.push(length as u8);
                body.extend(std::iter::repeat_n(at as u8, length));
                expected.extend(std::iter::repeat_n(at as u8, length));
            }
        }
        ([size(base.len()), size(expected.len()), body].concat(), expected)
    }

    proptest! {
        #[test]
        fn a_delta_gives_its_text_and_names_its_copies(
            base in prop::collection::vec(any::<u8>(), 1..300),
            parts in prop::collection::vec((any::<bool>(), 0..1000usize, 0..1000usize), 0..20),
        ) {
            let (delta, expected) = encode(&base, &parts);
            let (mut target, mut copies) = (Vec::new(), Vec::new());
            prop_assert_eq!(apply(&base, &delta, 1 << 20, &mut target, &mut copies), Ok(()));
            prop_assert_eq!(target_size(&delta), Ok(expected.len() as u64));
            prop_assert_eq!(&target, &expected);
            let mut last = 0;
            for copy in copies {
                prop_assert!(copy.to >= last && copy.length > 0);
                prop_assert_eq!(copy.target().of(&target), &base[copy.from..copy.from + copy.length]);
                last = copy.to + copy.length;
            }
        }

        #[test]
        fn no_delta_makes_more_than_it_may(base in prop::collection::vec(any::<u8>(), 0..40), delta in prop::collection::vec(any::<u8>(), 0..60)) {
            let (mut target, mut copies) = (Vec::new(), Vec::new());
            let _ = apply(&base, &delta, 1000, &mut target, &mut copies);
            prop_assert!(target.len() <= 1000);
        }
    }

    #[test]
    fn damage_is_named() {
        let apply = |base: &[u8], delta: &[u8]| super::apply(base, delta, 100, &mut Vec::new(), &mut Vec::new());
        assert_eq!(apply(b"ab", b"\x03\x01\x01x"), Err(DeltaError::WrongBase));
        assert_eq!(apply(b"ab", b"\x02\x03\x90\x03"), Err(DeltaError::OutsideBase));
        assert_eq!(apply(b"ab", b"\x02\x02\x01x"), Err(DeltaError::WrongSize));
        assert_eq!(apply(b"ab", b"\x02\x01\x02xy"), Err(DeltaError::WrongSize));
        assert_eq!(apply(b"ab", b"\x02\x02\x02x"), Err(DeltaError::Truncated));
        assert_eq!(apply(b"ab", b"\x02\x01\x00"), Err(DeltaError::Reserved));
        assert_eq!(apply(b"ab", b"\x02\xff\x01"), Err(DeltaError::WrongSize));
        assert_eq!(apply(b"ab", b""), Err(DeltaError::Truncated));
    }
}
