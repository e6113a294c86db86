//! `x * Φ(x)`, `Φ` the normal distribution function.

use super::function::Function;
use crate::kernels::math;
use crate::kernels::math::reference::normal_distribution;
use crate::simd::Simd;

#[derive(Clone, Copy)]
pub(super) struct Gelu;

impl Function for Gelu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        // Φ is 0 or 1 beyond ±100, also at infinity, where `-∞ · 0` and the formula of Φ would be NaN.
        let x = simd.max(simd.splat(-100.0), x);
        let within = simd.min(simd.splat(100.0), x);
        simd.mul(x, math::normal_distribution(simd, within))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // Φ(x) + x φ(x), with the density φ(x) = exp(-x² / 2) / √(2π)
        let x = simd.max(simd.splat(-100.0), simd.min(simd.splat(100.0), saved));
        let exponent = simd.mul(simd.mul(x, x), simd.splat(-0.5));
        let density = simd.mul(math::exp(simd, exponent), simd.splat(0.398_942_3));
        simd.mul(d, simd.fma(x, density, math::normal_distribution(simd, x)))
    }

    fn twin_value(self, x: f64) -> f64 {
        // `-∞ · 0` would be NaN.
        x.max(-1e4) * normal_distribution(x)
    }

    fn twin_derivative(self, x: f64) -> f64 {
        let x = x.clamp(-1e4, 1e4);
        normal_distribution(x) + x * (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
    }
}
