//! Binary cross-entropy: independent yes/no answers.

use crate::data::{Classes, TargetsView, Values};
use crate::link::{Link, OutputSpec};
use crate::losses::front::fits;
use crate::losses::{LossError, OutputLoss, check, elementwise};

/// Yes or no, one answer or several: the cross-entropy of each.
///
/// `-(p · t · ln σ(x) + (1 - t) · ln(1 - σ(x)))` for the output `x` before the sigmoid; the mean over the elements of
/// each example, then over the examples.
///
/// `t` is 0 (no) or 1 (yes), or between. `p` is the [positive weight](BinaryCrossEntropy::positive_weight), 1 unless
/// set. Computed as `p · t · softplus(-x) + (1 - t) · softplus(x)`, which neither overflows nor loses small
/// probabilities, on either side. Fits `Sigmoid` outputs and plain ones, taken as logits, with [`Values`]; an output `[1]` takes
/// [`Classes`] 0 and 1, too. The same as `torch.nn.BCEWithLogitsLoss`.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::losses::BinaryCrossEntropy;
/// let loss = BinaryCrossEntropy::new().label_smoothing(0.1).positive_weight(3.0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BinaryCrossEntropy {
    label_smoothing: f32,
    positive_weights: Vec<f32>,
}

impl BinaryCrossEntropy {
    /// Without smoothing, yes and no with equal weight.
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws the targets towards a half: `t · (1 - smoothing) + smoothing / 2`, as Keras does; 0 to 1, 0 at first.
    pub fn label_smoothing(mut self, smoothing: f32) -> Self {
        self.label_smoothing = smoothing;
        self
    }

    /// How much more a yes counts than a no, for every output; `negatives / positives` balances rare positives.
    pub fn positive_weight(mut self, weight: f32) -> Self {
        self.positive_weights = vec![weight];
        self
    }

    /// One positive weight for each element of the output's last axis.
    pub fn positive_weights(mut self, weights: impl Into<Vec<f32>>) -> Self {
        self.positive_weights = weights.into();
        self
    }
}

fits!(BinaryCrossEntropy: Sigmoid, Plain => Values);
fits!(BinaryCrossEntropy: Sigmoid, Plain => Classes);

impl OutputLoss for BinaryCrossEntropy {
    fn name(&self) -> &'static str {
        "BinaryCrossEntropy"
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
        if self.positive_weights.len() > 1 {
            check::weight_count(
                name,
                "positive_weights",
                &self.positive_weights,
                output.width,
            )?;
        }
        check::weights(name, "positive_weights", &self.positive_weights)?;
        check::link(
            name,
            output.link,
            &[Link::Sigmoid, Link::Plain],
            "`Sigmoid` and plain outputs (as logits)",
        )?;
        match targets {
            TargetsView::Values(_) => {
                let allowed = |t| (0.0..=1.0).contains(&t);
                check::values(name, output, targets, examples, "0 to 1", allowed).map(drop)
            }
            TargetsView::Classes(_) if output.width == 1 => {
                let no_and_yes = OutputSpec { width: 2, ..output };
                check::classes(name, no_and_yes, targets, examples).map(drop)
            }
            TargetsView::Classes(_) => Err(LossError::TargetKind {
                loss: name,
                expected: "a yes (1) or no (0) for each element of the output (`Values`)",
                found: targets.kind(),
            }),
        }
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
        let rule = |column: usize, x: f32, t: f32| {
            let t = t * (1.0 - self.label_smoothing) + 0.5 * self.label_smoothing;
            let weight = match self.positive_weights.as_slice() {
                [] => 1.0,
                [weight] => *weight,
                weights => weights[column],
            };
            let (yes, no) = (weight * t, 1.0 - t);
            // An answer that doesn't count adds nothing, even where its logit is infinite.
            let counted = |count: f32, x: f32| match count {
                0.0 => 0.0,
                count => count * ((-x.abs()).exp().ln_1p() + x.max(0.0)),
            };
            let derivative = no * elementwise::sigmoid(x) - yes * elementwise::sigmoid(-x);
            (counted(yes, -x) + counted(no, x), derivative)
        };
        match targets {
            TargetsView::Values(values) => {
                elementwise::walk(output, outputs, values, scale, gradients, rule)
            }
            TargetsView::Classes(classes) => {
                let rule = |column, x, class: u32| rule(column, x, class as f32);
                elementwise::walk(output, outputs, classes, scale, gradients, rule)
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::losses::tests::{Refusal, Rows};

    pub fn rows() -> Rows {
        Rows {
            loss: |settings| {
                Box::new(
                    BinaryCrossEntropy::new()
                        .label_smoothing(settings.number("label_smoothing"))
                        .positive_weights(settings.numbers("positive_weights")),
                )
            },
            links: &[Link::Plain, Link::Sigmoid],
            classes: false,
            refusals: vec![
                Refusal {
                    loss: Box::new(BinaryCrossEntropy::new()),
                    link: Link::Sigmoid,
                    shape: &[1],
                    targets: TargetsView::Classes(&[2]),
                    examples: 1,
                    message: "BinaryCrossEntropy: the class of example 0 is 2, but the output has 2 classes (0 to 1)",
                },
                Refusal {
                    loss: Box::new(BinaryCrossEntropy::new()),
                    link: Link::Sigmoid,
                    shape: &[3],
                    targets: TargetsView::Classes(&[2]),
                    examples: 1,
                    message: "BinaryCrossEntropy takes a yes (1) or no (0) for each element of the output (`Values`) as targets, but got class numbers (`Classes`)",
                },
                Refusal {
                    loss: Box::new(BinaryCrossEntropy::new()),
                    link: Link::Sigmoid,
                    shape: &[1],
                    targets: TargetsView::Values(&[0.0, 2.0]),
                    examples: 2,
                    message: "BinaryCrossEntropy: target 0 of example 1 is 2, expected 0 to 1",
                },
                Refusal {
                    loss: Box::new(BinaryCrossEntropy::new().positive_weight(-1.0)),
                    link: Link::Sigmoid,
                    shape: &[1],
                    targets: TargetsView::Values(&[0.0]),
                    examples: 1,
                    message: "BinaryCrossEntropy: positive_weights is -1, expected finite numbers, 0 or more",
                },
            ],
            cases: "",
        }
    }

    #[test]
    fn huge_logits_neither_overflow_nor_vanish() {
        let sigmoid = OutputSpec::new(Link::Sigmoid, &[2]);
        let targets = TargetsView::Values(&[0.0, 1.0]);
        let mut gradients = [0.0; 2];
        let value = BinaryCrossEntropy::new().forward_backward(
            sigmoid,
            &[500.0, -500.0],
            targets,
            1.0,
            Some(&mut gradients),
        );
        assert_eq!(value, 500.0);
        assert_eq!(gradients, [0.5, -0.5]);
    }

    #[test]
    fn sure_answers_keep_their_small_losses_on_either_side() {
        let output = OutputSpec::new(Link::Sigmoid, &[1]);
        for x in [5.0_f32, 10.0, 16.0, 30.0, 80.0] {
            let e = (-f64::from(x)).exp();
            for (t, sign) in [(1.0, 1.0), (0.0, -1.0)] {
                let mut gradient = [0.0];
                let loss = BinaryCrossEntropy::new().forward_backward(
                    output,
                    &[sign * x],
                    TargetsView::Values(&[t]),
                    1.0,
                    Some(&mut gradient),
                );
                let right = e.ln_1p();
                assert!((loss / right - 1.0).abs() < 1e-6, "{x} {t}: {loss}");
                let found = f64::from(-sign * gradient[0]);
                let right = e / (1.0 + e);
                assert!((found / right - 1.0).abs() < 1e-6, "{x} {t}: {found}");
            }
        }
    }

    #[test]
    fn classes_count_as_no_and_yes() {
        let loss = BinaryCrossEntropy::new()
            .positive_weight(2.0)
            .label_smoothing(0.1);
        let output = OutputSpec::new(Link::Sigmoid, &[1]);
        let outputs = [0.5, -1.5, 3.0];
        let classes = TargetsView::Classes(&[1, 0, 0]);
        loss.check(output, classes, 3).unwrap();
        let (mut by_class, mut by_value) = ([0.0; 3], [0.0; 3]);
        let values = TargetsView::Values(&[1.0, 0.0, 0.0]);
        assert_eq!(
            loss.forward_backward(output, &outputs, classes, 1.0, Some(&mut by_class)),
            loss.forward_backward(output, &outputs, values, 1.0, Some(&mut by_value))
        );
        assert_eq!(by_class, by_value);
    }
}
