//! Two hex digits for each byte.

use super::{Unit, plain, seam};
use crate::location::ByteSpan;

/// The byte that two hex digits stand for.
pub(super) fn byte(digits: &[u8]) -> Option<u8> {
    let [high, low] = digits else { return None };
    Some(digit(*high)? << 4 | digit(*low)?)
}

/// The number that one to eight hex digits stand for.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    let fits = (1..=8).contains(&digits.len());
    digits.iter().filter(|_| fits).try_fold(0, |number, byte| Some(number << 4 | u32::from(digit(*byte)?))).filter(|_| fits)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// What a run stands for; `None` if there is an odd number of digits or something else between them than the seams of lines.
pub(super) fn decode(written: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(written.len() / 2);
    let is_whole = walk(written, |unit| {
        decoded.push(unit.byte);
        decoded.len() != plain::PROBE || plain::may_begin(&decoded)
    });
    is_whole.then_some(decoded)
}

pub(super) fn units(written: &[u8], mut each: impl FnMut(Unit)) {
    walk(written, |unit| {
        each(unit);
        true
    });
}

/// Says whether all was read: not if `each` wants no more.
fn walk(written: &[u8], mut each: impl FnMut(Unit) -> bool) -> bool {
    let mut high = None;
    let mut at = 0;
    while at < written.len() {
        let Some(value) = digit(written[at]) else {
            match seam::at(written, at) {
                Some(seam) => at = seam.end,
                None => return false,
            }
            continue;
        };
        match high.take() {
            None => high = Some((value, at)),
            Some((high, start)) => {
                let unit = Unit { byte: high << 4 | value, written: ByteSpan::new(start, at + 1), is_encoded: true };
                if !each(unit) {
                    return false;
                }
            }
        }
        at += 1;
    }
    high.is_none()
}
