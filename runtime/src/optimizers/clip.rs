//! Clipping: keeping single gradients, or all of them together, from growing too large.

use crate::optimizers::OptimizerError;
use crate::optimizers::error::positive;
use crate::simd::{self, Kernel, Simd};

/// What is done to the gradients before the optimizer sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clip {
    /// Nothing.
    #[default]
    None,
    /// Each gradient is brought into `-limit..=limit`.
    Value(f32),
    /// All gradients are scaled by `limit / norm` where the norm `sqrt(Σ g²)` over all parameters is above the limit
    /// (Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", algorithm 1).
    GlobalNorm(f32),
}

impl Clip {
    /// Whether the limit makes sense.
    ///
    /// # Errors
    /// When it is not a finite number above 0.
    pub fn validate(self) -> Result<(), OptimizerError> {
        match self {
            Clip::None => Ok(()),
            Clip::Value(limit) => positive("Clip", "the limit of the value", limit),
            Clip::GlobalNorm(limit) => positive("Clip", "the limit of the norm", limit),
        }
    }

    /// The factor for gradients of this norm: 1 unless [`Clip::GlobalNorm`] is exceeded.
    ///
    /// As in PyTorch: `limit / (norm + 1e-6)`, at most 1.
    pub fn factor(self, norm: f64) -> f32 {
        match self {
            // A norm of NaN gives NaN.
            Clip::GlobalNorm(limit) => match f64::from(limit) / (norm + 1e-6) {
                factor if factor >= 1.0 => 1.0,
                factor => factor as f32,
            },
            Clip::None | Clip::Value(_) => 1.0,
        }
    }

    /// What no gradient is larger than after clipping, if their norm is this.
    pub(crate) fn largest(self, norm: f64) -> f64 {
        match self {
            Clip::Value(limit) => norm.min(f64::from(limit).abs()),
            Clip::None | Clip::GlobalNorm(_) => norm * f64::from(self.factor(norm)),
        }
    }

    /// Clips a piece of the gradients; `norm` is that of all of them and read for [`Clip::GlobalNorm`] only.
    pub fn apply(self, norm: f64, gradients: &mut [f32]) {
        match self {
            Clip::None => {}
            Clip::Value(limit) => {
                for gradient in gradients {
                    // A limit below 0, which `validate` refuses, would panic in `clamp`.
                    *gradient = gradient.clamp(-limit.abs(), limit.abs());
                }
            }
            Clip::GlobalNorm(_) => {
                let factor = self.factor(norm);
                if factor != 1.0 {
                    for gradient in gradients {
                        *gradient *= factor;
                    }
                }
            }
        }
    }
}

/// `Σ g²` over a piece of the gradients, in `f64` and in an order fixed by the piece's length alone.
///
/// The norm of a flat buffer is the root of the sum over its pieces, added in the order of the pieces; with pieces of
/// a fixed length it has the same bits whichever threads computed them.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::squared_norm;
/// let gradients = [3.0, 0.0, 4.0];
/// let norm = gradients.chunks(2).map(squared_norm).sum::<f64>().sqrt();
/// assert_eq!(norm, 5.0);
/// ```
pub fn squared_norm(gradients: &[f32]) -> f64 {
    simd::dispatch(SquaredNorm(gradients))
}

struct SquaredNorm<'a>(&'a [f32]);

impl Kernel for SquaredNorm<'_> {
    type Output = f64;

    /// As many sums on every instruction set, and no fused multiply-adds: the same bits on every machine.
    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> f64 {
        const SUMS: usize = 32;
        let mut sums = [0.0f64; SUMS];
        let (whole, rest) = self.0.as_chunks::<SUMS>();
        for chunk in whole {
            for (sum, &gradient) in sums.iter_mut().zip(chunk) {
                *sum += f64::from(gradient) * f64::from(gradient);
            }
        }
        for (sum, &gradient) in sums.iter_mut().zip(rest) {
            *sum += f64::from(gradient) * f64::from(gradient);
        }
        sums.iter().sum()
    }
}
