//! Living with findings: each sentence that is promised of exceptions, in real repositories.

mod approval;
mod comments;
mod inline;
mod listing;
mod reports;
