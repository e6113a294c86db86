//! AdamW: Adam with weight decay that isn't scaled by the gradients' spread.

use crate::optimizers::decaying_means::DecayingMeans;
use crate::optimizers::elementwise::{self, Elementwise};
use crate::optimizers::error::not_negative;
use crate::optimizers::{Bounds, Optimizer, OptimizerError, OptimizerStep, TensorPart, TensorRun};

/// [`Adam`](super::Adam) with weight decay apart from the gradients (Loshchilov and Hutter 2019).
///
/// `p ← (1 - learning_rate · weight_decay) · p`, then the step of [`Adam`](super::Adam).
///
/// Loshchilov and Hutter 2019, "Decoupled weight decay regularization", algorithm 2, as `torch.optim.AdamW` and Keras
/// compute it. The defaults are Keras': learning rate 0.001, weight decay 0.004 (PyTorch's is 0.01), `β₁` 0.9, `β₂`
/// 0.999, `ε` 1e-7 (PyTorch's is 1e-8). All parameters decay, biases and norms too.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::AdamW;
/// let optimizer = AdamW::new(3e-4).weight_decay(0.1).beta2(0.95);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    means: DecayingMeans,
    weight_decay: f32,
}

impl AdamW {
    /// With this learning rate.
    pub fn new(learning_rate: f32) -> Self {
        AdamW {
            means: DecayingMeans::new(learning_rate),
            weight_decay: 0.004,
        }
    }

    /// What part of each parameter a step takes away, times the learning rate: 0 or more, 0.004 at first.
    pub fn weight_decay(mut self, weight_decay: f32) -> Self {
        self.weight_decay = weight_decay;
        self
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

/// Learning rate 0.001, weight decay 0.004.
impl Default for AdamW {
    fn default() -> Self {
        AdamW::new(1e-3)
    }
}

impl Optimizer for AdamW {
    fn name(&self) -> &'static str {
        "AdamW"
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
        self.means.validate(self.name())?;
        not_negative(self.name(), "weight_decay", self.weight_decay)
    }

    fn factors(&self, number: u64, learning_rate: f32) -> [f32; 4] {
        let keep = (1.0 - f64::from(learning_rate) * f64::from(self.weight_decay)) as f32;
        self.means.factors(number, learning_rate, keep)
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

impl Elementwise for AdamW {
    #[inline(always)]
    fn apply(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        self.means.update(step.factors, part);
    }
}
