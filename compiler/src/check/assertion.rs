//! What only rustc can check, as data: `emit` prints it.

use std::fmt;

use super::Range;
use crate::diagnostic::{Diagnostic, Place};
use crate::shape::{Comparison, Dim, Division, Number};
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
    /// The product of the first is at most the second, however large its factors are.
    AtMost(Vec<Dim>, u64),
    /// The second divides the first.
    Divisible(Dim, Dim),
    Within(Number, Range),
    /// The first is less than the second.
    Below(Number, Number),
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

impl Condition {
    /// Whether it holds, as far as that is known here.
    pub fn holds(&self) -> Comparison {
        let known = match self {
            Condition::Equal(a, b) => return a.equals(b),
            Condition::AtLeast(a, b) => return a.at_least(b),
            Condition::AtMost(factors, most) => {
                let product = factors.iter().try_fold(1i128, |product, factor| {
                    // Beyond `i128` it is too large in any case.
                    Some(product.saturating_mul(factor.signed()?))
                });
                product.map(|product| product <= i128::from(*most))
            }
            Condition::Divisible(dim, by) => match dim.divided(by) {
                Division::Exact(_) => Some(true),
                Division::Unsure(_) => None,
                Division::Leaves(_) | Division::ByZero => Some(false),
            },
            Condition::Within(number, range) => number.known().map(|number| range.holds(number)),
            // As the kernels will see them.
            Condition::Below(a, b) => match (a.known(), b.known()) {
                (Some(a), Some(b)) => Some((a as f32) < b as f32),
                _ => None,
            },
        };
        match known {
            Some(true) => Comparison::Holds,
            Some(false) => Comparison::Fails,
            None => Comparison::Unsure,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Equal(a, b) => write!(f, "{a} == {b}"),
            Condition::AtLeast(a, b) => write!(f, "{a} >= {b}"),
            Condition::AtMost(factors, most) => {
                let factors: Vec<String> = factors.iter().map(|dim| format!("({dim})")).collect();
                write!(f, "{} <= {most}", factors.join(" * "))
            }
            Condition::Divisible(dim, by) => write!(f, "{by} divides {dim}"),
            Condition::Within(number, range) => write!(f, "{number} is {}", range.words),
            Condition::Below(a, b) => write!(f, "{a} < {b}"),
        }
    }
}
