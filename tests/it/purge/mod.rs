//! `keysieve purge-plan` on real repositories, and the real git-filter-repo on what it plans.
//!
//! | module | what it knows |
//! |---|---|
//! | [`spill`] | a repository with a secret in every place and in several forms |
//! | [`filter_repo`] | git-filter-repo, installed once for all tests |
//! | [`rewriting`] | the plan's commands, run, and what is left afterwards |
//! | [`files`] | what is written where, and what is refused |
//! | [`clones`] | remotes, clones, worktrees |
//! | [`lines`] | which lines the replace-text file has |

mod clones;
mod files;
pub mod filter_repo;
mod lines;
mod rewriting;
mod spill;
