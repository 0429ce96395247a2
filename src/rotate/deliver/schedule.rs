//! When a failed event is tried again: the schedule of Standard Webhooks, spread a little so that not all come at once.

use sha2::{Digest as _, Sha256};

/// Seconds from one attempt to the next. What fails once more after the last one is given up.
const DELAYS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// The most by which a delay is lengthened, as a part of it.
const JITTER: f64 = 0.2;
/// Longest that a receiver may ask to wait, in seconds.
pub const LONGEST_RETRY_AFTER: i64 = 86_400;
/// No event is put off further than this, in milliseconds.
pub const LONGEST_MS: i64 = 2 * 86_400 * 1_000;

/// Milliseconds until the next attempt after `attempts` failed ones; none if that was the last. Same for the same event and attempt.
pub fn delay_ms(id: &str, attempts: u32) -> Option<i64> {
    let seconds = *DELAYS.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let hash = Sha256::digest(format!("{id} {attempts}"));
    let spread = f64::from(u16::from_be_bytes([hash[0], hash[1]])) / f64::from(u16::MAX);
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most 29 hours in milliseconds")]
    let ms = (seconds as f64 * 1_000.0 * (1.0 + JITTER * spread)) as i64;
    Some(ms)
}

/// Milliseconds of the longest delay, for what is never given up.
pub fn last_ms(id: &str) -> i64 {
    delay_ms(id, u32::try_from(DELAYS.len()).unwrap_or(u32::MAX)).unwrap_or(LONGEST_RETRY_AFTER * 1_000)
}

/// Milliseconds to leave a receiver alone that is overloaded, after `streak` times in a row.
pub fn slow_ms(streak: u32) -> i64 {
    5_000 * (1 << streak.min(6))
}

/// Seconds of a `Retry-After`, in seconds or as a date; at most a day.
pub fn retry_after(value: &str, now_ms: i64) -> Option<i64> {
    let value = value.trim();
    let seconds = match value.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = jiff::fmt::rfc2822::parse(value).ok()?;
            date.timestamp().as_second().saturating_sub(now_ms / 1_000)
        }
    };
    (seconds >= 0).then(|| seconds.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end() {
        let all: Vec<_> = (1..12).map_while(|attempts| delay_ms("evt_1", attempts)).collect();
        assert_eq!(all.len(), DELAYS.len());
        for (ms, seconds) in all.iter().zip(DELAYS) {
            assert!((seconds * 1_000..=seconds * 1_200).contains(ms), "{ms} for {seconds}");
        }
        assert_eq!(delay_ms("evt_1", 2), delay_ms("evt_1", 2));
        assert!((0..20).any(|n| delay_ms(&format!("evt_{n}"), 2) != delay_ms("evt_x", 2)));
        assert_eq!(delay_ms("evt_1", 0), None);
        assert!((0..100).all(|streak| slow_ms(streak) <= 320_000));
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let now_ms = 1_445_412_420_000;
        assert_eq!(retry_after(" 120 ", 0), Some(120));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now_ms), Some(60));
        assert_eq!(retry_after("99999999", 0), Some(LONGEST_RETRY_AFTER));
        for wrong in ["", "-1", "soon", "1.5", "Wed, 21 Oct 2015"] {
            assert_eq!(retry_after(wrong, 0), None, "{wrong}");
        }
    }
}
