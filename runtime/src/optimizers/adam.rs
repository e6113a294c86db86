//! Adam: steps scaled by the gradients' running mean and spread.

use crate::optimizers::decaying_means::DecayingMeans;
use crate::optimizers::elementwise::{self, Elementwise};
use crate::optimizers::{Bounds, Optimizer, OptimizerError, OptimizerStep, TensorPart, TensorRun};

/// Steps scaled by the running mean and size of each gradient; take it first (Kingma and Ba 2015).
///
/// `m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²; p ← p - learning_rate · m̂ / (√v̂ + ε)` with `m̂ = m / (1 - β₁ᵗ)`,
/// `v̂ = v / (1 - β₂ᵗ)` at step `t`.
///
/// Kingma and Ba 2015, "Adam: a method for stochastic optimization", algorithm 1, as `torch.optim.Adam` computes it.
/// The defaults are Keras': learning rate 0.001, `β₁` 0.9, `β₂` 0.999, `ε` 1e-7 (PyTorch's is 1e-8).
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::{Adam, Optimizer};
/// let optimizer = Adam::new(1e-3).beta2(0.99);
/// optimizer.validate()?;
/// assert!(Adam::new(1e-3).beta1(1.0).validate().is_err());
/// # Ok::<(), shapeflow_runtime::optimizers::OptimizerError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    means: DecayingMeans,
}

impl Adam {
    /// With this learning rate.
    pub fn new(learning_rate: f32) -> Self {
        Adam {
            means: DecayingMeans::new(learning_rate),
        }
    }

    /// How slowly the mean of the gradients moves: 0 to below 1, 0.9 at first.
    pub fn beta1(mut self, beta1: f32) -> Self {
        self.means.beta1 = beta1;
        self
    }

    /// How slowly the mean of their squares moves: 0 to below 1, 0.999 at first.
    pub fn beta2(mut self, beta2: f32) -> Self {
        self.means.beta2 = beta2;
        self
    }

    /// What keeps the quotient finite: above 0, 1e-7 at first.
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.means.epsilon = epsilon;
        self
    }
}

/// Learning rate 0.001.
impl Default for Adam {
    fn default() -> Self {
        Adam::new(1e-3)
    }
}

impl Optimizer for Adam {
    fn name(&self) -> &'static str {
        "Adam"
    }

    fn learning_rate(&self) -> f32 {
        self.means.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        DecayingMeans::SLOTS
    }

    fn squares(&self) -> &'static [&'static str] {
        DecayingMeans::SQUARES
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        self.means.validate(self.name())
    }

    fn factors(&self, number: u64, learning_rate: f32) -> [f32; 4] {
        self.means.factors(number, learning_rate, 1.0)
    }

    fn bounds(&self, step: &OptimizerStep, gradient: f64, before: &Bounds) -> Option<Bounds> {
        Some(self.means.bounds(step.factors, gradient, before))
    }

    fn update(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        elementwise::update(self, step, part);
    }

    fn update_run(&self, step: &OptimizerStep, run: TensorRun<'_>) {
        elementwise::update_run(self, step, run);
    }
}

impl Elementwise for Adam {
    #[inline(always)]
    fn apply(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        self.means.update(step.factors, part);
    }
}
