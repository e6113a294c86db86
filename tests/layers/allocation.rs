//! Nothing is allocated in a step or a prediction after the first.

use rayon::ThreadPoolBuilder;
use shapeflow::engine::{OptimizerSlots, PredictWorkspace, TrainWorkspace};
use shapeflow::optimizers::{Adam, Clip};

use crate::sample::Sample;
use crate::table::ROWS;
use shapeflow_tests::counting::{Counting, allocations, counted};
use shapeflow_tests::own::SQUARES;

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations there are in steps and predictions after the first.
fn after_the_first(sample: &mut Sample) -> usize {
    let (program, examples) = (sample.program(), sample.examples);
    let optimizer = Adam::default();
    let mut slots = OptimizerSlots::new(program, &optimizer).expect("good settings");
    let mut workspace = TrainWorkspace::new(program, examples);
    let mut predictor = PredictWorkspace::new(program, examples);
    let mut run = |sample: &mut Sample, examples: usize| {
        sample.with_batch(examples, |network, batch| {
            predictor
                .run(network, batch.inputs, examples)
                .expect("a prediction");
            let clip = Clip::GlobalNorm(1.0);
            workspace
                .step(
                    network,
                    batch,
                    &[&SQUARES],
                    &optimizer,
                    &mut slots,
                    1e-3,
                    clip,
                    5,
                )
                .expect("a step");
        });
    };
    run(sample, examples);
    allocations(|| {
        // Also a smaller batch, as the last of an epoch.
        [examples, examples / 2, program.least_batch, examples]
            .into_iter()
            .for_each(|examples| run(sample, examples));
    })
}

#[test]
fn nothing_is_allocated_after_the_first_step_and_prediction() {
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("threads");
    let mut wrong = Vec::new();
    for row in ROWS {
        let mut sample = Sample::large(row);
        match counted(&pool, || after_the_first(&mut sample)) {
            0 => {}
            some => wrong.push(format!("{}: {some} allocations", row.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
