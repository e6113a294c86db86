//! `x * sigmoid(x)`.

use super::function::Function;
use crate::kernels::math;
use crate::kernels::math::reference::sigmoid;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Silu;

impl Function for Silu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.mul(x, math::sigmoid(simd, x))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let one = simd.splat(1.0);
        let s = math::sigmoid(simd, saved);
        let rest = simd.fma(saved, simd.sub(one, s), one);
        simd.mul(d, simd.mul(s, rest))
    }

    fn twin_value(self, x: f64) -> f64 {
        x * sigmoid(x)
    }

    fn twin_derivative(self, x: f64) -> f64 {
        sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))
    }
}
