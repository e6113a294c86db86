//! `ln(1 + exp(x))`.

use super::function::Function;
use crate::kernels::math;
use crate::kernels::math::reference::{sigmoid, softplus};
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Softplus;

impl Function for Softplus {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        math::softplus(simd, x)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // sigmoid(x) = 1 - exp(-y)
        let missing = math::exp_m1(simd, simd.neg(saved));
        simd.mul(d, simd.neg(missing))
    }

    fn twin_value(self, x: f64) -> f64 {
        softplus(x)
    }

    fn twin_derivative(self, x: f64) -> f64 {
        sigmoid(x)
    }
}
