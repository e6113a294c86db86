//! Activations and their derivatives on vectors: one small type for each, chosen once per call.
//!
//! Operands of `max`, `min` and comparisons stand so that NaN passes.

use crate::kernels::math;
use crate::simd::Simd;

/// An element-wise function, and the product of a gradient with its derivative.
pub(super) trait Function: Copy {
    /// `f(x)`
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F;
    /// `d * f'`, the derivative from what the activation saves.
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F;
}

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
}

#[derive(Clone, Copy)]
pub(super) struct Relu;

impl Function for Relu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.max(simd.splat(0.0), x)
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let zero = simd.splat(0.0);
        simd.select(simd.greater_equal(zero, saved), zero, d)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Relu6;

impl Function for Relu6 {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.min(simd.splat(6.0), simd.max(simd.splat(0.0), x))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let zero = simd.splat(0.0);
        let d = simd.select(simd.greater_equal(zero, saved), zero, d);
        simd.select(simd.greater_equal(saved, simd.splat(6.0)), zero, d)
    }
}

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
}

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
}

#[derive(Clone, Copy)]
pub(super) struct Gelu;

impl Function for Gelu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.mul(x, math::normal_distribution(simd, x))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // Φ(x) + x φ(x), with the density φ(x) = exp(-x² / 2) / √(2π)
        let x = saved;
        let exponent = simd.mul(simd.mul(x, x), simd.splat(-0.5));
        let density = simd.mul(math::exp(simd, exponent), simd.splat(0.398_942_3));
        simd.mul(d, simd.fma(x, density, math::normal_distribution(simd, x)))
    }
}

/// `2 √(2/π)`
const GELU_FACTOR: f32 = 1.595_769;
/// The weight of `x³`.
const GELU_CUBE: f32 = 0.044_715;

/// `(1 + tanh(√(2/π) (x + 0.044715 x³))) / 2`, which is the sigmoid of twice the argument.
#[inline(always)]
fn gelu_gate<S: Simd>(simd: S, x: S::F, square: S::F) -> S::F {
    let factor = simd.fma(
        square,
        simd.splat(GELU_FACTOR * GELU_CUBE),
        simd.splat(GELU_FACTOR),
    );
    math::sigmoid(simd, simd.mul(x, factor))
}

#[derive(Clone, Copy)]
pub(super) struct GeluTanh;

impl Function for GeluTanh {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        let square = simd.mul(x, x);
        simd.mul(x, gelu_gate(simd, x, square))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // s + x s (1 - s) u', with s = sigmoid(u), u = 2 √(2/π) (x + 0.044715 x³)
        let (x, one) = (saved, simd.splat(1.0));
        let square = simd.mul(x, x);
        let s = gelu_gate(simd, x, square);
        let slope = simd.fma(
            square,
            simd.splat(GELU_FACTOR * 3.0 * GELU_CUBE),
            simd.splat(GELU_FACTOR),
        );
        let change = simd.mul(simd.mul(s, simd.sub(one, s)), slope);
        simd.mul(d, simd.fma(x, change, s))
    }
}

#[derive(Clone, Copy)]
pub(super) struct Silu;

impl Function for Silu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        simd.mul(x, math::sigmoid(simd, x))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let one = simd.splat(1.0);
        let s = math::sigmoid(simd, saved);
        let rest = simd.fma(saved, simd.sub(one, s), one);
        simd.mul(d, simd.mul(s, rest))
    }
}

/// `e = exp(x)` and `n = e (e + 2)`, with which `tanh(ln(1 + e)) = n / (n + 2)`; both 1 to rounding from `x = 20` on.
#[inline(always)]
fn mish_parts<S: Simd>(simd: S, x: S::F) -> (S::F, S::F) {
    let e = math::exp(simd, simd.min(simd.splat(20.0), x));
    (e, simd.mul(e, simd.add(e, simd.splat(2.0))))
}

#[derive(Clone, Copy)]
pub(super) struct Mish;

impl Function for Mish {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        let (_, n) = mish_parts(simd, x);
        simd.mul(x, simd.div(n, simd.add(n, simd.splat(2.0))))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        // t + x (1 - t²) sigmoid(x), with 1 - t² = 4 (n + 1) / (n + 2)²
        let one = simd.splat(1.0);
        let (e, n) = mish_parts(simd, saved);
        let inverse = simd.div(one, simd.add(n, simd.splat(2.0)));
        let rest = simd.mul(
            simd.mul(simd.splat(4.0), simd.add(n, one)),
            simd.mul(inverse, inverse),
        );
        let sigmoid = simd.div(e, simd.add(e, one));
        let change = simd.mul(rest, sigmoid);
        simd.mul(d, simd.fma(saved, change, simd.mul(n, inverse)))
    }
}

#[derive(Clone, Copy)]
pub(super) struct HardSwish;

impl Function for HardSwish {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F {
        let three = simd.add(x, simd.splat(3.0));
        let gate = simd.min(simd.splat(6.0), simd.max(simd.splat(0.0), three));
        simd.mul(simd.mul(x, gate), simd.splat(1.0 / 6.0))
    }

    #[inline(always)]
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F {
        let middle = simd.fma(saved, simd.splat(1.0 / 3.0), simd.splat(0.5));
        let slope = simd.select(
            simd.greater(simd.splat(-3.0), saved),
            simd.splat(0.0),
            middle,
        );
        let slope = simd.select(simd.greater(saved, simd.splat(3.0)), simd.splat(1.0), slope);
        simd.mul(d, slope)
    }
}

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
}

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
}

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
}
