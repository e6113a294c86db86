//! Values, and how sums of many products are compared.

pub use super::compare::{cases, quiet, wide};

/// Reproducible numbers in -1..1.
pub fn numbers(len: usize, seed: u64) -> Vec<f32> {
    super::compare::random(len, seed)
        .into_iter()
        .map(|value| value / 2.0)
        .collect()
}

/// Panics unless every number is as near as a sum of `terms` products, rounded in any order, must be.
#[track_caller]
pub fn close(came: &[f32], expected: &[f64], terms: usize, what: &str) {
    assert_eq!(came.len(), expected.len(), "{what}: length");
    let tolerance = 8e-6 * (terms as f64).sqrt();
    for (at, (&came, &expected)) in came.iter().zip(expected).enumerate() {
        let difference = (f64::from(came) - expected).abs();
        assert!(
            difference <= tolerance * (1.0 + expected.abs()),
            "{what}[{at}]: {came} instead of {expected}"
        );
    }
}
