//! Who owns which file: the `CODEOWNERS` file of a repository, and who the people are that git names.
//!
//! Texts in, names out. Knows nothing of where the file is read from: that must be a commit, because whoever changes a working tree could
//! name themselves.

mod codeowners;
mod pattern;
mod people;

pub use codeowners::{LARGEST, Owned, Owners};
pub use people::{MAILMAP, Mailmap, Person};

/// Where the file can stand, from the top of the repository. The first one that is there counts, as on GitHub, see
/// <https://docs.github.com/articles/about-code-owners>; the last one is GitLab's own place, see
/// <https://docs.gitlab.com/user/project/codeowners/>.
pub const FILES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
