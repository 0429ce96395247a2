//! A day in UTC, as exceptions name the last one on which they count.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

/// The text names no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a day as YYYY-MM-DD, such as 2027-01-31")]
pub struct NoDay;

impl Day {
    /// The day in UTC at so many seconds since 1970; the first or last day that can be told where the number is out of range.
    pub fn at(seconds: i64) -> Self {
        let limits = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
        let stamp = jiff::Timestamp::from_second(seconds.clamp(limits.0, limits.1)).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Self(stamp.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// So many days later, or the last day that can be told.
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(jiff::ToSpan::days(i64::from(days).min(3_000_000))))
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let bytes = text.as_bytes();
        let number = |range: std::ops::Range<usize>| {
            let digits = bytes.get(range).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
            std::str::from_utf8(digits).ok()?.parse::<i16>().ok()
        };
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(NoDay);
        }
        let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else { return Err(NoDay) };
        let small = |number: i16| i8::try_from(number).map_err(|_| NoDay);
        jiff::civil::Date::new(year, small(month)?, small(day)?).map(Self).map_err(|_| NoDay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_written() {
        for text in ["2027-01-31", "0001-01-01", "2028-02-29"] {
            assert_eq!(text.parse::<Day>().map(|day| day.to_string()).as_deref(), Ok(text));
        }
        for wrong in ["", "2027-1-31", "2027-02-29", "31.01.2027", "2027-01-31T00:00:00Z", "20２7-01-3", "-027-01-01", "2027-+1-01"] {
            assert_eq!(wrong.parse::<Day>(), Err(NoDay), "{wrong}");
        }
    }

    #[test]
    fn a_day_is_that_of_utc() {
        assert_eq!(Day::at(0).to_string(), "1970-01-01");
        assert_eq!(Day::at(86_399).to_string(), "1970-01-01");
        assert_eq!(Day::at(86_400).to_string(), "1970-01-02");
        assert!(Day::at(i64::MIN) < Day::at(0) && Day::at(i64::MAX) > Day::at(0));
        assert_eq!(Day::at(0).plus_days(31).to_string(), "1970-02-01");
        assert_eq!(Day::at(0).plus_days(u32::MAX).to_string(), "9999-12-31");
    }
}
