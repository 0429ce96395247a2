//! The static table that `build.rs` made of `rules/*.yaml`.

use std::borrow::Cow;

use super::schema::*;
use super::step::Step;
use crate::finding::{Confidence, Phase, Severity};

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
