//! The static table that `build.rs` made of `rules/*.yaml`.

use std::borrow::Cow;

use super::schema::*;
use crate::finding::{Confidence, Severity};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
