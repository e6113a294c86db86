//! What an activation is to the kernels: its value and its gradient, on vectors and slowly in `f64`.

use crate::simd::Simd;

/// An element-wise function, and the product of a gradient with its derivative; chosen once per call.
///
/// Operands of `max`, `min` and comparisons stand so that NaN passes. The twins say the same by the formula, for the
/// tests.
pub(super) trait Function: Copy {
    /// `f(x)`
    fn value<S: Simd>(self, simd: S, x: S::F) -> S::F;

    /// `d * f'`, the derivative from what the activation saves.
    fn chain<S: Simd>(self, simd: S, saved: S::F, d: S::F) -> S::F;

    /// `f(x)`
    fn twin_value(self, x: f64) -> f64;

    /// `f'(x)`, always from the input; the left derivative at a kink.
    fn twin_derivative(self, x: f64) -> f64;
}
