//! Lists in messages.

use crate::shape::{Comparison, Dim};
use crate::words::{Words, words};

/// `` `a`, `b` and `c` ``.
pub fn list(items: &[&str]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `` `a`, `b` or `c` ``.
pub fn one_of(items: &[&str]) -> String {
    let listed = list(items);
    match listed.rsplit_once(" and ") {
        Some((most, last)) => format!("{most} or {last}"),
        None => listed,
    }
}

/// The divisors of a known number, for help lines: `1, 2, 4 and 8`.
pub fn divisors(dim: &Dim) -> Option<Words> {
    let number = dim.known().filter(|n| (1..=1_000_000).contains(n))?;
    let all: Vec<String> = (1..=number)
        .filter(|d| number % d == 0)
        .take(12)
        .map(|d| d.to_string())
        .collect();
    let (last, most) = all.split_last()?;
    let joined = match most {
        [] => last.clone(),
        most => format!("{} or {last}", most.join(", ")),
    };
    Some(words![format!("{number} can be divided by {joined}")])
}

/// The same for a number that only rustc knows: `let the filters be a multiple of 4`.
pub fn divisible(dim: &Dim, what: &str, by: &Dim) -> Option<Words> {
    match dim.known() {
        Some(_) => divisors(dim),
        None => Some(words![format!("let the {what} be a multiple of "), by]),
    }
}

/// Whether a comparison surely fails.
pub fn fails(comparison: Comparison) -> bool {
    comparison == Comparison::Fails
}
