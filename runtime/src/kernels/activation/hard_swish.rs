//! `x * min(max(x + 3, 0), 6) / 6`.

use super::function::Function;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct HardSwish;

impl Function for HardSwish {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        // The gate is 0 below -3, and `-∞ · 0` would be NaN.
        let x = simd.max(simd.splat(-4.0), x);
        let three = simd.add(x, simd.splat(3.0));
        let gate = simd.min(simd.splat(6.0), simd.max(simd.splat(0.0), three));
        simd.mul(x, simd.mul(gate, simd.splat(1.0 / 6.0)))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let middle = simd.fma(saved, simd.splat(1.0 / 3.0), simd.splat(0.5));
        let slope = simd.select(
            simd.greater(simd.splat(-3.0), saved),
            simd.splat(0.0),
            middle,
        );
        let slope = simd.select(simd.greater(saved, simd.splat(3.0)), simd.splat(1.0), slope);
        simd.mul(d, slope)
    }

    fn twin_value(self, x: f64) -> f64 {
        // `-∞ · 0` would be NaN.
        x.max(-4.0) * (x + 3.0).clamp(0.0, 6.0) / 6.0
    }

    fn twin_derivative(self, x: f64) -> f64 {
        if x < -3.0 {
            0.0
        } else if x <= 3.0 {
            x / 3.0 + 0.5
        } else {
            1.0
        }
    }
}
