//! Opening and reading one regular file, and nothing that took its place.
//!
//! Between listing and opening a file can become anything: opening must neither follow a new symlink nor wait for the other end of a
//! FIFO. Knows nothing of how the file was found.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::limit::{self, Bounded};

/// Whether the last part of a path may be a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// Follow it: the user named this very path.
    Follow,
    /// Refuse it.
    Refuse,
}

/// What came of reading a file.
#[derive(Debug)]
pub(crate) enum FileRead {
    /// All bytes are in the buffer; this many of its first bytes count.
    Whole(usize),
    /// The file has more bytes than the limit.
    TooLarge,
    /// It is not a regular file.
    NotAFile,
    /// It is not there.
    Gone,
}

/// Reads the regular file at `path` into the start of `buffer`, at most `max_size` bytes.
///
/// # Errors
/// The system's reason why the file cannot be opened or read.
pub(crate) fn read(path: &Path, links: Links, max_size: u64, buffer: &mut Vec<u8>) -> io::Result<FileRead> {
    let mut file = match open(path, links) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(FileRead::Gone),
        Err(error) if is_other_kind(&error) => return Ok(FileRead::NotAFile),
        Err(error) => return Err(error),
    };
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(FileRead::NotAFile);
    }
    if meta.len() > max_size {
        return Ok(FileRead::TooLarge);
    }
    Ok(match limit::read(&mut file, Some(meta.len()), max_size, buffer)? {
        Bounded::Whole(length) => FileRead::Whole(length),
        Bounded::TooLarge => FileRead::TooLarge,
    })
}

#[cfg(unix)]
fn open(path: &Path, links: Links) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    let mut flags = OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(windows)]
fn open(path: &Path, links: Links) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;

    // CreateFileW: opens a link itself, which then is not a regular file.
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let flags = if links == Links::Refuse { FILE_FLAG_OPEN_REPARSE_POINT } else { 0 };
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(any(unix, windows)))]
fn open(path: &Path, _: Links) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// The errors of opening a link that is refused, and a socket or a device without a driver.
#[cfg(unix)]
fn is_other_kind(error: &io::Error) -> bool {
    use rustix::io::Errno;

    let code = error.raw_os_error();
    // FreeBSD says EMLINK and NetBSD EFTYPE for a refused link; the latter has no name here and is reported in the system's words.
    [Errno::LOOP, Errno::MLINK, Errno::NXIO, Errno::NODEV, Errno::OPNOTSUPP].iter().any(|known| code == Some(known.raw_os_error()))
}

#[cfg(not(unix))]
fn is_other_kind(_: &io::Error) -> bool {
    false
}
