//! `x / 2 * (1 + tanh(√(2/π) * (x + 0.044715 x³)))`, `Gelu` by tanh.

use super::function::Function;
use crate::kernels::math;
use crate::simd::Simd;

/// `2 √(2/π)`
const FACTOR: f32 = 1.595_769;
/// The weight of `x³`.
const CUBE: f32 = 0.044_715;

/// `(1 + tanh(√(2/π) (x + 0.044715 x³))) / 2`, which is the sigmoid of twice the argument.
#[inline(always)]
fn gate<S: Simd>(simd: S, x: S::F, square: S::F) -> S::F {
    let factor = simd.fma(square, simd.splat(FACTOR * CUBE), simd.splat(FACTOR));
    math::sigmoid(simd, simd.mul(x, factor))
}

#[derive(Clone, Copy)]
pub(super) struct GeluTanh;

impl Function for GeluTanh {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        // The gate is 0 below -100, and `-∞ · 0` would be NaN.
        let x = simd.max(simd.splat(-100.0), x);
        let square = simd.mul(x, x);
        simd.mul(x, gate(simd, x, square))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // s + x s (1 - s) u', with s = sigmoid(u), u = 2 √(2/π) (x + 0.044715 x³)
        // Beyond ±100 it is 0 or 1, and x² would overflow.
        let x = simd.max(simd.splat(-100.0), simd.min(simd.splat(100.0), saved));
        let (square, one) = (simd.mul(x, x), simd.splat(1.0));
        let s = gate(simd, x, square);
        let slope = simd.fma(square, simd.splat(FACTOR * 3.0 * CUBE), simd.splat(FACTOR));
        let change = simd.mul(simd.mul(s, simd.sub(one, s)), slope);
        simd.mul(d, simd.fma(x, change, s))
    }

    fn twin_value(self, x: f64) -> f64 {
        0.5 * x.max(-1e4) * (1.0 + inner(x).tanh())
    }

    fn twin_derivative(self, x: f64) -> f64 {
        let x = x.clamp(-1e4, 1e4);
        let tanh = inner(x).tanh();
        let slope = (2.0 / std::f64::consts::PI).sqrt() * (1.0 + 3.0 * 0.044_715 * x * x);
        0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * slope
    }
}

/// What [`GeluTanh`] takes the tanh of.
fn inner(x: f64) -> f64 {
    (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x)
}
