//! Cross-entropy of one right class, given by its number.

use crate::data::{ClassMaps, Classes, TargetsView};
use crate::link::OutputSpec;
use crate::losses::front::fits;
use crate::losses::{LossError, OutputLoss, check, softmax};

/// One class of several, given as its number: the cross-entropy.
///
/// `-ln softmax(x)[class]` for the outputs `x` before the softmax, averaged over the rows.
///
/// Computed as `ln Σ exp(x) - x[class]`, so that softmax is applied once whatever the model ends in. Fits `Softmax`
/// and `LogSoftmax` outputs and plain ones, taken as logits, with [`Classes`] (or [`ClassMaps`], one class per
/// position, where the output has several axes). The same as `torch.nn.CrossEntropyLoss`, with its meaning of
/// smoothing `ε` and weights `w`:
///
/// `(Σ (1 - ε) · w[class] · l[class] + ε / K · Σ_c w[c] · l[c]) / Σ w[class]`, `l = -ln softmax(x)` of `K` classes.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::losses::SparseCategoricalCrossEntropy;
/// let loss = SparseCategoricalCrossEntropy::new().label_smoothing(0.1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseCategoricalCrossEntropy {
    label_smoothing: f32,
    class_weights: Vec<f32>,
}

impl SparseCategoricalCrossEntropy {
    /// Without smoothing, all classes with equal weight.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives this part of each target evenly to all classes (Szegedy et al. 2015, "Rethinking the Inception
    /// architecture", section 7); 0 to 1, 0 at first.
    pub fn label_smoothing(mut self, smoothing: f32) -> Self {
        self.label_smoothing = smoothing;
        self
    }

    /// One weight per class, for rare classes to count more; the mean is the weighted one.
    ///
    /// A weight of 0 leaves a class out, and a batch of only such classes has a loss of 0. With
    /// [`label_smoothing`](Self::label_smoothing) the rows of such a class still count by the part that goes to all classes, as in
    /// PyTorch.
    pub fn class_weights(mut self, weights: impl Into<Vec<f32>>) -> Self {
        self.class_weights = weights.into();
        self
    }
}

fits!(SparseCategoricalCrossEntropy: Softmax, LogSoftmax, Plain => Classes);
fits!(SparseCategoricalCrossEntropy: Softmax, LogSoftmax, Plain => ClassMaps);

impl OutputLoss for SparseCategoricalCrossEntropy {
    fn name(&self) -> &'static str {
        "SparseCategoricalCrossEntropy"
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
        check::classes(name, output, targets, examples).map(drop)
    }

    fn total_weight(&self, output: OutputSpec, targets: TargetsView<'_>, examples: usize) -> f64 {
        if self.class_weights.is_empty() {
            return (examples * output.rows) as f64;
        }
        let classes = check::checked_classes(targets);
        classes
            .iter()
            .map(|&class| f64::from(self.class_weights[class as usize]))
            .sum()
    }

    fn forward_backward(
        &self,
        output: OutputSpec,
        outputs: &[f32],
        targets: TargetsView<'_>,
        scale: f32,
        mut gradients: Option<&mut [f32]>,
    ) -> f64 {
        let classes = check::checked_classes(targets);
        assert_eq!(
            outputs.len(),
            classes.len() * output.width,
            "one class per row"
        );
        if let Some(gradients) = &gradients {
            assert_eq!(
                outputs.len(),
                gradients.len(),
                "as many gradients as outputs"
            );
        }
        let weight_of = |class: usize| self.class_weights.get(class).map_or(1.0, |&w| f64::from(w));
        let all_weights = match self.class_weights.as_slice() {
            [] => output.width as f64,
            weights => weights.iter().map(|&w| f64::from(w)).sum(),
        };
        let smoothing = f64::from(self.label_smoothing);
        let share = smoothing / output.width as f64;
        let mut sum = 0.0;
        for (row, &class) in classes.iter().enumerate() {
            let class = class as usize;
            let at = row * output.width..(row + 1) * output.width;
            let xs = &outputs[at.clone()];
            let right = (1.0 - smoothing) * weight_of(class);
            let log_sum = match &mut gradients {
                Some(gradients) => {
                    let gradient = &mut gradients[at];
                    let log_sum = softmax::log_sum_exp_and_softmax(xs, gradient);
                    // right · (p - δ) + share · (Σw · p - w)
                    let factor = f64::from(scale) * (right + share * all_weights);
                    gradient.iter_mut().for_each(|g| *g *= factor as f32);
                    if share > 0.0 {
                        for (c, g) in gradient.iter_mut().enumerate() {
                            *g -= (f64::from(scale) * share * weight_of(c)) as f32;
                        }
                    }
                    gradient[class] -= (f64::from(scale) * right) as f32;
                    log_sum
                }
                None => softmax::log_sum_exp(xs),
            };
            // What doesn't count adds nothing, even where its logit is -infinity.
            if right != 0.0 {
                sum += right * (log_sum - f64::from(xs[class]));
            }
            if share > 0.0 {
                let counted = xs.iter().enumerate().filter(|&(c, _)| weight_of(c) != 0.0);
                let weighted: f64 = counted
                    .map(|(c, &x)| weight_of(c) * (log_sum - f64::from(x)))
                    .sum();
                sum += share * weighted;
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
                    SparseCategoricalCrossEntropy::new()
                        .label_smoothing(settings.number("label_smoothing"))
                        .class_weights(settings.numbers("class_weights")),
                )
            },
            links: &[Link::Softmax, Link::LogSoftmax, Link::Plain],
            classes: true,
            refusals: vec![
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new().label_smoothing(1.5)),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "SparseCategoricalCrossEntropy: label_smoothing is 1.5, expected 0 to 1",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new().class_weights([1.0, 2.0])),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "SparseCategoricalCrossEntropy: class_weights is a list of 2, expected 3, one for each element of the output's last axis",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new().class_weights([0.0; 3])),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "SparseCategoricalCrossEntropy: class_weights is 0 for every class, expected one above 0 at least",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[1],
                    targets: TargetsView::Classes(&[0]),
                    examples: 1,
                    message: "SparseCategoricalCrossEntropy: the output's last axis is 1, expected 2 classes or more (for one yes/no answer: `Sigmoid` with `BinaryCrossEntropy`)",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[10],
                    targets: TargetsView::Classes(&[0, 9, 10]),
                    examples: 3,
                    message: "SparseCategoricalCrossEntropy: the class of example 2 is 10, but the output has 10 classes (0 to 9)",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[2, 3],
                    targets: TargetsView::Classes(&[0, 0, 0, 0, 0, 3]),
                    examples: 3,
                    message: "SparseCategoricalCrossEntropy: the class of example 2 is 3, but the output has 3 classes (0 to 2)",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Classes(&[0]),
                    examples: 2,
                    message: "SparseCategoricalCrossEntropy expected 2 targets (2 examples with 1 each), but got 1",
                },
                Refusal {
                    loss: Box::new(SparseCategoricalCrossEntropy::new()),
                    link: Link::Softmax,
                    shape: &[3],
                    targets: TargetsView::Values(&[0.0]),
                    examples: 1,
                    message: "SparseCategoricalCrossEntropy takes class numbers (`Classes`) as targets, but got values (`Values`)",
                },
            ],
            cases: "",
        }
    }

    #[test]
    fn huge_logits_neither_overflow_nor_vanish() {
        let softmax = OutputSpec::new(Link::Softmax, &[3]);
        let mut gradients = [0.0; 3];
        let value = SparseCategoricalCrossEntropy::new().forward_backward(
            softmax,
            &[1000.0, -1000.0, 0.0],
            TargetsView::Classes(&[1]),
            1.0,
            Some(&mut gradients),
        );
        assert_eq!(value, 2000.0);
        assert_eq!(gradients, [1.0, -1.0, 0.0]);
    }

    #[test]
    fn a_class_without_weight_adds_nothing_where_its_logit_is_infinite() {
        let output = OutputSpec::new(Link::Softmax, &[3]);
        let loss = SparseCategoricalCrossEntropy::new()
            .label_smoothing(0.3)
            .class_weights([1.0, 3.0, 0.0]);
        let outputs = [1.0, 0.0, f32::NEG_INFINITY];
        // 0.7 l[0] + 0.1 (l[0] + 3 l[1]), with l[0] = ln(1 + 1/e) and l[1] = l[0] + 1.
        let first = (-1f64).exp().ln_1p();
        let right = 0.7 * first + 0.1 * (first + 3.0 * (first + 1.0));
        let sum = loss.forward_backward(output, &outputs, TargetsView::Classes(&[0]), 1.0, None);
        assert!((sum - right).abs() < 1e-6, "{sum}, expected {right}");
        let unsmoothed = loss.label_smoothing(0.0);
        let left_out = TargetsView::Classes(&[2]);
        assert_eq!(
            unsmoothed.forward_backward(output, &outputs, left_out, 1.0, None),
            0.0
        );
    }

    #[test]
    fn a_batch_of_classes_without_weight_has_no_loss() {
        let output = OutputSpec::new(Link::Softmax, &[2]);
        let loss = SparseCategoricalCrossEntropy::new().class_weights([1.0, 0.0]);
        let targets = TargetsView::Classes(&[1, 1]);
        assert_eq!(loss.total_weight(output, targets, 2), 0.0);
        assert_eq!(
            loss.forward_backward(output, &[1.0, 2.0, 3.0, 4.0], targets, 1.0, None),
            0.0
        );
    }

    #[test]
    fn wide_rows_are_exact_too() {
        let width = 1003;
        let outputs: Vec<f32> = (0..width).map(|i| (i as f32 * 0.7).sin() * 20.0).collect();
        let sum: f64 = outputs.iter().map(|&x| f64::from(x).exp()).sum();
        let expected = sum.ln() - f64::from(outputs[500]);
        let output = OutputSpec::new(Link::Softmax, &[width]);
        let mut gradients = vec![0.0; width];
        let value = SparseCategoricalCrossEntropy::new().forward_backward(
            output,
            &outputs,
            TargetsView::Classes(&[500]),
            1.0,
            Some(&mut gradients),
        );
        assert!((value - expected).abs() < 1e-6, "{value} for {expected}");
        for (index, (&found, &x)) in gradients.iter().zip(&outputs).enumerate() {
            let right = if index == 500 { 1.0 } else { 0.0 };
            let expected = f64::from(x).exp() / sum - right;
            assert!(
                (f64::from(found) - expected).abs() < 1e-7 + 1e-6 * expected.abs(),
                "gradient {index} is {found} for {expected}"
            );
        }
    }
}
