//! What the training step asks of an optimizer.

use crate::optimizers::OptimizerError;

/// An update rule, element by element.
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

    /// One update of a piece of the flat buffer.
    ///
    /// `step` counts from 1. `learning_rate` is what the schedule made of [`Optimizer::learning_rate`]. The slices of
    /// `slots`, in the order of [`Optimizer::slots`], are the same piece of each buffer. Since the rule works element
    /// by element, the result doesn't depend on how the buffer is cut into pieces.
    ///
    /// # Panics
    /// When the slices differ in length or number.
    fn update(
        &self,
        step: u64,
        learning_rate: f32,
        parameters: &mut [f32],
        gradients: &[f32],
        slots: &mut [&mut [f32]],
    );
}
