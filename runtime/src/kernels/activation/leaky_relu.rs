//! `x` where positive, `slope * x` elsewhere.

use super::function::Function;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct LeakyRelu {
    pub(super) slope: f32,
}

impl Function for LeakyRelu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        let below = simd.mul(simd.splat(self.slope), x);
        simd.select(simd.greater(x, simd.splat(0.0)), x, below)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let below = simd.mul(simd.splat(self.slope), d);
        simd.select(simd.greater(saved, simd.splat(0.0)), d, below)
    }

    fn twin_value(self, x: f64) -> f64 {
        if x > 0.0 {
            x
        } else {
            f64::from(self.slope) * x
        }
    }

    fn twin_derivative(self, x: f64) -> f64 {
        if x > 0.0 { 1.0 } else { f64::from(self.slope) }
    }
}
