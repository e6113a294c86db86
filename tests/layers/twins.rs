//! Values against the slow `f64` twins, gradients against their finite differences.

use std::collections::BTreeMap;

use shapeflow::kernels::activation::Activation;
use shapeflow::kernels::{activation, softmax};
use shapeflow::link::Link;

use crate::outcome::{EXAMPLES, Outcome, compare, outcome};
use crate::row::{Run, Values};
use crate::sample::Sample;
use crate::table::ROWS;

/// What the twin gives; `seen` is the output of the training pass of the kernels.
fn twin(sample: &Sample, seen: &[f64]) -> Outcome {
    let (row, program) = (sample.row, sample.program());
    let named = sample.named();
    fn pass<'a>(
        sample: &Sample,
        training: bool,
        seen: &'a [f64],
        named: &'a BTreeMap<String, Values>,
    ) -> (Vec<f64>, Run<'a>) {
        let mut run = Run::new(sample.examples, training, seen, named);
        let x = run.dense("before", &run[sample.program().inputs[0].name]);
        let y = (sample.row.twin)(&mut run, &x);
        (y, run)
    }
    let loss = |named: &BTreeMap<String, Values>| -> f64 {
        let (y, _) = pass(sample, true, seen, named);
        assert_eq!(y.len(), sample.targets.len(), "{}: the twin", row.name);
        let squares = y.iter().zip(&sample.targets).map(|(y, &t)| {
            let difference = y - f64::from(t);
            0.5 * difference * difference
        });
        squares.sum::<f64>() / sample.examples as f64
    };

    let mut outcome = Outcome::new();
    let (output, after) = pass(sample, true, seen, &named);
    let (logits, _) = pass(sample, false, seen, &named);
    let port = &program.outputs[0];
    let prediction = match port.link {
        Link::Plain => logits,
        Link::Sigmoid => activation::reference::forward(Activation::Sigmoid, &logits),
        Link::Softmax => softmax::reference::forward(port.last_axis(), &logits),
        Link::LogSoftmax => softmax::reference::log_softmax_forward(port.last_axis(), &logits),
    };
    outcome.insert("loss".to_owned(), vec![loss(&named)]);
    outcome.insert("output".to_owned(), output);
    outcome.insert("prediction".to_owned(), prediction);
    let mut changed = named.clone();
    for info in program.tensors {
        if !info.trained {
            outcome.insert(format!("state/{}", info.name), after.after(info).to_vec());
            continue;
        }
        let mut difference = |at: usize| {
            const STEP: f64 = 1e-5;
            let start = named[info.name].values[at];
            let mut loss_at = |offset: f64| {
                changed.get_mut(info.name).expect("a tensor").values[at] = start + offset;
                loss(&changed)
            };
            let difference = (loss_at(STEP) - loss_at(-STEP)) / (2.0 * STEP);
            loss_at(0.0);
            difference
        };
        let gradient = (0..info.len()).map(&mut difference).collect();
        outcome.insert(format!("gradient/{}", info.name), gradient);
    }
    outcome
}

#[test]
fn values_are_those_of_the_twins_and_gradients_their_differences() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let mut sample = Sample::new(row, EXAMPLES);
        let mut tensors = sample.program().tensors.iter();
        assert!(
            tensors.any(|tensor| tensor.name == "before.weight"),
            "{}: what flows into the layer comes from `before: Dense(..)`",
            row.name
        );
        let found = outcome(&mut sample);
        let expected = twin(&sample, &found["output"]);
        let differences = compare(&found, &expected);
        wrong.extend(
            differences
                .iter()
                .map(|line| format!("{}: {line}", row.name)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
