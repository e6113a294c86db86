//! `tanh(x)`.

use super::function::Function;
use crate::kernels::math;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Tanh;

impl Function for Tanh {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        math::tanh(simd, x)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        simd.mul(d, simd.fma(simd.neg(saved), saved, simd.splat(1.0)))
    }

    fn twin_value(self, x: f64) -> f64 {
        x.tanh()
    }

    fn twin_derivative(self, x: f64) -> f64 {
        1.0 - x.tanh() * x.tanh()
    }
}
