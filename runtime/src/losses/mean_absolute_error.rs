//! Mean absolute error: `|y - t|`, averaged.

use crate::data::Values;
use crate::losses::elementwise::ElementLoss;
use crate::losses::front::fits;

/// The mean size of the differences: it learns the median.
///
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

impl ElementLoss for MeanAbsoluteError {
    const NAME: &'static str = "MeanAbsoluteError";

    fn rule(&self, prediction: f32, target: f32) -> (f32, f32) {
        let difference = prediction - target;
        let sign = if difference == 0.0 {
            0.0
        } else {
            difference.signum()
        };
        (difference.abs(), sign)
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
