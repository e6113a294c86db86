//! The transforms of F(4, 3) along one axis, at the points 0, ±1/√2, ±√2 and ∞; applied to rows, then to columns.

use crate::simd::Simd;

/// 1/√2 and √2: their squares are 1/2 and 2.
const NEAR: f32 = std::f32::consts::FRAC_1_SQRT_2;
const FAR: f32 = std::f32::consts::SQRT_2;

/// A linear map of `N` vectors to `M`.
pub(super) trait Transform<const N: usize, const M: usize>: Copy {
    fn apply<S: Simd>(self, simd: S, x: [S::F; N]) -> [S::F; M];
}

/// `Bᵀ`: pixels.
#[derive(Clone, Copy)]
pub(super) struct Pixels;

impl Transform<6, 6> for Pixels {
    #[inline(always)]
    fn apply<S: Simd>(self, s: S, x: [S::F; 6]) -> [S::F; 6] {
        let even_near = s.fma(s.splat(-2.0), x[2], x[4]);
        let odd_near = s.fma(s.splat(-2.0), x[1], x[3]);
        let even_far = s.fma(s.splat(-0.5), x[2], x[4]);
        let odd_far = s.fma(s.splat(-0.5), x[1], x[3]);
        let scale = s.splat(-2.5);
        [
            s.add(s.fma(scale, x[2], x[0]), x[4]),
            s.fma(s.splat(NEAR), odd_near, even_near),
            s.fma(s.splat(-NEAR), odd_near, even_near),
            s.fma(s.splat(FAR), odd_far, even_far),
            s.fma(s.splat(-FAR), odd_far, even_far),
            s.add(s.fma(scale, x[3], x[1]), x[5]),
        ]
    }
}

/// `G`: weights.
#[derive(Clone, Copy)]
pub(super) struct Weights;

impl Transform<3, 6> for Weights {
    #[inline(always)]
    fn apply<S: Simd>(self, s: S, w: [S::F; 3]) -> [S::F; 6] {
        // (w0 + p w1 + p² w2) over -3/2 at ±1/√2, over 6 at ±√2.
        let near = s.mul(s.splat(-2.0 / 3.0), s.fma(s.splat(0.5), w[2], w[0]));
        let far = s.mul(s.splat(1.0 / 6.0), s.fma(s.splat(2.0), w[2], w[0]));
        [
            w[0],
            s.fma(s.splat(-2.0 / 3.0 * NEAR), w[1], near),
            s.fma(s.splat(2.0 / 3.0 * NEAR), w[1], near),
            s.fma(s.splat(FAR / 6.0), w[1], far),
            s.fma(s.splat(-FAR / 6.0), w[1], far),
            w[2],
        ]
    }
}

/// `Aᵀ`: products, back to pixels of the result.
#[derive(Clone, Copy)]
pub(super) struct Results;

impl Transform<6, 4> for Results {
    #[inline(always)]
    fn apply<S: Simd>(self, s: S, m: [S::F; 6]) -> [S::F; 4] {
        let (near, near_odd) = (s.add(m[1], m[2]), s.sub(m[1], m[2]));
        let (far, far_odd) = (s.add(m[3], m[4]), s.sub(m[3], m[4]));
        let odd = s.mul(s.splat(FAR), far_odd);
        let cubic = s.fma(s.splat(2.0 * FAR), far_odd, m[5]);
        [
            s.add(s.add(m[0], near), far),
            s.fma(s.splat(NEAR), near_odd, odd),
            s.fma(s.splat(2.0), far, s.mul(s.splat(0.5), near)),
            s.fma(s.splat(0.5 * NEAR), near_odd, cubic),
        ]
    }
}

/// `A`: the gradient of the result.
#[derive(Clone, Copy)]
pub(super) struct Gradients;

impl Transform<4, 6> for Gradients {
    #[inline(always)]
    fn apply<S: Simd>(self, s: S, y: [S::F; 4]) -> [S::F; 6] {
        let even_near = s.fma(s.splat(0.5), y[2], y[0]);
        let odd_near = s.fma(s.splat(0.5), y[3], y[1]);
        let even_far = s.fma(s.splat(2.0), y[2], y[0]);
        let odd_far = s.fma(s.splat(2.0), y[3], y[1]);
        [
            y[0],
            s.fma(s.splat(NEAR), odd_near, even_near),
            s.fma(s.splat(-NEAR), odd_near, even_near),
            s.fma(s.splat(FAR), odd_far, even_far),
            s.fma(s.splat(-FAR), odd_far, even_far),
            y[3],
        ]
    }
}

/// `Gᵀ`: products, back to the gradient of the weight.
#[derive(Clone, Copy)]
pub(super) struct WeightGradients;

impl Transform<6, 3> for WeightGradients {
    #[inline(always)]
    fn apply<S: Simd>(self, s: S, m: [S::F; 6]) -> [S::F; 3] {
        let (near, near_odd) = (s.add(m[1], m[2]), s.sub(m[1], m[2]));
        let (far, far_odd) = (s.add(m[3], m[4]), s.sub(m[3], m[4]));
        let third = s.splat(1.0 / 3.0);
        [
            s.fma(
                s.splat(1.0 / 6.0),
                far,
                s.fma(s.splat(-2.0 / 3.0), near, m[0]),
            ),
            s.fma(
                s.splat(FAR / 6.0),
                far_odd,
                s.mul(s.splat(-2.0 / 3.0 * NEAR), near_odd),
            ),
            s.fma(third, s.sub(far, near), m[5]),
        ]
    }
}
