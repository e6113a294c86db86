//! `x`.

use super::function::Function;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Identity;

impl Function for Identity {
    #[inline(always)]
    fn value<S: Simd>(self, _: S, x: S::F) -> S::F {
        x
    }

    #[inline(always)]
    fn chain<S: Simd>(self, _: S, _: S::F, d: S::F) -> S::F {
        d
    }

    fn twin_value(self, x: f64) -> f64 {
        x
    }

    fn twin_derivative(self, _: f64) -> f64 {
        1.0
    }
}
