//! Gradient descent: a step against the gradient.

use crate::optimizers::error::not_negative;
use crate::optimizers::pieces::{self, Rule};
use crate::optimizers::{Optimizer, OptimizerError};

/// `p ← p - learning_rate · g`.
///
/// The plainest rule, with nothing to remember. [`Sgd`](super::Sgd) adds momentum and weight decay.
///
/// ```
/// use shapeflow_runtime::optimizers::{GradientDescent, Optimizer};
/// let mut parameters = [1.0, -1.0];
/// GradientDescent::new(0.5).update(1, 0.5, &mut parameters, &[1.0, 2.0], &mut []);
/// assert_eq!(parameters, [0.5, -2.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientDescent {
    learning_rate: f32,
}

impl GradientDescent {
    /// With this learning rate.
    pub fn new(learning_rate: f32) -> Self {
        GradientDescent { learning_rate }
    }
}

/// Learning rate 0.01.
impl Default for GradientDescent {
    fn default() -> Self {
        GradientDescent::new(0.01)
    }
}

impl Optimizer for GradientDescent {
    fn name(&self) -> &'static str {
        "GradientDescent"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        &[]
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative(self.name(), "learning_rate", self.learning_rate)
    }

    fn update(
        &self,
        step: u64,
        learning_rate: f32,
        parameters: &mut [f32],
        gradients: &[f32],
        slots: &mut [&mut [f32]],
    ) {
        pieces::update(self, step, learning_rate, parameters, gradients, slots);
    }
}

impl Rule for GradientDescent {
    #[inline(always)]
    fn apply(
        &self,
        _step: u64,
        learning_rate: f32,
        parameters: &mut [f32],
        gradients: &[f32],
        _slots: &mut [&mut [f32]],
    ) {
        for (p, &g) in parameters.iter_mut().zip(gradients) {
            *p -= learning_rate * g;
        }
    }
}
