//! What the engine asks of a loss: checks, the divisor of the mean, and value and gradient of a chunk.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::losses::LossError;

/// A loss on one output, as an object.
///
/// The loss of a batch is `Σ forward_backward(chunk) / total_weight(batch)`. The engine checks the batch's targets
/// once, cuts the batch into chunks, and gives each chunk `scale = 1 / total_weight`, so that gradients come out as
/// those of the mean.
pub trait OutputLoss: Send + Sync {
    /// The name shown in progress and logs.
    fn name(&self) -> &'static str;

    /// All settings as text, mostly `format!("{self:?}")`: checkpoints hold it, and a resume with other settings is refused.
    fn settings(&self) -> String {
        String::new()
    }

    /// Whether it draws an output to the target itself, as a loss of regression does. A plain output is then no logit, and metrics that
    /// would read it as one are refused.
    fn is_regression(&self) -> bool {
        false
    }

    /// Whether the settings, the link and these targets of `examples` examples can be worked with; asked once per
    /// batch, before the step.
    ///
    /// # Errors
    /// A [`LossError`] that names the setting, or the example and its target.
    fn check(
        &self,
        output: OutputSpec,
        targets: TargetsView<'_>,
        examples: usize,
    ) -> Result<(), LossError>;

    /// What the sum is divided by: the number of examples (or rows), or the sum of their weights. Where it is 0, nothing
    /// in the batch counts: its loss is 0, and so are its gradients. A step refuses what isn't finite or is below 0.
    fn total_weight(&self, output: OutputSpec, targets: TargetsView<'_>, examples: usize) -> f64;

    /// `Σ` over the examples of their (weighted) loss. With `gradients`, sets it to the derivative of `scale` times
    /// that sum by `outputs`; in a step it holds zeros before.
    ///
    /// It is called on any thread, for several chunks at the same time, and may use rayon itself. If it panics, so does the
    /// step; the model is then as before, and the workspace is ready for the next step.
    ///
    /// `outputs` and `gradients`: `(examples, size)`, before the link. The targets have passed [`OutputLoss::check`].
    ///
    /// # Panics
    /// When the lengths don't agree.
    fn forward_backward(
        &self,
        output: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64;
}
