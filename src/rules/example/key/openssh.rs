//! OpenSSH's own key file (`openssh-key-v1`), writing only. Source: `PROTOCOL.key` of OpenSSH.

use super::super::random::Random;

/// Characters on a line of the body.
pub const LINE: usize = 70;

/// Block size of the cipher `none`.
const BLOCK: usize = 8;

/// An unprotected Ed25519 key with the comment `user@host`.
pub fn ed25519(random: &mut Random) -> Vec<u8> {
    let point = random.bytes(32);
    let public = [string(b"ssh-ed25519"), string(&point)].concat();
    let check = random.bytes(4);
    let seed = random.bytes(32);
    let mut private = [check.clone(), check, public.clone(), string(&[seed, point].concat()), string(b"user@host")].concat();
    for pad in 1.. {
        if private.len().is_multiple_of(BLOCK) {
            break;
        }
        private.push(pad);
    }
    let one_key = 1u32.to_be_bytes().to_vec();
    [b"openssh-key-v1\0".to_vec(), string(b"none"), string(b"none"), string(b""), one_key, string(&public), string(&private)].concat()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("because a key is short");
    [&length.to_be_bytes(), bytes].concat()
}
