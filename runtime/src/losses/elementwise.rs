//! Losses that are a rule for one element of a prediction and its target, averaged over each example's elements.

use crate::data::TargetsView;
use crate::link::{Link, OutputSpec};
use crate::losses::{LossError, OutputLoss, check};

/// A loss of numbers: its rule for one element makes it an [`OutputLoss`] for plain and `Sigmoid` outputs with `Values`.
pub(crate) trait ElementLoss: std::fmt::Debug + Send + Sync {
    /// The name shown in progress and logs.
    const NAME: &'static str;

    /// Whether the loss can be worked with as it is set.
    ///
    /// # Errors
    /// A [`LossError`] that names the setting.
    fn check_settings(&self) -> Result<(), LossError> {
        Ok(())
    }

    /// The loss of one element, and its derivative by the prediction.
    fn rule(&self, prediction: f32, target: f32) -> (f32, f32);
}

impl<L: ElementLoss> OutputLoss for L {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn is_regression(&self) -> bool {
        true
    }

    fn check(
        &self,
        output: OutputSpec,
        targets: TargetsView<'_>,
        examples: usize,
    ) -> Result<(), LossError> {
        self.check_settings()?;
        check::regression(L::NAME, output, targets, examples)
    }

    fn total_weight(&self, _: OutputSpec, _: TargetsView<'_>, examples: usize) -> f64 {
        examples as f64
    }

    fn forward_backward(
        &self,
        output: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64 {
        let targets = check::checked_values(targets);
        through_link(output, outputs, targets, scale, gradients, |y, t| {
            self.rule(y, t)
        })
    }
}

/// `Σ` over examples of the mean over their elements of `rule(prediction, target).0`; sets the gradients from
/// `.1`, the derivative by the prediction, and the link's.
fn through_link(
    output: OutputSpec,
    outputs: &[f32],
    targets: &[f32],
    scale: f32,
    gradients: Option<&mut [f32]>,
    rule: impl Fn(f32, f32) -> (f32, f32),
) -> f64 {
    match output.link {
        Link::Sigmoid => walk(
            output,
            outputs,
            targets,
            scale,
            gradients,
            |_, x, target| {
                let prediction = sigmoid(x);
                let (loss, derivative) = rule(prediction, target);
                (loss, derivative * prediction * (1.0 - prediction))
            },
        ),
        // `check` lets no other link reach here.
        _ => walk(
            output,
            outputs,
            targets,
            scale,
            gradients,
            |_, x, target| rule(x, target),
        ),
    }
}

/// The same on the outputs themselves, with the element's place on the last axis.
pub(crate) fn walk<T: Copy>(
    output: OutputSpec,
    outputs: &[f32],
    targets: &[T],
    scale: f32,
    gradients: Option<&mut [f32]>,
    rule: impl Fn(usize, f32, T) -> (f32, f32),
) -> f64 {
    assert_eq!(outputs.len(), targets.len(), "as many targets as outputs");
    let rows = outputs
        .chunks_exact(output.width)
        .zip(targets.chunks_exact(output.width));
    let mut sum = 0.0f64;
    match gradients {
        Some(gradients) => {
            assert_eq!(
                outputs.len(),
                gradients.len(),
                "as many gradients as outputs"
            );
            let factor = scale / output.size() as f32;
            for ((xs, ts), gs) in rows.zip(gradients.chunks_exact_mut(output.width)) {
                for (column, ((&x, &t), g)) in xs.iter().zip(ts).zip(gs).enumerate() {
                    let (loss, derivative) = rule(column, x, t);
                    sum += f64::from(loss);
                    *g = factor * derivative;
                }
            }
        }
        None => {
            for (xs, ts) in rows {
                for (column, (&x, &t)) in xs.iter().zip(ts).enumerate() {
                    sum += f64::from(rule(column, x, t).0);
                }
            }
        }
    }
    sum / output.size() as f64
}

/// `1 / (1 + exp(-x))`; `exp` overflows to infinity for very negative `x`, and the quotient is then 0, as it should be.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
