//! Moving in from other tools.

mod cases;
mod commands;
mod same;
