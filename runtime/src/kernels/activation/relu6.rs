//! `min(max(x, 0), 6)`.

use super::function::Function;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Relu6;

impl Function for Relu6 {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.min(simd.splat(6.0), simd.max(simd.splat(0.0), x))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let zero = simd.splat(0.0);
        let d = simd.select(simd.greater_equal(zero, saved), zero, d);
        simd.select(simd.greater_equal(saved, simd.splat(6.0)), zero, d)
    }

    fn twin_value(self, x: f64) -> f64 {
        x.clamp(0.0, 6.0)
    }

    fn twin_derivative(self, x: f64) -> f64 {
        if x > 0.0 && x < 6.0 { 1.0 } else { 0.0 }
    }
}
