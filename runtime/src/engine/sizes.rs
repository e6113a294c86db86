//! Arithmetic on sizes in consts: what rustc works out where the compiler can't see a const.

/// The largest of `values`, or 0.
pub const fn max(values: &[usize]) -> usize {
    let mut largest = 0;
    let mut i = 0;
    while i < values.len() {
        if values[i] > largest {
            largest = values[i];
        }
        i += 1;
    }
    largest
}

/// The number, or 1 in the place of 0: after an assertion has told that a const is 0, nothing divides by it.
pub const fn at_least_one(number: usize) -> usize {
    if number == 0 { 1 } else { number }
}

/// The sum of `values`.
pub const fn sum(values: &[u64]) -> u64 {
    let mut sum = 0;
    let mut i = 0;
    while i < values.len() {
        sum += values[i];
        i += 1;
    }
    sum
}
