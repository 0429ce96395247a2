//! OpenPGP packets (RFC 4880), writing only.

use super::super::random::Random;
use super::der;

/// Tags in the old packet format with a length of two octets and one octet.
const SECRET_KEY: u8 = 0x80 | 5 << 2 | 1;
const USER_ID: u8 = 0x80 | 13 << 2;

/// A version 4 secret-key packet with an unprotected RSA key of 2048 bits, then a user id.
pub fn rsa(random: &mut Random) -> Vec<u8> {
    const RSA: u8 = 1;
    const UNPROTECTED: u8 = 0;
    let made = 0x6000_0000_u32.to_be_bytes();
    let mut key = [&[4], made.as_slice(), &[RSA], &mpi(&der::magnitude(random, 2048)), &mpi(&[1, 0, 1]), &[UNPROTECTED]].concat();
    let secret: Vec<u8> = [2048, 1024, 1024, 1024].iter().flat_map(|&bits| mpi(&der::magnitude(random, bits))).collect();
    let sum = secret.iter().fold(0u16, |sum, &byte| sum.wrapping_add(u16::from(byte)));
    key.extend(&secret);
    key.extend(sum.to_be_bytes());
    let user = b"user <user@host>";
    let length = u16::try_from(key.len()).expect("because a key is short").to_be_bytes();
    let user_length = u8::try_from(user.len()).expect("because the name is short");
    [&[SECRET_KEY], length.as_slice(), &key, &[USER_ID, user_length], user].concat()
}

/// A number whose first byte is not 0, with its length in bits.
fn mpi(magnitude: &[u8]) -> Vec<u8> {
    let spare = magnitude.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = u16::try_from(magnitude.len() * 8 - spare).expect("because a key is short");
    [&bits.to_be_bytes(), magnitude].concat()
}
