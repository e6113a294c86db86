//! What a case gives: the values of a training pass, of its gradients and of a prediction, and how they are compared.

use std::collections::BTreeMap;

use shapeflow::engine::{PredictWorkspace, TrainWorkspace};

use crate::sample::Sample;
use shapeflow_tests::own::SQUARES;

/// `loss`, `output` of the training pass before its link, `prediction` (before that pass), `gradient/before.weight` ..,
/// `state/it.running_mean` .. (after that pass).
pub type Outcome = BTreeMap<String, Vec<f64>>;

/// The examples of a case whose values are compared.
pub const EXAMPLES: usize = 6;

/// The key of all random numbers.
const KEY: u64 = 77;

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

/// What the engine gives.
pub fn outcome(sample: &mut Sample) -> Outcome {
    let (name, program, examples) = (sample.row.name, sample.program(), sample.examples);
    let mut outcome = Outcome::new();

    // Room for more than comes, here and in training, so that rows of a smaller batch are tested too.
    let mut predictor = PredictWorkspace::new(program, examples + 1);
    let inputs = sample.inputs(examples);
    predictor
        .run(&*sample.network, &inputs, examples)
        .expect("a prediction");
    let prediction = wide(predictor.predictions(0));
    // One example alone takes other paths through the kernels.
    predictor
        .run(&*sample.network, &sample.inputs(1), 1)
        .expect("a prediction");
    let alone = wide(predictor.predictions(0));
    let first = &prediction[..alone.len()];
    close("the prediction of one example", &alone, first)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    outcome.insert("prediction".to_owned(), prediction);

    let state = sample.network.store().state().to_vec();
    let mut workspace = TrainWorkspace::new(program, examples + 3);
    let mut step = |sample: &mut Sample| {
        sample
            .network
            .store_mut()
            .both_mut()
            .1
            .copy_from_slice(&state);
        let loss = sample.with_batch(examples, |network, batch| {
            workspace
                .backward_and_gather(network, batch, &[&SQUARES], KEY, 1)
                .expect("a step")
        });
        let gradients = workspace.gradients().to_vec();
        (loss, workspace.logits(0).to_vec(), gradients)
    };
    let (loss, output, gradients) = step(sample);
    assert!(
        step(sample) == (loss, output.clone(), gradients.clone()),
        "{name}: a second step from the same state differs"
    );
    outcome.insert("loss".to_owned(), vec![loss]);
    outcome.insert("output".to_owned(), wide(&output));
    for info in program.tensors {
        let (kind, values) = match info.trained {
            true => ("gradient", &gradients[info.offset..][..info.len()]),
            false => ("state", sample.network.store().tensor(info)),
        };
        outcome.insert(format!("{kind}/{}", info.name), wide(values));
    }
    // Back to the start.
    let (_, now) = sample.network.store_mut().both_mut();
    now.copy_from_slice(&state);
    outcome
}

/// Compares everything; what differs is a line each.
pub fn compare(found: &Outcome, expected: &Outcome) -> Vec<String> {
    let names = |outcome: &Outcome| outcome.keys().cloned().collect::<Vec<_>>();
    if names(found) != names(expected) {
        let (found, expected) = (names(found), names(expected));
        return vec![format!("{found:?} instead of {expected:?}")];
    }
    let pairs = found.iter().zip(expected.values());
    pairs
        .filter_map(|((what, found), expected)| close(what, found, expected).err())
        .collect()
}

/// Compares as a whole, by the norm, and each element, with a floor for those near 0.
pub fn close(what: &str, found: &[f64], expected: &[f64]) -> Result<(), String> {
    const TOLERANCE: f64 = 2e-5;
    if found.len() != expected.len() {
        let (found, expected) = (found.len(), expected.len());
        return Err(format!("{what}: {found} numbers instead of {expected}"));
    }
    let pairs = || found.iter().zip(expected);
    let norm = expected.iter().map(|b| b * b).sum::<f64>().sqrt();
    let error = pairs().map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let mean_square = norm / (found.len().max(1) as f64).sqrt();
    // Written so that a NaN fails.
    let near = |a: f64, b: f64| (a - b).abs() <= TOLERANCE * (b.abs() + mean_square) + 1e-6;
    let far = pairs().position(|(a, b)| !near(*a, *b));
    if error <= TOLERANCE * norm + 1e-6 && far.is_none() {
        return Ok(());
    }
    let index = far.unwrap_or(0);
    Err(format!(
        "{what}: relative error {:.2e}; element {index} of {} is {} instead of {}",
        error / norm,
        found.len(),
        found[index],
        expected[index]
    ))
}
