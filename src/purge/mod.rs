//! Plans the removal of secrets from a repository's history with git-filter-repo, and proves afterwards that nothing holds them any more.
//!
//! [`forms`] says how a secret may be written, [`lines`] how git-filter-repo reads it, [`measure`](mod@measure) counts where each form stands,
//! [`plan`] says what is to be done, [`markdown`] and [`json`](mod@json) write that down, and [`verify`](mod@verify) looks for what is left. Nothing here
//! writes a file or starts a program, and nothing but [`Measured::replace_text`] holds a secret.

mod forms;
mod json;
mod lines;
mod markdown;
mod measure;
mod notes;
mod plan;
mod steps;
mod verify;

#[cfg(test)]
mod tests;

pub use forms::{Form, LEAST_BYTES, Unit, forms};
pub use json::json;
pub use lines::{Line, read};
pub use markdown::markdown;
pub use measure::{Counts, FormCount, Measured, measure};
pub use plan::{PlannedSecret, PurgePlan, Risk, plan};
pub use steps::{CALLBACKS, CALLBACKS_FILE, REPLACE_TEXT_FILE, Step};
pub use verify::{LeftOver, Removed, Verified, verify};
