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
        // The sigmoid is 0 below -200, and `-∞ · 0` would be NaN.
        let x = simd.max(simd.splat(-200.0), x);
        simd.mul(x, math::sigmoid(simd, x))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let one = simd.splat(1.0);
        // 0 or 1 beyond ±200.
        let x = simd.max(simd.splat(-200.0), simd.min(simd.splat(200.0), saved));
        let s = math::sigmoid(simd, x);
        let rest = simd.fma(x, simd.sub(one, s), one);
        simd.mul(d, simd.mul(s, rest))
    }

    fn twin_value(self, x: f64) -> f64 {
        // `-∞ · 0` would be NaN.
        x.max(-1e4) * sigmoid(x)
    }

    fn twin_derivative(self, x: f64) -> f64 {
        let x = x.clamp(-1e4, 1e4);
        sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))
    }
}
