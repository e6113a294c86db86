//! Each model learns from its own initial values, and what is saved is what is loaded.

use shapeflow::engine::{Network, OptimizerSlots, PredictWorkspace, TrainWorkspace};
use shapeflow::optimizers::{Adam, Clip};
use shapeflow::weights;

use crate::row::Row;
use crate::sample::Sample;
use crate::table::ROWS;
use shapeflow_tests::own::SQUARES;

const EXAMPLES: usize = 24;
const STEPS: usize = 40;

/// The model after some steps from its initial values, which make the loss smaller.
fn trained(row: &'static Row) -> Sample {
    let mut sample = Sample::new(row, EXAMPLES);
    sample.network = (row.make)(3);
    let optimizer = Adam::default();
    let mut slots = OptimizerSlots::new(sample.program(), &optimizer).expect("good settings");
    let mut workspace = TrainWorkspace::new(sample.program(), EXAMPLES);
    let losses: Vec<f64> = (0..STEPS)
        .map(|_| {
            let report = sample.with_batch(EXAMPLES, |network, batch| {
                workspace.step(
                    network,
                    batch,
                    &[&SQUARES],
                    &optimizer,
                    &mut slots,
                    0.01,
                    Clip::None,
                    5,
                )
            });
            report
                .unwrap_or_else(|error| panic!("{}: {error}", row.name))
                .loss
        })
        .collect();
    let (first, last) = (losses[0], losses[STEPS - 1]);
    assert!(
        last < first,
        "{}: the loss went from {first} to {last}",
        row.name
    );
    sample
}

/// All values of a model and what it predicts, as bits.
fn bits(network: &dyn Network, sample: &Sample) -> Vec<u32> {
    let mut predictor = PredictWorkspace::new(network.program(), EXAMPLES);
    predictor
        .run(network, &sample.inputs(EXAMPLES), EXAMPLES)
        .expect("a prediction");
    let store = network.store();
    let values = [store.parameters(), store.state(), predictor.predictions(0)];
    values.concat().iter().map(|x| x.to_bits()).collect()
}

#[test]
fn every_model_learns_and_is_the_same_when_loaded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for row in ROWS {
        let sample = trained(row);
        let file = folder.path().join(row.name);
        weights::save(&*sample.network, &file).expect("saved");
        let mut loaded = (row.make)(4);
        weights::load(&mut *loaded, &file).expect("loaded");
        assert!(
            bits(&*loaded, &sample) == bits(&*sample.network, &sample),
            "{}: other bits after loading",
            row.name
        );
    }
}
