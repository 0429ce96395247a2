//! Numbers, sizes and times in words.

/// `15026` as `15,026`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `2,000 files`: `noun` is in the singular and takes an `s`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// A size as people say it, in powers of 1,000: `512 bytes`, `9.4 kB`, `188 MB`.
pub fn size(bytes: u64) -> String {
    if bytes < 1_000 {
        return counted(bytes, "byte");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for larger in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 999.5 {
            break;
        }
        value /= 1_000.0;
        unit = larger;
    }
    if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// A time as people say it: `4 ms`, `0.5 s`, `75 s`, `12 min`.
pub fn duration(seconds: f64) -> String {
    match seconds.max(0.0) {
        s if s < 0.0995 => format!("{:.0} ms", s * 1_000.0),
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 99.5 => format!("{s:.0} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 15_026, 1_234_567].map(thousands), ["0", "999", "1,000", "15,026", "1,234,567"]);
        assert_eq!([counted(1, "file"), counted(0, "file")], ["1 file", "0 files"]);
        let sizes = [0, 1, 999, 1_000, 9_949, 9_960, 999_499, 999_500, 188_400_000, u64::MAX].map(size);
        assert_eq!(sizes, ["0 bytes", "1 byte", "999 bytes", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "188 MB", "18 EB"]);
        let times = [0.0, 0.0042, 0.0999, 0.52, 9.99, 75.3, 720.0, f64::NAN, -1.0].map(duration);
        assert_eq!(times, ["0 ms", "4 ms", "0.1 s", "0.5 s", "10 s", "75 s", "12 min", "0 ms", "0 ms"]);
    }
}
