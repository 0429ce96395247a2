//! OpenPGP private key blocks (RFC 4880, RFC 9580).

use super::Armor;
use crate::checksum;
use crate::detect::check::Checked;

const SECRET_KEY: u8 = 5;
const SECRET_SUBKEY: u8 = 7;
const USER_ID: u8 = 13;
/// More packets than are looked at for a user id.
const MOST_PACKETS: usize = 64;

/// Judges an armored OpenPGP block whose first packet has to be a secret key.
pub fn judge(armor: &Armor) -> Checked {
    let mut packets = Packets(&armor.body);
    let first = packets.next().filter(|packet| matches!(packet.tag, SECRET_KEY | SECRET_SUBKEY));
    let Some(first) = first.and_then(|packet| Key::read(packet.content)) else { return Checked::malformed() };
    let mut checked = match armor.sum {
        Some(sum) => Checked::of_checksum(sum == checksum::crc24(&armor.body)),
        None => Checked::structured("key structure complete"),
    };
    if let Some(encrypted) = first.encrypted {
        checked = checked.with("encrypted", encrypted.to_string());
    }
    if let Some(name) = first.key_type {
        checked = checked.with("key_type", name);
    }
    match packets.take(MOST_PACKETS).find(|packet| packet.tag == USER_ID) {
        Some(user) => checked.with("owner", String::from_utf8_lossy(user.content)),
        None => checked,
    }
}

struct Key {
    key_type: Option<&'static str>,
    /// Whether it is protected by a passphrase, if the public fields before that are understood.
    encrypted: Option<bool>,
}

impl Key {
    fn read(content: &[u8]) -> Option<Self> {
        let (&version, rest) = content.split_first()?;
        let (_made, rest) = rest.split_at_checked(4)?;
        // Version 3 has two bytes of validity before the algorithm.
        let rest = if version == 3 { rest.get(2..)? } else { rest };
        let (&algorithm, rest) = rest.split_first()?;
        if !(3..=6).contains(&version) {
            return None;
        }
        let usage = if version <= 4 { behind_public_fields(algorithm, rest).and_then(|rest| rest.first().copied()) } else { None };
        Some(Self { key_type: key_type(algorithm), encrypted: usage.map(|usage| usage != 0) })
    }
}

fn key_type(algorithm: u8) -> Option<&'static str> {
    Some(match algorithm {
        1..=3 => "rsa",
        16 => "elgamal",
        17 => "dsa",
        18 | 19 => "ec",
        22 | 27 => "ed25519",
        25 => "x25519",
        26 => "x448",
        28 => "ed448",
        _ => return None,
    })
}

/// What follows the public part: one byte that says how the secret part is protected.
fn behind_public_fields(algorithm: u8, fields: &[u8]) -> Option<&[u8]> {
    let mpis = |count: usize, fields| (0..count).try_fold(fields, |fields: &[u8], _| behind_mpi(fields));
    match algorithm {
        1..=3 => mpis(2, fields),
        16 => mpis(3, fields),
        17 => mpis(4, fields),
        18 => behind_short(mpis(1, behind_short(fields)?)?),
        19 | 22 => mpis(1, behind_short(fields)?),
        25 | 27 => fields.get(32..),
        26 => fields.get(56..),
        28 => fields.get(57..),
        _ => None,
    }
}

/// A number with its length in bits.
fn behind_mpi(fields: &[u8]) -> Option<&[u8]> {
    let (bits, rest) = fields.split_first_chunk()?;
    rest.get(usize::from(u16::from_be_bytes(*bits)).div_ceil(8)..)
}

/// A field with its length in one byte.
fn behind_short(fields: &[u8]) -> Option<&[u8]> {
    let (&length, rest) = fields.split_first()?;
    rest.get(usize::from(length)..)
}

struct Packet<'a> {
    tag: u8,
    content: &'a [u8],
}

/// Packets of known length, up to the first that is cut off or of another kind.
struct Packets<'a>(&'a [u8]);

impl<'a> Iterator for Packets<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Packet<'a>> {
        let (&head, rest) = self.0.split_first()?;
        let (tag, length, rest) = match head {
            0xc0.. => {
                let (length, rest) = new_length(rest)?;
                (head & 0x3f, length, rest)
            }
            0x80.. => {
                let (digits, rest) = rest.split_at_checked(1 << (head & 3))?;
                // An indeterminate length (3) is no length a key has.
                let length = if head & 3 == 3 { return None } else { number(digits) };
                (head >> 2 & 0xf, length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Packet { tag, content })
    }
}

fn new_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [length @ ..192, rest @ ..] => Some((usize::from(*length), rest)),
        [high @ 192..=223, low, rest @ ..] => {
            Some((usize::from(*high - 192) << 8 | usize::from(*low), rest)).map(|(n, rest)| (n + 192, rest))
        }
        [255, a, b, c, d, rest @ ..] => Some((number(&[*a, *b, *c, *d]), rest)),
        _ => None,
    }
}

fn number(digits: &[u8]) -> usize {
    digits.iter().fold(0, |number, &digit| number << 8 | usize::from(digit))
}
