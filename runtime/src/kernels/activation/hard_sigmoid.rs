//! `min(max(x + 3, 0), 6) / 6`.

use super::function::Function;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct HardSigmoid;

impl Function for HardSigmoid {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        let three = simd.add(x, simd.splat(3.0));
        let gate = simd.min(simd.splat(6.0), simd.max(simd.splat(0.0), three));
        simd.mul(gate, simd.splat(1.0 / 6.0))
    }

    /// From the output: 1/6 between 0 and 1.
    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let zero = simd.splat(0.0);
        let slope = simd.mul(d, simd.splat(1.0 / 6.0));
        let slope = simd.select(simd.greater_equal(zero, saved), zero, slope);
        simd.select(simd.greater_equal(saved, simd.splat(1.0)), zero, slope)
    }

    fn twin_value(self, x: f64) -> f64 {
        (x + 3.0).clamp(0.0, 6.0) / 6.0
    }

    fn twin_derivative(self, x: f64) -> f64 {
        if x > -3.0 && x < 3.0 { 1.0 / 6.0 } else { 0.0 }
    }
}
