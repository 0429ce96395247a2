//! OpenSSH's own key format.
//!
//! Source: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>.

use sha2::{Digest, Sha256};

use super::key;
use crate::detect::check::Checked;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Whether the body is in this format.
pub fn is_key(body: &[u8]) -> bool {
    body.starts_with(MAGIC)
}

/// Judges a body that [`is_key`].
pub fn judge(body: &[u8]) -> Checked {
    let Some(file) = body.strip_prefix(MAGIC).and_then(File::read) else { return Checked::malformed() };
    let encrypted = file.cipher != b"none";
    let digest = data_encoding::BASE64_NOPAD.encode(&Sha256::digest(file.public));
    let mut checked = key(encrypted).with("key_fingerprint", format!("SHA256:{digest}"));
    let name = Reader(file.public).string().unwrap_or_default();
    if let Some(name) = key_type(name) {
        checked = checked.with("key_type", name);
    }
    match comment(file.private) {
        Some(comment) if !encrypted => checked.with("comment", String::from_utf8_lossy(comment)),
        _ => checked,
    }
}

struct File<'a> {
    cipher: &'a [u8],
    public: &'a [u8],
    private: &'a [u8],
}

impl<'a> File<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let cipher = reader.string()?;
        let (_derivation, _options) = (reader.string()?, reader.string()?);
        if reader.number()? != 1 {
            return None;
        }
        let (public, private) = (reader.string()?, reader.string()?);
        (!public.is_empty() && !private.is_empty()).then_some(Self { cipher, public, private })
    }
}

/// The comment behind the numbers of the only key in the unencrypted private section.
fn comment(private: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader(private);
    if reader.number()? != reader.number()? {
        return None;
    }
    let name = reader.string()?;
    let numbers = match key_type(name)? {
        "ed25519" => 2,
        "ec" => 3,
        "dsa" => 5,
        "rsa" => 6,
        _ => return None,
    };
    for _ in 0..numbers {
        reader.string()?;
    }
    reader.string().filter(|comment| !comment.is_empty())
}

fn key_type(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"ssh-rsa" => "rsa",
        b"ssh-dss" => "dsa",
        b"ssh-ed25519" => "ed25519",
        b"ecdsa-sha2-nistp256" | b"ecdsa-sha2-nistp384" | b"ecdsa-sha2-nistp521" => "ec",
        b"sk-ssh-ed25519@openssh.com" => "ed25519-sk",
        b"sk-ecdsa-sha2-nistp256@openssh.com" => "ec-sk",
        _ => return None,
    })
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}
