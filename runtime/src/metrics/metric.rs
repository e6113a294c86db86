//! What training and evaluation ask of a metric.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::MetricError;

/// A figure about predictions, gathered over the batches of an epoch.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't a metric",
    label = "this isn't a metric",
    note = "the prelude's `MeanAbsoluteError` is a loss: the metric of that name is `metrics::MeanAbsoluteError`",
    note = "the loss that is trained is shown anyway; a metric of one's own implements `Metric`",
    note = "code: not-a-metric"
)]
pub trait Metric: Send {
    /// The name shown in progress and logs, such as `accuracy`.
    fn name(&self) -> &str;

    /// Which of the model's outputs it is about.
    fn output(&self) -> usize {
        0
    }

    /// Whether more is better: the direction in which early stopping and checkpoints look for the best.
    fn higher_is_better(&self) -> bool;

    /// All settings as text, without what was seen: checkpoints hold it, and a resume with other settings is refused.
    fn settings(&self) -> String {
        String::new()
    }

    /// Whether the settings make sense, alone and for this output; asked once before training or measuring begins.
    ///
    /// # Errors
    /// A [`MetricError`] that names the setting.
    fn validate(&self, output: OutputSpec) -> Result<(), MetricError> {
        let _ = output;
        Ok(())
    }

    /// Whether it reads this output as a logit, a yes above 0. With a loss that draws the output to the target itself
    /// ([`OutputLoss::is_regression`](crate::losses::OutputLoss::is_regression)) it is refused before training or measuring begins.
    fn reads_logits(&self, output: OutputSpec) -> bool {
        let _ = output;
        false
    }

    /// Forgets all batches.
    fn reset(&mut self);

    /// Takes a batch: `predictions` after the link, `(examples, size)`, and their targets.
    ///
    /// # Errors
    /// A [`MetricError`] that says which targets this metric takes; the batch then counts as not seen.
    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError>;

    /// The figure over all batches since [`Metric::reset`]. Each metric says what it is where it has no meaning, as
    /// with no examples at all.
    fn value(&self) -> f64;
}

impl<M: Metric + ?Sized> Metric for Box<M> {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn output(&self) -> usize {
        (**self).output()
    }
    fn higher_is_better(&self) -> bool {
        (**self).higher_is_better()
    }
    fn settings(&self) -> String {
        (**self).settings()
    }
    fn validate(&self, output: OutputSpec) -> Result<(), MetricError> {
        (**self).validate(output)
    }
    fn reads_logits(&self, output: OutputSpec) -> bool {
        (**self).reads_logits(output)
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        (**self).update(output, predictions, targets)
    }
    fn value(&self) -> f64 {
        (**self).value()
    }
}

/// A metric that is still needed afterwards can be lent.
impl<M: Metric + ?Sized> Metric for &mut M {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn output(&self) -> usize {
        (**self).output()
    }
    fn higher_is_better(&self) -> bool {
        (**self).higher_is_better()
    }
    fn settings(&self) -> String {
        (**self).settings()
    }
    fn validate(&self, output: OutputSpec) -> Result<(), MetricError> {
        (**self).validate(output)
    }
    fn reads_logits(&self, output: OutputSpec) -> bool {
        (**self).reads_logits(output)
    }
    fn reset(&mut self) {
        (**self).reset();
    }
    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        (**self).update(output, predictions, targets)
    }
    fn value(&self) -> f64 {
        (**self).value()
    }
}

/// The figure for predictions at hand, `(examples, size)` after the link.
///
/// # Errors
/// As [`Metric::update`].
pub fn measure(
    mut metric: impl Metric,
    output: OutputSpec,
    predictions: &[f32],
    targets: TargetsView<'_>,
) -> Result<f64, MetricError> {
    metric.validate(output)?;
    metric.reset();
    metric.update(output, predictions, targets)?;
    Ok(metric.value())
}
