//! Times and lengths of time as people and events write them. Knows no clock.

use jiff::Timestamp;

/// Milliseconds of a second.
pub const SECOND_MS: i64 = 1_000;

/// `2025-10-07T09:30:00Z` of milliseconds since 1970; out of range the first or last time that can be told.
pub fn written(ms: i64) -> String {
    let seconds = ms.div_euclid(SECOND_MS).clamp(-62_135_596_800, 253_402_207_200);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// Milliseconds since 1970 of a time with its offset, such as `2025-10-07T09:30:00Z`, or of a day, which begins at 0:00 UTC.
pub fn parse(text: &str) -> Option<i64> {
    let stamp = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond);
    stamp(text).or_else(|| (text.len() == 10).then(|| stamp(&format!("{text}T00:00:00Z"))).flatten())
}

/// Seconds of a length such as `90s`, `30m`, `24h` or `7d`. None if it is none, nothing, or more than ten years.
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = text.len() - text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let (number, unit) = text.split_at_checked(text.len() - unit)?;
    let factor = match unit {
        "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    let number = number.trim_end();
    let number: u64 = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok()).flatten()?;
    number.checked_mul(factor).filter(|seconds| (1..=3_650 * 86_400).contains(seconds))
}

/// A length of time in the largest unit that says enough: `45 s`, `12 min`, `5 h`, `3 days`.
pub fn length(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for text in ["1970-01-01T00:00:00Z", "2026-11-23T17:00:01Z"] {
            assert_eq!(parse(text).map(written).as_deref(), Some(text));
        }
        assert_eq!(parse("2026-11-23").map(written).as_deref(), Some("2026-11-23T00:00:00Z"));
        assert_eq!(parse("2026-11-23T10:00:00+02:00").map(written).as_deref(), Some("2026-11-23T08:00:00Z"));
        for wrong in ["", "yesterday", "2026-13-01", "2026-11-23T17:00:01", "23.11.2026"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!((written(i64::MIN).len(), written(i64::MAX).len()), (20, 20));
    }

    #[test]
    fn lengths_are_read() {
        let all = ["90s", "30m", "30 min", "24h", "7d", "2w", "", "h", "0h", "-1h", "1.5h", "5y", "9999999999999999999d", "4000d", "é"];
        let expected = [Some(90), Some(1_800), Some(1_800), Some(86_400), Some(604_800), Some(1_209_600)];
        for (at, text) in all.into_iter().enumerate() {
            assert_eq!(seconds(text), expected.get(at).copied().flatten(), "{text}");
        }
        assert_eq!([5, 130, 7_300, 200_000, -3].map(length), ["5 s", "2 min", "2 h", "2 days", "0 s"]);
    }
}
