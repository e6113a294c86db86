//! `1 / (1 + exp(-x))`.

use super::function::Function;
use crate::kernels::math;
use crate::kernels::math::reference::sigmoid;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Sigmoid;

impl Function for Sigmoid {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        math::sigmoid(simd, x)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        simd.mul(d, simd.mul(saved, simd.sub(simd.splat(1.0), saved)))
    }

    fn twin_value(self, x: f64) -> f64 {
        sigmoid(x)
    }

    fn twin_derivative(self, x: f64) -> f64 {
        sigmoid(x) * (1.0 - sigmoid(x))
    }
}
