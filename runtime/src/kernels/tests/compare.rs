//! Random values, and how results are compared.

pub use super::allocations::quiet;
use crate::simd;
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use proptest::prelude::*;
use proptest::test_runner::Config;

/// Enough cases to meet the edges of every size, few enough to stay fast.
pub fn cases() -> Config {
    Config {
        failure_persistence: None,
        ..Config::with_cases(48)
    }
}

/// Runs a case on each instruction set of the machine; the first failure counts.
pub fn on_every_isa(
    mut case: impl FnMut() -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut result = Ok(());
    simd::on_every_isa(|isa| {
        if result.is_ok() {
            result = case().map_err(|error| TestCaseError::fail(format!("{isa:?}: {error}")));
        }
    });
    result
}

/// Values in -2..2 from a seed.
pub fn random(len: usize, seed: u64) -> Vec<f32> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    (0..len)
        .map(|_| generator.next_u32() as f32 / u32::MAX as f32 * 4.0 - 2.0)
        .collect()
}

/// Values of which many are equal, so that the first maximum must win.
pub fn with_ties(len: usize, seed: u64) -> Vec<f32> {
    random(len, seed)
        .into_iter()
        .map(|x| (2.0 * x).round())
        .collect()
}

/// A buffer that a kernel must overwrite: what it doesn't write stays NaN and fails every comparison.
pub fn unwritten(len: usize) -> Vec<f32> {
    vec![f32::NAN; len]
}

/// The same values in `f64`.
pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// Fails unless every `actual` is within `tolerance` of `expected`, relative to the larger of 1 and its size.
pub fn close(
    what: &str,
    actual: &[f32],
    expected: &[f64],
    tolerance: f64,
) -> Result<(), TestCaseError> {
    near(what, &wide(actual), expected, tolerance)
}

/// [`close`] between values in `f64`.
pub fn near(
    what: &str,
    actual: &[f64],
    expected: &[f64],
    tolerance: f64,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(actual.len(), expected.len(), "{}: length", what);
    for (at, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (actual - expected).abs() / expected.abs().max(1.0);
        prop_assert!(
            error <= tolerance,
            "{}[{}]: {} instead of {}",
            what,
            at,
            actual,
            expected
        );
    }
    Ok(())
}

/// The gradient of `Σ dy * f(x)` by central differences.
pub fn differences(x: &[f64], dy: &[f64], f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let step = 1e-5;
    let dot = |x: &[f64]| f(x).iter().zip(dy).map(|(y, dy)| y * dy).sum::<f64>();
    (0..x.len())
        .map(|at| {
            let mut moved = x.to_vec();
            moved[at] = x[at] + step;
            let above = dot(&moved);
            moved[at] = x[at] - step;
            (above - dot(&moved)) / (2.0 * step)
        })
        .collect()
}

/// How far a twin's gradient may be from the differences: their own error.
pub const DIFFERENCES: f64 = 1e-6;
