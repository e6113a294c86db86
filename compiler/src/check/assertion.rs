//! What only rustc can check, as data: `emit` prints it.

use std::fmt;

use super::Range;
use crate::diagnostic::{Diagnostic, Place};
use crate::shape::{Dim, Number};
use crate::words::Words;

/// A condition, and what is said where it doesn't hold.
#[derive(Clone, Debug)]
pub struct Assertion {
    pub condition: Condition,
    pub message: Words,
    pub place: Place,
}

/// What must hold of numbers that aren't known here.
#[derive(Clone, Debug)]
pub enum Condition {
    Equal(Dim, Dim),
    /// The first is the second or more.
    AtLeast(Dim, Dim),
    /// The second divides the first.
    Divisible(Dim, Dim),
    Within(Number, Range),
}

impl Assertion {
    /// Says with rustc's numbers what the diagnostic says with names.
    pub fn new(condition: Condition, diagnostic: &Diagnostic) -> Assertion {
        Assertion {
            condition,
            message: diagnostic.words(),
            place: diagnostic.place,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Equal(a, b) => write!(f, "{a} == {b}"),
            Condition::AtLeast(a, b) => write!(f, "{a} >= {b}"),
            Condition::Divisible(dim, by) => write!(f, "{by} divides {dim}"),
            Condition::Within(number, range) => write!(f, "{number} is {}", range.words),
        }
    }
}
