//! `x * tanh(ln(1 + exp(x)))`.

use super::function::Function;
use crate::kernels::math;
use crate::kernels::math::reference::{sigmoid, softplus};
use crate::simd::Simd;

/// `e = exp(x)` and `n = e (e + 2)`, with which `tanh(ln(1 + e)) = n / (n + 2)`; both 1 to rounding from `x = 20` on.
#[inline(always)]
fn parts<S: Simd>(simd: S, x: S::F) -> (S::F, S::F) {
    let e = math::exp(simd, simd.min(simd.splat(20.0), x));
    (e, simd.mul(e, simd.add(e, simd.splat(2.0))))
}

#[derive(Clone, Copy)]
pub(super) struct Mish;

impl Function for Mish {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        // `n` is 0 below -104, and `-∞ · 0` would be NaN.
        let x = simd.max(simd.splat(-200.0), x);
        let (_, n) = parts(simd, x);
        simd.mul(x, simd.div(n, simd.add(n, simd.splat(2.0))))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // t + x (1 - t²) sigmoid(x), with 1 - t² = 4 (n + 1) / (n + 2)²; 1 to rounding from 20 on, 0 up to -104.
        let x = simd.max(simd.splat(-104.0), simd.min(simd.splat(20.0), saved));
        let one = simd.splat(1.0);
        let (e, n) = parts(simd, x);
        let inverse = simd.div(one, simd.add(n, simd.splat(2.0)));
        let rest = simd.mul(
            simd.mul(simd.splat(4.0), simd.add(n, one)),
            simd.mul(inverse, inverse),
        );
        let sigmoid = simd.div(e, simd.add(e, one));
        let change = simd.mul(rest, sigmoid);
        simd.mul(d, simd.fma(x, change, simd.mul(n, inverse)))
    }

    fn twin_value(self, x: f64) -> f64 {
        // `-∞ · 0` would be NaN.
        x.max(-1e4) * softplus(x).tanh()
    }

    fn twin_derivative(self, x: f64) -> f64 {
        let x = x.clamp(-1e4, 1e4);
        let tanh = softplus(x).tanh();
        tanh + x * (1.0 - tanh * tanh) * sigmoid(x)
    }
}
