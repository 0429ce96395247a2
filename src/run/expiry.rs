//! Says of a credential that names its own end that it is over. That is no reason to believe it less: it was one, its owner may have others.

use crate::detect::check::time;
use crate::finding::{Evidence, Finding};

/// Adds evidence to each of `findings` that expired before `now`, in seconds since 1970.
pub(super) fn note(findings: &mut [Finding], now: i64) {
    let Some(now) = time::rfc3339(now) else { return };
    for finding in findings {
        let Some(end) = finding.identity.get("expires").filter(|end| is_before(end, &now)) else { continue };
        let note = format!("expired on {}", &end[..DATE]);
        finding.evidence.push(Evidence::opposing("expired", note));
    }
}

/// Characters of a year, month and day.
const DATE: usize = 10;

/// Whether the time or day `end` in UTC lies before `now`. Both begin with `YYYY-MM-DD`, so they compare as texts; a day lasts to its end.
fn is_before(end: &str, now: &str) -> bool {
    let is_date = end.len() >= DATE
        && end.bytes().take(DATE).enumerate().all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    let compared = if end.len() > DATE && end.ends_with('Z') { end.len().min(now.len()) - 1 } else { DATE };
    is_date && end.is_ascii() && end[..compared] < now[..compared]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_compare() {
        let now = "2026-03-10T12:30:00Z";
        for (end, expected) in [
            ("2026-03-10T12:29:59Z", true),
            ("2026-03-10T12:29Z", true),
            ("2026-03-10T12:30:00Z", false),
            ("2026-03-10T12:31Z", false),
            ("2025-12-31", true),
            ("2026-03-09", true),
            ("2026-03-10", false),
            ("2026-03-10T00:00:00+05:00", false),
            ("2027-01-01T00:00:00Z", false),
            ("", false),
            ("soon", false),
            ("never again", false),
            ("1999-é9-01T00:00:00Z", false),
        ] {
            assert_eq!(is_before(end, now), expected, "{end}");
        }
    }
}
