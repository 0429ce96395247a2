//! What is known is not reported, what is new is; a baseline survives merges, accidents and company.

mod accidents;
mod merges;
mod stories;
