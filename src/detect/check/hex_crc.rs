//! Tokens that end in a CRC-32 of eight hex digits: Grafana service accounts and Atlassian.
//!
//! Source for Grafana: `pkg/components/satokengen` in <https://github.com/grafana/grafana>. Atlassian publishes no description; which characters
//! are summed was learned from tokens, so every reading that was seen is taken.

use super::{Check, Checked};
use crate::checksum;

pub(super) const GRAFANA: Check = Check { name: "grafana", summary: "CRC-32 in glsa_ tokens", run: grafana };
pub(super) const ATLASSIAN: Check = Check { name: "atlassian", summary: "CRC-32 in ATATT3 and ATCTT3 tokens", run: atlassian };

const SUM_LENGTH: usize = 8;

fn grafana(token: &[u8]) -> Checked {
    if !token.starts_with(b"glsa_") {
        return Checked::malformed();
    }
    let Some((summed, b'_', sum)) = ending(token) else { return Checked::neutral() };
    let crc = checksum::crc32(summed);
    Checked::of_checksum([crc, crc.swap_bytes()].iter().any(|&crc| checksum::hex(crc).as_bytes() == sum))
}

/// `ATATT` or `ATCTT`, which some versions leave out of the sum.
const ATLASSIAN_PREFIX: usize = 5;

fn atlassian(token: &[u8]) -> Checked {
    if !token.starts_with(b"ATATT") && !token.starts_with(b"ATCTT") {
        return Checked::malformed();
    }
    let Some((summed, b'=', sum)) = ending(token) else { return Checked::neutral() };
    let with_sign = &token[..summed.len() + 1];
    let readings = [summed, with_sign, &summed[ATLASSIAN_PREFIX..], &with_sign[ATLASSIAN_PREFIX..]];
    Checked::of_checksum(readings.iter().any(|summed| checksum::hex(checksum::crc32(summed)).to_ascii_uppercase().as_bytes() == sum))
}

/// What stands before the separator, the separator, and the eight hex digits at the end.
fn ending(token: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let (rest, sum) = token.split_at_checked(token.len().checked_sub(SUM_LENGTH)?)?;
    let (separator, summed) = rest.split_last()?;
    sum.iter().all(u8::is_ascii_hexdigit).then_some((summed, *separator, sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::check::Verdict;

    #[test]
    fn both_byte_orders_of_grafana_count() {
        let token = format!("glsa_{}", "aB3".repeat(10));
        let sum = checksum::crc32(token.as_bytes());
        for sum in [sum, sum.swap_bytes()] {
            assert_eq!(grafana(format!("{token}_{}", checksum::hex(sum)).as_bytes()).verdict, Verdict::Valid);
        }
        assert_eq!(grafana(format!("{token}_{}", checksum::hex(!sum)).as_bytes()).verdict, Verdict::ChecksumFailed);
        assert_eq!(grafana(token.as_bytes()).verdict, Verdict::Neutral);
    }

    #[test]
    fn every_reading_of_atlassian_counts() {
        let token = format!("ATATT3{}", "aB3-".repeat(10));
        for summed in [&token[..], &token[5..], &format!("{token}="), &format!("{}=", &token[5..])] {
            let sum = checksum::hex(checksum::crc32(summed.as_bytes())).to_ascii_uppercase();
            assert_eq!(atlassian(format!("{token}={sum}").as_bytes()).verdict, Verdict::Valid);
        }
        assert_eq!(atlassian(format!("{token}=00000000").as_bytes()).verdict, Verdict::ChecksumFailed);
        assert_eq!(atlassian(b"ATATT").verdict, Verdict::Neutral);
        assert_eq!(atlassian(b"ATATT3=0123456").verdict, Verdict::Neutral);
    }
}
