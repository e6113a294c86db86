//! What holds for every loss, by the rows that stand in each loss's own file.

use super::*;
use crate::link::{Link, OutputSpec};
use serde_json::Value;

/// The rows of one loss.
pub(super) struct Rows {
    /// The loss with the settings of a golden case.
    pub loss: fn(&Settings<'_>) -> Box<dyn OutputLoss>,
    /// The links that it fits.
    pub links: &'static [Link],
    /// Whether the targets of its golden cases are class numbers.
    pub classes: bool,
    /// What it refuses, and how it says so.
    pub refusals: Vec<Refusal>,
    /// Values and gradients in the form of `golden/losses.json` beside those that stand there under its name; may be empty.
    pub cases: &'static str,
}

/// One thing that a loss refuses.
pub(super) struct Refusal {
    pub loss: Box<dyn OutputLoss>,
    pub link: Link,
    pub shape: &'static [usize],
    pub targets: TargetsView<'static>,
    pub examples: usize,
    pub message: &'static str,
}

/// The settings of a golden case.
pub(super) struct Settings<'a>(&'a Value);

impl Settings<'_> {
    /// The number of this name, 0 where there is none.
    pub fn number(&self, name: &str) -> f32 {
        self.0[name].as_f64().unwrap_or(0.0) as f32
    }

    /// The numbers of this name, none where there are none.
    pub fn numbers(&self, name: &str) -> Vec<f32> {
        floats(&self.0[name])
    }
}

fn floats(value: &Value) -> Vec<f32> {
    value.as_array().map_or(Vec::new(), |list| {
        list.iter()
            .map(|number| number.as_f64().unwrap() as f32)
            .collect()
    })
}

/// A golden case: a loss with its settings, what goes in, and what must come out.
struct Case {
    context: String,
    loss: Box<dyn OutputLoss>,
    output: OutputSpec,
    examples: usize,
    outputs: Vec<f32>,
    values: Vec<f32>,
    classes: Option<Vec<u32>>,
    value: f64,
    gradients: Vec<f32>,
}

impl Case {
    fn read(rows: &Rows, case: &Value) -> Self {
        let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
        let link = *[Link::Plain, Link::Sigmoid, Link::Softmax, Link::LogSoftmax]
            .iter()
            .find(|link| case["link"] == format!("{link:?}"))
            .unwrap();
        let values = floats(&case["targets"]);
        Case {
            context: format!("{} {} {}", case["loss"], case["link"], case["settings"]),
            loss: (rows.loss)(&Settings(&case["settings"])),
            output: OutputSpec::new(link, &shape[1..]),
            examples: shape[0],
            outputs: floats(&case["outputs"]),
            classes: rows
                .classes
                .then(|| values.iter().map(|&class| class as u32).collect()),
            values,
            value: case["value"].as_f64().unwrap(),
            gradients: floats(&case["gradients"]),
        }
    }

    fn targets(&self) -> TargetsView<'_> {
        match &self.classes {
            Some(classes) => TargetsView::Classes(classes),
            None => TargetsView::Values(&self.values),
        }
    }

    fn total(&self) -> f64 {
        let (output, targets) = (self.output, self.targets());
        self.loss.total_weight(output, targets, self.examples)
    }

    /// The sum over the examples for these outputs.
    fn sum(&self, outputs: &[f32]) -> f64 {
        self.loss
            .forward_backward(self.output, outputs, self.targets(), 1.0, None)
    }
}

/// The golden cases of one loss: at least one for each link that it fits.
fn cases(name: &str, rows: &Rows) -> Vec<Case> {
    let shared = include_str!("../../tests/golden/losses.json");
    let read = |text| serde_json::from_str::<Vec<Value>>(text).unwrap();
    let shared = read(shared).into_iter().filter(|case| case["loss"] == name);
    let own = (!rows.cases.is_empty()).then(|| read(rows.cases));
    let cases: Vec<Case> = own
        .into_iter()
        .flatten()
        .chain(shared)
        .map(|case| Case::read(rows, &case))
        .collect();
    for &link in rows.links {
        let has = cases.iter().any(|case| case.output.link == link);
        assert!(has, "{name} has no golden case with link {link:?}");
    }
    cases
}

/// Runs a check on all golden cases of all losses.
fn each(check: impl Fn(&Case)) {
    for (name, rows) in rows() {
        cases(name, &rows).iter().for_each(&check);
    }
}

#[test]
fn values_and_gradients_are_pytorchs() {
    each(|case| {
        let Case { context, loss, .. } = case;
        let (output, targets) = (case.output, case.targets());
        loss.check(output, targets, case.examples).expect(context);
        let total = case.total();
        let mut gradients = vec![f32::NAN; case.outputs.len()];
        let scale = (1.0 / total) as f32;
        let sum =
            loss.forward_backward(output, &case.outputs, targets, scale, Some(&mut gradients));
        let value = case.value;
        assert!(
            (sum / total - value).abs() <= 1e-6 * value.abs().max(1.0),
            "{context}: {} for {value}",
            sum / total
        );
        for (index, (&found, &expected)) in gradients.iter().zip(&case.gradients).enumerate() {
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs() + 1e-7,
                "{context}: gradient {index} is {found}, PyTorch's {expected}"
            );
        }
        let alone = case.sum(&case.outputs);
        assert!(
            (alone - sum).abs() <= 1e-12 * sum.abs(),
            "{context}: the value depends on the gradients"
        );
    });
}

#[test]
fn gradients_are_those_of_the_values() {
    each(|case| {
        let step = 1.0 / 1024.0;
        let mut outputs = case.outputs.clone();
        for at in 0..outputs.len() {
            let x = outputs[at];
            outputs[at] = x + step;
            let above = case.sum(&outputs);
            outputs[at] = x - step;
            let below = case.sum(&outputs);
            outputs[at] = x;
            let difference = (above - below) / (2.0 * f64::from(step)) / case.total();
            let gradient = f64::from(case.gradients[at]);
            assert!(
                (gradient - difference).abs() <= 1e-4 * (1.0 + gradient.abs()),
                "{}: gradient {at} is {gradient}, by differences {difference}",
                case.context
            );
        }
    });
}

#[test]
fn the_value_does_not_depend_on_the_chunks() {
    each(|case| {
        let half = case.examples / 2;
        let (targets, size) = (case.targets(), case.output.size());
        let each = targets.len() / case.examples;
        let parts: f64 = [0..half, half..case.examples]
            .into_iter()
            .map(|part| {
                let outputs = &case.outputs[part.start * size..part.end * size];
                let targets = targets.slice(part.start * each..part.end * each);
                case.loss
                    .forward_backward(case.output, outputs, targets, 1.0, None)
            })
            .sum();
        let sum = case.sum(&case.outputs);
        assert!(
            (parts - sum).abs() <= 1e-12 * sum.abs(),
            "{}: {parts} in parts, {sum} at once",
            case.context
        );
    });
}

#[test]
fn a_nan_in_the_outputs_shows_in_the_loss() {
    each(|case| {
        for at in [0, case.output.width - 1] {
            let mut outputs = case.outputs.clone();
            outputs[at] = f32::NAN;
            let unseen = case.classes.is_some() && case.sum(&outputs).is_finite();
            assert!(
                case.sum(&outputs).is_nan() || unseen && weightless(case),
                "{}: NaN at {at} is lost",
                case.context
            );
        }
    });
}

/// Whether the class of the first row counts nothing, so that nothing of the row does.
fn weightless(case: &Case) -> bool {
    let (first, rest) = (
        case.targets().slice(0..1),
        &case.outputs[..case.output.width],
    );
    let row = OutputSpec {
        rows: 1,
        ..case.output
    };
    case.loss.forward_backward(row, rest, first, 1.0, None) == 0.0
}

#[test]
fn each_loss_bears_its_name_and_fits_its_links_only() {
    for (name, rows) in rows() {
        let loss = &cases(name, &rows)[0].loss;
        assert_eq!(loss.name(), name);
        for link in [Link::Plain, Link::Sigmoid, Link::Softmax, Link::LogSoftmax] {
            let output = OutputSpec::new(link, &[2]);
            let came = loss.check(output, TargetsView::Classes(&[]), 0);
            let refused = matches!(came, Err(LossError::Link { .. }));
            let fits = rows.links.contains(&link);
            assert_eq!(refused, !fits, "{name} {link:?}: {came:?}");
        }
    }
}

#[test]
fn wrong_settings_and_targets_are_refused() {
    for (name, rows) in rows() {
        assert!(!rows.refusals.is_empty(), "{name} refuses nothing");
        for refusal in rows.refusals {
            let output = OutputSpec::new(refusal.link, refusal.shape);
            let came = refusal
                .loss
                .check(output, refusal.targets, refusal.examples);
            assert_eq!(came.unwrap_err().to_string(), refusal.message);
        }
    }
}

#[test]
fn the_fitting_pairs_compile_and_tuples_list_their_parts() {
    use crate::data::{ClassMaps, Classes, Values};
    use crate::link::output::{LogSoftmax, Plain, Sigmoid, Softmax};

    fn names<Kind, Targets>(loss: impl Loss<Kind, Targets>) -> Vec<&'static str> {
        loss.parts().iter().map(|part| part.name()).collect()
    }
    names::<Softmax, Classes>(SparseCategoricalCrossEntropy::new());
    names::<LogSoftmax, ClassMaps>(SparseCategoricalCrossEntropy::new());
    names::<Plain, Values>(CategoricalCrossEntropy::new());
    names::<Plain, Values>(BinaryCrossEntropy::new());
    names::<Sigmoid, Values>(Weighted::new(2.0, Huber::default()));
    let losses = (
        SparseCategoricalCrossEntropy::new(),
        Weighted::new(0.3, MeanSquaredError),
        BinaryCrossEntropy::new(),
    );
    assert_eq!(
        names::<(Softmax, Plain, Sigmoid), (Classes, Values, Values)>(losses),
        [
            "SparseCategoricalCrossEntropy",
            "MeanSquaredError",
            "BinaryCrossEntropy"
        ]
    );
}
