//! Files at the top of the worktree that count as they are on disk, and whether the index has them otherwise.

use gix::bstr::ByteSlice as _;
use gix::index::State;
use gix::index::entry::{Flags, Mode};
use gix::objs::Kind;

use crate::coverage::Skip;
use crate::source::read_bounded;
use crate::source::repository::Repository;

/// What the staged versions of such files are called among what is left out.
pub const SETTINGS: &str = "staged settings";
/// Larger files are not compared, in bytes.
const LARGEST: u64 = 1 << 20;

/// One for each of `names` of which the index has another version than the disk.
pub(super) fn differing(repository: &Repository, index: &State, names: &[&str]) -> Vec<Skip> {
    let Some(top) = repository.top() else { return Vec::new() };
    let mut found = Vec::new();
    for name in names {
        let Ok(on_disk) = read_bounded(&top.join(name), false, LARGEST) else { continue };
        // Of an intention to add nothing is staged yet.
        let entry = index.entry_by_path(name.as_bytes().as_bstr()).filter(|entry| !entry.flags.contains(Flags::INTENT_TO_ADD));
        let entry = entry.filter(|entry| matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE));
        let mut buffer = Vec::new();
        let why = match (&on_disk, entry) {
            (None, None) => continue,
            (Some(_), None) => format!("{name} counts in this scan and is not staged: the commit will not have it"),
            (None, Some(_)) => format!("{name} is staged and not on disk: it does not count in this scan"),
            (Some(on_disk), Some(entry)) => match repository.objects().read(&entry.id, Kind::Blob, LARGEST, &mut buffer) {
                Ok(staged) if is_same(on_disk, staged) => continue,
                _ => format!("{name} counts as it is on disk, and another version of it is staged; `git add {name}` stages this one"),
            },
        };
        found.push(Skip { what: SETTINGS.to_owned(), why, count: 1 });
    }
    found
}

/// Whether two texts are one but for their ends of lines, which git may change on the way.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let plain = |text: &[u8]| text.replace("\r\n", "\n");
    one == other || plain(one) == plain(other)
}
