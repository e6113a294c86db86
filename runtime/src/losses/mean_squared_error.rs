//! Mean squared error: `(y - t)²`, averaged.

use crate::data::Values;
use crate::losses::elementwise::ElementLoss;
use crate::losses::front::fits;

/// The mean square of the differences: it learns the mean.
///
/// `mean((y - t)²)` over the elements of each example, then over the examples.
///
/// For predicting numbers. Fits plain and `Sigmoid` outputs (`y` is taken after the sigmoid) with
/// [`Values`]. The same as `torch.nn.MSELoss()` and Keras' `MeanSquaredError`.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::TargetsView;
/// use shapeflow::link::{Link, OutputSpec};
/// use shapeflow::losses::{MeanSquaredError, OutputLoss};
/// let output = OutputSpec::new(Link::Plain, &[2]);
/// let targets = TargetsView::Values(&[1.0, 0.0]);
/// let mut gradient = [0.0; 2];
/// let loss = MeanSquaredError.forward_backward(output, &[3.0, 0.0], targets, 1.0, Some(&mut gradient));
/// assert_eq!(loss, 2.0);
/// assert_eq!(gradient, [2.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanSquaredError;

impl MeanSquaredError {
    /// The same as `MeanSquaredError` alone, for the likeness with the losses that have settings.
    pub fn new() -> Self {
        MeanSquaredError
    }
}

fits!(MeanSquaredError: Plain, Sigmoid => Values);

impl ElementLoss for MeanSquaredError {
    const NAME: &'static str = "MeanSquaredError";

    fn rule(&self, prediction: f32, target: f32) -> (f32, f32) {
        let difference = prediction - target;
        (difference * difference, 2.0 * difference)
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
            loss: |_| Box::new(MeanSquaredError),
            links: &[Link::Plain, Link::Sigmoid],
            classes: false,
            refusals: vec![
                Refusal {
                    loss: Box::new(MeanSquaredError),
                    link: Link::Plain,
                    shape: &[2],
                    targets: TargetsView::Values(&[0.0, 1.0, 2.0, f32::NAN]),
                    examples: 2,
                    message: "MeanSquaredError: target 1 of example 1 is NaN, expected a finite number",
                },
                Refusal {
                    loss: Box::new(MeanSquaredError),
                    link: Link::Softmax,
                    shape: &[1],
                    targets: TargetsView::Values(&[0.0]),
                    examples: 1,
                    message: "MeanSquaredError doesn't fit an output with link Softmax: it fits plain and `Sigmoid` outputs",
                },
                Refusal {
                    loss: Box::new(MeanSquaredError),
                    link: Link::Plain,
                    shape: &[1],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "MeanSquaredError takes values (`Values`) as targets, but got class numbers (`Classes`)",
                },
            ],
            cases: "",
        }
    }
}
