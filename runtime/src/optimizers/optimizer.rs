//! What the training step asks of an optimizer.

use crate::optimizers::{OptimizerError, TensorPart};

/// An update rule: element by element, or for whole tensors, told apart by name and shape.
pub trait Optimizer: Send + Sync {
    /// The name shown in logs and written into checkpoints.
    fn name(&self) -> &'static str;

    /// The learning rate before any schedule.
    fn learning_rate(&self) -> f32;

    /// What is remembered per parameter: one buffer as long as the parameters for each name, all zero at first.
    fn slots(&self) -> &'static [&'static str];

    /// Whether the settings make sense; asked once, before training.
    ///
    /// # Errors
    /// The first setting outside its range.
    fn validate(&self) -> Result<(), OptimizerError>;

    /// Whether [`update`](Self::update) must be given this tensor whole, as a rule for matrices needs it. If not, it may
    /// come in parts, which several threads take: right for a rule that works element by element.
    fn needs_whole(&self, name: &str, shape: &[usize]) -> bool {
        let _ = (name, shape);
        false
    }

    /// One update of a tensor, or of some of its elements.
    ///
    /// `step` counts from 1. `learning_rate` is what the schedule made of [`Optimizer::learning_rate`]. Tensors come in
    /// any order and on any thread; where they are cut depends on the model alone.
    ///
    /// # Panics
    /// When the slices of `part` differ in length, or there are not as many slots as [`Optimizer::slots`] names.
    fn update(&self, step: u64, learning_rate: f32, part: TensorPart<'_>);
}
