//! Cross-entropy of a row of class probabilities: one-hot, or soft.

use crate::data::{TargetsView, Values};
use crate::link::OutputSpec;
use crate::losses::front::fits;
use crate::losses::{LossError, OutputLoss, check, softmax};

/// One class of several, given as probabilities: the cross-entropy.
///
/// `-Σ_c t[c] · ln softmax(x)[c]` for the outputs `x` before the softmax, averaged over the rows.
///
/// The targets `t` are one-hot rows, or probabilities that sum to 1 (to within a thousandth). Softmax is applied once
/// whatever the model ends in. Fits `Softmax` and `LogSoftmax` outputs and plain ones, taken as logits, with
/// [`Values`]. The same as `torch.nn.CrossEntropyLoss` with probabilities as targets: smoothing `ε` replaces `t` with
/// `(1 - ε) · t + ε / K`, class weights multiply the terms of the sum over `c`, and the mean is over the rows.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::losses::CategoricalCrossEntropy;
/// let loss = CategoricalCrossEntropy::new().label_smoothing(0.1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CategoricalCrossEntropy {
    label_smoothing: f32,
    class_weights: Vec<f32>,
}

impl CategoricalCrossEntropy {
    /// Without smoothing, all classes with equal weight.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives this part of each target evenly to all classes; 0 to 1, 0 at first.
    pub fn label_smoothing(mut self, smoothing: f32) -> Self {
        self.label_smoothing = smoothing;
        self
    }

    /// One weight per class. Unlike with
    /// [`SparseCategoricalCrossEntropy`](super::SparseCategoricalCrossEntropy::class_weights), the sum is divided by
    /// the number of rows, not by their weight: PyTorch does so too.
    pub fn class_weights(mut self, weights: impl Into<Vec<f32>>) -> Self {
        self.class_weights = weights.into();
        self
    }
}

fits!(CategoricalCrossEntropy: Softmax, LogSoftmax, Plain => Values);

impl OutputLoss for CategoricalCrossEntropy {
    fn name(&self) -> &'static str {
        "CategoricalCrossEntropy"
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn check(
        &self,
        output: OutputSpec,
        targets: TargetsView<'_>,
        examples: usize,
    ) -> Result<(), LossError> {
        let name = self.name();
        check::smoothing(name, self.label_smoothing)?;
        check::class_weights(name, &self.class_weights, output.width)?;
        softmax::check_link(name, output.link)?;
        check::several_classes(name, output)?;
        let values = check::values(name, output, targets, examples, "0 to 1", |t| {
            (0.0..=1.0).contains(&t)
        })?;
        for (row, probabilities) in values.chunks_exact(output.width).enumerate() {
            let sum: f64 = probabilities.iter().copied().map(f64::from).sum();
            if (sum - 1.0).abs() > 1e-3 {
                return Err(LossError::Distribution {
                    loss: name,
                    example: row / output.rows,
                    sum,
                });
            }
        }
        Ok(())
    }

    fn total_weight(&self, output: OutputSpec, _: TargetsView<'_>, examples: usize) -> f64 {
        (examples * output.rows) as f64
    }

    fn forward_backward(
        &self,
        output: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        mut gradients: Option<&mut [f32]>,
    ) -> f64 {
        let targets = check::checked_values(targets);
        assert_eq!(outputs.len(), targets.len(), "as many targets as outputs");
        if let Some(gradients) = &gradients {
            assert_eq!(
                outputs.len(),
                gradients.len(),
                "as many gradients as outputs"
            );
        }
        let smoothing = f64::from(self.label_smoothing);
        let share = smoothing / output.width as f64;
        // What class `c` with target `t` counts: w[c] · ((1 - ε) t + ε / K).
        let counts = |c: usize, t: f32| {
            let weight = self.class_weights.get(c).map_or(1.0, |&w| f64::from(w));
            weight * ((1.0 - smoothing) * f64::from(t) + share)
        };
        let mut sum = 0.0;
        for (row, ts) in targets.chunks_exact(output.width).enumerate() {
            let at = row * output.width..(row + 1) * output.width;
            let xs = &outputs[at.clone()];
            let log_sum = match &mut gradients {
                Some(gradients) => {
                    let gradient = &mut gradients[at];
                    let log_sum = softmax::log_sum_exp_and_softmax(xs, gradient);
                    let all: f64 = ts.iter().enumerate().map(|(c, &t)| counts(c, t)).sum();
                    for (c, (g, &t)) in gradient.iter_mut().zip(ts).enumerate() {
                        let derivative = all * f64::from(*g) - counts(c, t);
                        *g = (f64::from(scale) * derivative) as f32;
                    }
                    log_sum
                }
                None => softmax::log_sum_exp(xs),
            };
            for (c, (&x, &t)) in xs.iter().zip(ts).enumerate() {
                let count = counts(c, t);
                // A class that doesn't count adds nothing, even where its logit is -infinity.
                if count != 0.0 {
                    sum += count * (log_sum - f64::from(x));
                }
            }
        }
        sum
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::link::Link;
    use crate::losses::tests::{Refusal, Rows};

    pub fn rows() -> Rows {
        Rows {
            loss: |settings| {
                Box::new(
                    CategoricalCrossEntropy::new()
                        .label_smoothing(settings.number("label_smoothing"))
                        .class_weights(settings.numbers("class_weights")),
                )
            },
            links: &[Link::Softmax, Link::LogSoftmax, Link::Plain],
            classes: false,
            refusals: vec![
                Refusal {
                    loss: Box::new(CategoricalCrossEntropy::new().label_smoothing(1.5)),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "CategoricalCrossEntropy: label_smoothing is 1.5, expected 0 to 1",
                },
                Refusal {
                    loss: Box::new(CategoricalCrossEntropy::new().class_weights([1.0, 2.0])),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "CategoricalCrossEntropy: class_weights is a list of 2, expected 3, one for each element of the output's last axis",
                },
                Refusal {
                    loss: Box::new(CategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[1],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "CategoricalCrossEntropy: the output's last axis is 1, expected 2 classes or more (for one yes/no answer: `Sigmoid` with `BinaryCrossEntropy`)",
                },
                Refusal {
                    loss: Box::new(CategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[2],
                    targets: TargetsView::Values(&[1.0, 0.0, 1.0, 1.0]),
                    examples: 2,
                    message: "CategoricalCrossEntropy: the class probabilities of example 1 sum to 2, expected 1 (one-hot or soft classes)",
                },
            ],
            cases: "",
        }
    }
}
