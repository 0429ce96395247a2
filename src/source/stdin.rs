//! Standard input as a single item.
//!
//! Reads from any reader, so tests can feed it. Knows nothing of files or git.

use std::borrow::Cow;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use super::limit::{self, Bounded};
use super::{Item, Listed, Origin, Source, SourceError};
use crate::coverage::Gap;

/// One stream of bytes, read once and as a whole.
pub struct Stdin {
    name: Vec<u8>,
    max_size: u64,
    input: Mutex<Option<Box<dyn Read + Send>>>,
}

impl Stdin {
    /// An item called `name` with the bytes of `input`, of which at most `max_size` bytes are accepted.
    pub fn new(name: Vec<u8>, max_size: u64, input: Box<dyn Read + Send>) -> Self {
        Self { name, max_size, input: Mutex::new(Some(input)) }
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }
}

impl Source for Stdin {
    type Entry = ();

    fn list(&self, each: &mut dyn FnMut(Listed<()>)) -> Result<(), SourceError> {
        each(Listed::Entry(()));
        Ok(())
    }

    fn name(&self, (): &()) -> String {
        self.shown()
    }

    fn path<'e>(&self, (): &'e ()) -> Option<Cow<'e, [u8]>> {
        Some(Cow::Owned(self.name.clone()))
    }

    fn read<'b>(&self, (): &(), buffer: &'b mut Vec<u8>) -> Result<Option<Item<'b>>, Gap> {
        let Some(mut input) = self.input.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(None);
        };
        match limit::read(&mut input, None, self.max_size, buffer) {
            Ok(Bounded::Whole(length)) => {
                Ok(Some(Item { bytes: &buffer[..length], path: self.name.clone(), origin: Origin::Stdin, added_lines: None }))
            }
            Ok(Bounded::TooLarge) => Err(limit::too_large(self.shown(), self.max_size)),
            Err(error) => Err(Gap::new(self.shown(), format!("standard input cannot be read: {error}"), "check what is piped into it")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor};

    use super::*;

    fn read_once(input: impl Read + Send + 'static, max_size: u64) -> Result<Option<Vec<u8>>, Gap> {
        let stdin = Stdin::new(b"given.env".to_vec(), max_size, Box::new(input));
        let mut buffer = vec![7; 100];
        let item = stdin.read(&(), &mut buffer)?;
        Ok(item.map(|item| {
            assert_eq!((item.path.as_slice(), &item.origin, &item.added_lines), (&b"given.env"[..], &Origin::Stdin, &None));
            item.bytes.to_vec()
        }))
    }

    #[test]
    fn lists_one_entry() {
        let stdin = Stdin::new(b"x".to_vec(), 1, Box::new(Cursor::new(b"y".to_vec())));
        let mut entries = 0;
        stdin.list(&mut |listed| entries += usize::from(matches!(listed, Listed::Entry(())))).expect("because stdin is always there");
        assert_eq!(entries, 1);
    }

    #[test]
    fn reads_everything_up_to_the_limit_and_nothing_twice() {
        let long: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
        assert_eq!(read_once(Cursor::new(long.clone()), 200_000), Ok(Some(long)));
        assert_eq!(read_once(Cursor::new(Vec::new()), 10), Ok(Some(Vec::new())));
        let stdin = Stdin::new(b"x".to_vec(), 10, Box::new(Cursor::new(b"y".to_vec())));
        let mut buffer = Vec::new();
        assert!(stdin.read(&(), &mut buffer).is_ok_and(|item| item.is_some()));
        assert!(stdin.read(&(), &mut buffer).is_ok_and(|item| item.is_none()));
    }

    #[test]
    fn one_byte_over_the_limit_is_a_gap_even_when_the_stream_never_ends() {
        let gap = Gap::new("given.env", "larger than the limit of 10 bytes", "raise --max-file-size");
        assert_eq!(read_once(Cursor::new(vec![b'a'; 11]), 10), Err(gap.clone()));
        assert_eq!(read_once(io::repeat(b'a'), 10), Err(gap));
    }

    #[test]
    fn a_failing_stream_is_a_gap() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the pipe burst"))
            }
        }
        let gap = read_once(Broken, 10).expect_err("because the stream fails");
        assert_eq!(gap.why, "standard input cannot be read: the pipe burst");
    }
}
