//! `max(x, 0)`.

use super::function::Function;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Relu;

impl Function for Relu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.max(simd.splat(0.0), x)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let zero = simd.splat(0.0);
        simd.select(simd.greater_equal(zero, saved), zero, d)
    }

    fn twin_value(self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { x }
    }

    fn twin_derivative(self, x: f64) -> f64 {
        if x > 0.0 { 1.0 } else { 0.0 }
    }
}
