//! Points in time as tokens carry them. There is no clock here: whether something has expired is for others to say.

/// 1970-01-01 to 9999-12-31, in seconds since the first.
const REPRESENTABLE: std::ops::Range<i64> = 0..253_402_300_800;

/// RFC 3339 in UTC, such as `2033-05-18T03:33:20Z`, for seconds since 1970. `None` before 1970 and after 9999.
pub fn rfc3339(seconds: i64) -> Option<String> {
    if !REPRESENTABLE.contains(&seconds) {
        return None;
    }
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Year, month and day of a day counted from 1970-01-01, by the arithmetic of
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>: years begin in March and repeat every 400.
fn civil(days: i64) -> (i64, i64, i64) {
    const DAYS_IN_ERA: i64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(DAYS_IN_ERA), days.rem_euclid(DAYS_IN_ERA));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (2_000_000_000, "2033-05-18T03:33:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(seconds).as_deref(), Some(text));
        }
        for seconds in [-1, i64::MIN, i64::MAX, 253_402_300_800] {
            assert_eq!(rfc3339(seconds), None);
        }
    }
}
