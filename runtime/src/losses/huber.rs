//! Huber loss: squared near the target, absolute far from it.

use crate::data::{TargetsView, Values};
use crate::link::OutputSpec;
use crate::losses::front::fits;
use crate::losses::{LossError, OutputLoss, check, elementwise};

/// With `d = y - t`: `d² / 2` where `|d| <= delta`, else `delta * (|d| - delta / 2)`; the mean over the elements of
/// each example, then over the examples.
///
/// Huber 1964, "Robust estimation of a location parameter". Fits plain and `Sigmoid` outputs (`y` is taken after the
/// sigmoid) with [`Values`]. The same as `torch.nn.HuberLoss(delta)` and Keras' `Huber(delta)`.
///
/// ```
/// use shapeflow_runtime::losses::Huber;
/// assert_eq!(Huber::default(), Huber::new(1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    delta: f32,
}

impl Huber {
    /// Squared up to a distance of `delta` from the target.
    pub fn new(delta: f32) -> Self {
        Huber { delta }
    }
}

/// `delta = 1`.
impl Default for Huber {
    fn default() -> Self {
        Huber::new(1.0)
    }
}

fits!(Huber: Plain, Sigmoid => Values);

impl OutputLoss for Huber {
    fn name(&self) -> &'static str {
        "Huber"
    }

    fn check(
        &self,
        output: OutputSpec,
        targets: TargetsView<'_>,
        examples: usize,
    ) -> Result<(), LossError> {
        let holds = self.delta.is_finite() && self.delta > 0.0;
        check::setting(self.name(), "delta", self.delta, "above 0", holds)?;
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
        let delta = self.delta;
        let targets = check::checked_values(targets);
        elementwise::through_link(output, outputs, targets, scale, gradients, |y, t| {
            let difference = y - t;
            if difference.abs() <= delta {
                (0.5 * difference * difference, difference)
            } else {
                (
                    delta * (difference.abs() - 0.5 * delta),
                    delta * difference.signum(),
                )
            }
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
            loss: |settings| Box::new(Huber::new(settings.number("delta"))),
            links: &[Link::Plain, Link::Sigmoid],
            classes: false,
            refusals: vec![
                Refusal {
                    loss: Box::new(Huber::new(0.0)),
                    link: Link::Plain,
                    shape: &[1],
                    targets: TargetsView::Values(&[0.0]),
                    examples: 1,
                    message: "Huber: delta is 0, expected above 0",
                },
                Refusal {
                    loss: Box::new(Huber::default()),
                    link: Link::Plain,
                    shape: &[2],
                    targets: TargetsView::Values(&[0.0, 1.0, 2.0, f32::NAN]),
                    examples: 2,
                    message: "Huber: target 1 of example 1 is NaN, expected a finite number",
                },
                Refusal {
                    loss: Box::new(Huber::default()),
                    link: Link::Softmax,
                    shape: &[1],
                    targets: TargetsView::Values(&[0.0]),
                    examples: 1,
                    message: "Huber doesn't fit an output with link Softmax: it fits plain and `Sigmoid` outputs",
                },
                Refusal {
                    loss: Box::new(Huber::default()),
                    link: Link::Plain,
                    shape: &[1],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "Huber takes values (`Values`) as targets, but got class numbers (`Classes`)",
                },
            ],
            cases: "",
        }
    }
}
