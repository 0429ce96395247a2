//! How often a target may be called. Knows no clock.

/// So many calls in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Calls, at least 1.
    pub calls: u32,
    /// Milliseconds in which they may be made.
    pub per_ms: u32,
}

impl Rate {
    /// Reads `10/s`, `600/min` or `60/h`.
    pub fn parse(text: &str) -> Option<Self> {
        let (calls, unit) = text.split_once('/')?;
        let per_ms = match unit.trim() {
            "s" | "sec" | "second" => 1_000,
            "m" | "min" | "minute" => 60_000,
            "h" | "hour" => 3_600_000,
            _ => return None,
        };
        let calls = calls.trim().parse().ok().filter(|calls| (1..=1_000_000).contains(calls))?;
        Some(Self { calls, per_ms })
    }

    /// Most calls at once after a pause: those of one second, at least one.
    pub fn burst(self) -> f64 {
        (f64::from(self.calls) * 1_000.0 / f64::from(self.per_ms)).max(1.0)
    }

    /// Calls that so many milliseconds allow.
    pub fn calls_in(self, ms: i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "no clock counts that far")]
        let ms = ms.max(0) as f64;
        ms * f64::from(self.calls) / f64::from(self.per_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        assert_eq!(Rate::parse("10/s"), Some(Rate { calls: 10, per_ms: 1_000 }));
        assert_eq!(Rate::parse("60 / h").map(Rate::burst), Some(1.0));
        assert_eq!(Rate::parse("600/min").map(|rate| (rate.burst(), rate.calls_in(500), rate.calls_in(-5))), Some((10.0, 5.0, 0.0)));
        for wrong in ["", "10", "0/s", "-1/s", "1/d", "/s", "9999999999/s"] {
            assert_eq!(Rate::parse(wrong), None, "{wrong}");
        }
    }
}
