//! Mean absolute error: `|y - t|`, averaged.

use crate::data::{TargetsView, Values};
use crate::link::OutputSpec;
use crate::losses::front::fits;
use crate::losses::{LossError, OutputLoss, check, elementwise};

/// `mean(|y - t|)` over the elements of each example, then over the examples.
///
/// Less moved by outliers than [`MeanSquaredError`](super::MeanSquaredError). The derivative at `y = t` is 0. Fits
/// plain and `Sigmoid` outputs (`y` is taken after the sigmoid) with [`Values`]. The same as `torch.nn.L1Loss()` and
/// Keras' `MeanAbsoluteError`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError;

impl MeanAbsoluteError {
    /// The same as `MeanAbsoluteError` alone, for the likeness with the losses that have settings.
    pub fn new() -> Self {
        MeanAbsoluteError
    }
}

fits!(MeanAbsoluteError: Plain, Sigmoid => Values);

impl OutputLoss for MeanAbsoluteError {
    fn name(&self) -> &'static str {
        "MeanAbsoluteError"
    }

    fn check(
        &self,
        output: OutputSpec,
        targets: TargetsView<'_>,
        examples: usize,
    ) -> Result<(), LossError> {
        check::regression(self.name(), output, targets, examples)
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
        elementwise::through_link(output, outputs, targets, scale, gradients, |y, t| {
            let difference = y - t;
            let sign = if difference == 0.0 {
                0.0
            } else {
                difference.signum()
            };
            (difference.abs(), sign)
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::link::Link;
    use crate::losses::tests::{Refusal, Rows};

    pub fn rows() -> Rows {
        Rows {
            loss: |_| Box::new(MeanAbsoluteError),
            links: &[Link::Plain, Link::Sigmoid],
            classes: false,
            refusals: vec![
                Refusal {
                    loss: Box::new(MeanAbsoluteError),
                    link: Link::Plain,
                    shape: &[2],
                    targets: TargetsView::Values(&[0.0, 1.0, 2.0, f32::NAN]),
                    examples: 2,
                    message: "MeanAbsoluteError: target 1 of example 1 is NaN, expected a finite number",
                },
                Refusal {
                    loss: Box::new(MeanAbsoluteError),
                    link: Link::Softmax,
                    shape: &[1],
                    targets: TargetsView::Values(&[0.0]),
                    examples: 1,
                    message: "MeanAbsoluteError doesn't fit an output with link Softmax: it fits plain and `Sigmoid` outputs",
                },
                Refusal {
                    loss: Box::new(MeanAbsoluteError),
                    link: Link::Plain,
                    shape: &[1],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "MeanAbsoluteError takes values (`Values`) as targets, but got class numbers (`Classes`)",
                },
            ],
            cases: "",
        }
    }
}
