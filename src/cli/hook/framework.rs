//! What pre-commit and runners that speak its language tell a hook in the environment.
//!
//! Sources: <https://pre-commit.com/#pre-commit-for-merges> and the sections behind it, and what pre-commit 4 and prek really set.

use keysieve::source::range::Update;

use super::named;

/// What the framework says.
pub struct Framework {
    get: fn(&str) -> Option<String>,
}

impl Framework {
    /// Reads the environment.
    pub fn of_environment() -> Self {
        Self { get: |name| std::env::var(name).ok().filter(|value| !value.is_empty()) }
    }

    fn is_there(&self) -> bool {
        (self.get)("PRE_COMMIT").is_some()
    }

    /// The commits that `--from-ref` and `--to-ref` name.
    pub fn range(&self) -> Option<Update> {
        let (from, to) = ((self.get)("PRE_COMMIT_FROM_REF")?, (self.get)("PRE_COMMIT_TO_REF")?);
        self.is_there().then(|| named(from, to))
    }

    /// Whether it runs because of a push, whichever hook of keysieve it runs.
    pub fn is_push(&self) -> bool {
        self.is_there() && ["PRE_COMMIT_LOCAL_BRANCH", "PRE_COMMIT_REMOTE_NAME"].iter().any(|name| (self.get)(name).is_some())
    }

    /// Whether somebody runs the framework, and not git: git names its index to a hook, and the framework passes that on.
    pub fn is_run_by_hand(&self) -> bool {
        self.is_there() && std::env::var_os("GIT_INDEX_FILE").is_none()
    }

    /// What is pushed, and where to; none where git itself tells it. The framework reads standard input and hands on one ref of it. Where a
    /// history is pushed from its first commit on it names no commits at all, only the branch.
    pub fn pushed(&self) -> Option<(Update, Option<String>)> {
        if !self.is_there() {
            return None;
        }
        let name = (self.get)("PRE_COMMIT_REMOTE_NAME");
        let nothing = "0".repeat(40);
        let update = self.range().unwrap_or_else(|| {
            let branch = (self.get)("PRE_COMMIT_LOCAL_BRANCH").unwrap_or_else(|| "HEAD".to_owned());
            named(nothing, branch)
        });
        Some((update, name))
    }
}
