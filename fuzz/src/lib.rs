//! Damaged files for every reader of Shapeflow.
//!
//! A [`Target`] is a reader with valid files to start from; [`drive()`] damages these files by a seed and hands them over, and
//! fails on a panic, on a file that takes longer than a second and on one that takes more memory than allowed.

mod alter;
mod clock;
mod damage;
mod drive;
mod json;
pub mod memory;
mod place;
mod random;
mod repair;
mod target;
pub mod targets;

pub use drive::{Failure, Outcome, Settings, drive};
pub use target::Target;
