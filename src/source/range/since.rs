//! A date as people write it on a command line.
//!
//! Knows nothing of commits. Never reads the clock: whoever asks says what time it is.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gix::date::Zoned;

/// A point in time, and the words it was given in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    text: String,
    seconds: i64,
}

/// The words of a relative date. gix takes any other unit before `ago` for seconds, and a mistyped unit would then leave out nearly all.
const RELATIVE: [&str; 16] =
    ["ago", "now", "today", "yesterday", "last", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "and"];
const UNITS: [&str; 7] = ["second", "minute", "hour", "day", "week", "month", "year"];

impl Since {
    /// Takes `2026-01-31` (the beginning of that day in UTC), a time as in RFC 3339 or as git writes it, and `2 weeks ago` or
    /// `yesterday` counted from `now`.
    ///
    /// # Errors
    /// What forms there are, if it is none of them.
    pub fn parse(text: &str, now: SystemTime) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no date; write one such as 2026-01-31, 2026-01-31T09:00:00Z or `2 weeks ago`");
        let trimmed = text.trim();
        let now = if is_relative(trimmed) { Some(zoned(now).ok_or_else(wrong)?) } else { None };
        let time = gix::date::parse(trimmed, now.clone()).or_else(|_| gix::date::parse(&with_offset(trimmed), now)).map_err(|_| wrong())?;
        Ok(Self { text: trimmed.to_owned(), seconds: time.seconds })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Seconds since 1970-01-01 UTC.
    pub fn seconds(&self) -> i64 {
        self.seconds
    }
}

/// Whether the text is made of nothing but numbers and the words of relative dates.
fn is_relative(text: &str) -> bool {
    let words: Vec<String> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    let is_unit = |word: &str| UNITS.contains(&word.strip_suffix('s').unwrap_or(word));
    let is_known = |word: &str| RELATIVE.contains(&word) || is_unit(word) || word.bytes().all(|byte| byte.is_ascii_digit());
    words.iter().all(|word| is_known(word))
        && words.iter().any(|word| is_unit(word) || matches!(word.as_str(), "now" | "today" | "yesterday"))
}

/// RFC 3339 allows `Z` for UTC and fractions of a second; gix wants an offset and whole seconds.
fn with_offset(text: &str) -> String {
    let (time, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(time) => (time, "+00:00"),
        None if text.len() > 6 && text.is_char_boundary(text.len() - 6) => text.split_at(text.len() - 6),
        None => return text.to_owned(),
    };
    let whole = time.rsplit_once('.').filter(|(_, fraction)| fraction.bytes().all(|byte| byte.is_ascii_digit()));
    format!("{}{offset}", whole.map_or(time, |(whole, _)| whole).replace(['t', ' '], "T"))
}

/// In UTC, so that nothing depends on the machine's time zone.
fn zoned(time: SystemTime) -> Option<Zoned> {
    let beginning: Zoned = "1970-01-01T00:00:00+00:00[UTC]".parse().ok()?;
    let passed: Duration = time.duration_since(UNIX_EPOCH).ok()?;
    beginning.checked_add(passed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-15 12:00 UTC.
    const NOW: u64 = 1_773_576_000;

    fn seconds(text: &str) -> Option<i64> {
        Since::parse(text, UNIX_EPOCH + Duration::from_secs(NOW)).ok().map(|since| since.seconds())
    }

    #[test]
    fn dates_times_and_spans_are_understood() {
        let day = |days: i64| Some(NOW as i64 - days * 86_400);
        assert_eq!(seconds("2026-03-15"), Some(NOW as i64 - 43_200));
        for text in ["2026-03-15T12:00:00Z", "2026-03-15T12:00:00.75Z", "2026-03-15T14:00:00+02:00", "2026-03-15t12:00:00z", "@1773576000"]
        {
            assert_eq!(seconds(text), Some(NOW as i64), "{text}");
        }
        assert_eq!((seconds("2026-03-15 14:00:00 +0200"), seconds("2026-03-15T14:00:00.5+02:00")), (day(0), day(0)));
        assert_eq!((seconds("2 weeks ago"), seconds("2.weeks.ago"), seconds("yesterday")), (day(14), day(14), day(1)));
        assert_eq!((seconds("1 day"), seconds("one month ago"), seconds("now")), (day(1), day(28), day(0)));
    }

    #[test]
    fn a_mistyped_date_is_no_date() {
        for text in
            ["", "ago", "2 weks ago", "2 fortnights ago", "soon", "2026-13-01", "2026-02-30", "main", "3", "2026-03-15T12:00:00é00:00"]
        {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
