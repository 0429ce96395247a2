//! Seconds since 1970 as dates in UTC. Knows nothing of reports.

use jiff::Timestamp;

/// `2025-10-07T09:30:00Z` (ISO 8601), from seconds since 1970-01-01 UTC. `None` outside of the years 0 to 9999: a commit can claim any
/// time.
pub fn time(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?.to_string();
    time.starts_with(|c: char| c.is_ascii_digit()).then_some(time)
}

/// `2025-10-07`, of the same.
pub fn day(seconds: i64) -> Option<String> {
    Some(time(seconds)?.split('T').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(time(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(time(1_759_829_400).as_deref(), Some("2025-10-07T09:30:00Z"));
        assert_eq!(day(1_709_251_199).as_deref(), Some("2024-02-29"));
        assert_eq!(day(-1).as_deref(), Some("1969-12-31"));
        assert_eq!(day(-62_167_219_200).as_deref(), Some("0000-01-01"));
    }

    #[test]
    fn a_year_that_no_calendar_has_is_no_date() {
        for seconds in [i64::MIN, -62_167_219_201, 253_402_300_800, i64::MAX] {
            assert_eq!((time(seconds), day(seconds)), (None, None), "{seconds}");
        }
    }
}
