//! A rule as a set of rules keeps it: a built-in one where the program has it, one of a configuration on its own.
//!
//! It is as large as a pointer, so that a set of all built-in rules is made without touching memory for each of their fields.

use std::ops::Deref;

use super::schema::Rule;

/// A rule, built in or not.
#[derive(Clone, Debug)]
pub enum Kept {
    /// One of the static table.
    Builtin(&'static Rule),
    /// One that was read, or a built-in one that was changed.
    Own(Box<Rule>),
}

impl Kept {
    /// Has `change` change it; a built-in one is copied first.
    pub fn change(&mut self, change: impl FnOnce(&mut Rule)) {
        match self {
            Self::Own(rule) => change(rule),
            Self::Builtin(rule) => {
                let mut own = Box::new((*rule).clone());
                change(&mut own);
                *self = Self::Own(own);
            }
        }
    }
}

impl Deref for Kept {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        match self {
            Self::Builtin(rule) => rule,
            Self::Own(rule) => rule,
        }
    }
}
