//! `x` where positive, `alpha * (exp(x) - 1)` elsewhere.

use super::function::Function;
use crate::kernels::math;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Elu {
    pub(super) alpha: f32,
}

impl Function for Elu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        let below = simd.mul(simd.splat(self.alpha), math::exp_m1(simd, x));
        simd.select(simd.greater(x, simd.splat(0.0)), x, below)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let below = simd.mul(simd.add(saved, simd.splat(self.alpha)), d);
        simd.select(simd.greater(saved, simd.splat(0.0)), d, below)
    }

    fn twin_value(self, x: f64) -> f64 {
        if x > 0.0 {
            x
        } else {
            f64::from(self.alpha) * x.exp_m1()
        }
    }

    fn twin_derivative(self, x: f64) -> f64 {
        if x > 0.0 {
            1.0
        } else {
            f64::from(self.alpha) * x.exp()
        }
    }
}
