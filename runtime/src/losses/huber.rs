//! Huber loss: squared near the target, absolute far from it.

use crate::data::Values;
use crate::losses::elementwise::ElementLoss;
use crate::losses::front::fits;
use crate::losses::{LossError, check};

/// The square of small differences and the size of large ones: less moved by outliers than the square alone.
///
/// With `d = y - t`: `d² / 2` where `|d| <= delta`, else `delta * (|d| - delta / 2)`; the mean over the elements of
/// each example, then over the examples.
///
/// Huber 1964, "Robust estimation of a location parameter". Fits plain and `Sigmoid` outputs (`y` is taken after the
/// sigmoid) with [`Values`]. The same as `torch.nn.HuberLoss(delta)` and Keras' `Huber(delta)`.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::losses::Huber;
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

impl ElementLoss for Huber {
    const NAME: &'static str = "Huber";

    fn check_settings(&self) -> Result<(), LossError> {
        let holds = self.delta.is_finite() && self.delta > 0.0;
        check::setting(Self::NAME, "delta", self.delta, "above 0", holds)
    }

    fn rule(&self, prediction: f32, target: f32) -> (f32, f32) {
        let difference = prediction - target;
        if difference.abs() <= self.delta {
            (0.5 * difference * difference, difference)
        } else {
            (
                self.delta * (difference.abs() - 0.5 * self.delta),
                self.delta * difference.signum(),
            )
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::data::TargetsView;
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
