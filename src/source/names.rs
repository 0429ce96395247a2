//! Paths as bytes with `/` between parts, and back.
//!
//! On Unix nothing is lost. Elsewhere names are Unicode except for lone surrogates, which become replacement characters.

use std::borrow::Cow;
use std::path::Path;

/// The bytes of a path, with `/` between parts.
#[cfg(unix)]
pub(crate) fn bytes(path: &Path) -> Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt as _;
    Cow::Borrowed(path.as_os_str().as_bytes())
}

/// The path that has these bytes.
#[cfg(unix)]
pub(crate) fn path(bytes: &[u8]) -> Cow<'_, Path> {
    use std::os::unix::ffi::OsStrExt as _;
    Cow::Borrowed(Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

/// The bytes of a path, with `/` between parts.
#[cfg(not(unix))]
pub(crate) fn bytes(path: &Path) -> Cow<'_, [u8]> {
    Cow::Owned(path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/").into_bytes())
}

/// The path that has these bytes.
#[cfg(not(unix))]
pub(crate) fn path(bytes: &[u8]) -> Cow<'_, Path> {
    Cow::Owned(std::path::PathBuf::from(String::from_utf8_lossy(bytes).into_owned()))
}

/// A path for messages.
pub(crate) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
