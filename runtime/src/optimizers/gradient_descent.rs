//! Gradient descent: a step against the gradient.

use crate::optimizers::elementwise::{self, Elementwise};
use crate::optimizers::error::not_negative;
use crate::optimizers::{Bounds, Optimizer, OptimizerError, OptimizerStep, TensorPart, TensorRun};

/// The bare rule, with nothing remembered.
///
/// `p ← p - learning_rate · g`.
///
/// The plainest rule, with nothing to remember. [`Sgd`](super::Sgd) adds momentum and weight decay.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::{GradientDescent, Optimizer, OptimizerStep, TensorPart};
/// let mut values = [1.0, -1.0];
/// let part = TensorPart {
///     name: "dense1.bias",
///     shape: &[2],
///     elements: 0..2,
///     values: &mut values,
///     gradient: &[1.0, 2.0],
///     slots: &mut [],
/// };
/// let optimizer = GradientDescent::new(0.5);
/// optimizer.update(&OptimizerStep::new(&optimizer, 1, 0.5), part);
/// assert_eq!(values, [0.5, -2.0]);
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

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative(self.name(), "learning_rate", self.learning_rate)
    }

    fn bounds(&self, step: &OptimizerStep, gradient: f64, before: &Bounds) -> Option<Bounds> {
        let moved = f64::from(step.learning_rate) * gradient;
        Some(Bounds::new(before.parameters + moved, [], gradient))
    }

    fn update(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        elementwise::update(self, step, part);
    }

    fn update_run(&self, step: &OptimizerStep, run: TensorRun<'_>) {
        elementwise::update_run(self, step, run);
    }
}

impl Elementwise for GradientDescent {
    #[inline(always)]
    fn apply(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        let learning_rate = step.learning_rate;
        for (p, &g) in part.values.iter_mut().zip(part.gradient) {
            *p -= learning_rate * g;
        }
    }
}
