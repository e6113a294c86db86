//! The same bits on 1, 2, 4 and 8 threads.

use rayon::{ThreadPool, ThreadPoolBuilder};
use shapeflow::engine::{OptimizerSlots, PredictWorkspace, TrainWorkspace};
use shapeflow::optimizers::{Adam, Clip};

use crate::row::Row;
use crate::sample::Sample;
use crate::table::ROWS;
use shapeflow_tests::own::SQUARES;

/// Everything that two steps and a prediction leave behind.
#[derive(PartialEq)]
struct Bits {
    losses: [u64; 2],
    values: Vec<u32>,
}

fn two_steps(row: &'static Row) -> Bits {
    let mut sample = Sample::large(row);
    let (program, examples) = (sample.program(), sample.examples);
    let optimizer = Adam::default();
    let mut slots = OptimizerSlots::new(program, &optimizer).expect("good settings");
    let mut workspace = TrainWorkspace::new(program, examples);
    // The second batch is a smaller one, as the last of an epoch.
    let losses = [examples, examples * 2 / 3].map(|examples| {
        let report = sample.with_batch(examples, |network, batch| {
            let clip = Clip::GlobalNorm(1.0);
            workspace.step(
                network,
                batch,
                &[&SQUARES],
                &optimizer,
                &mut slots,
                1e-3,
                clip,
                5,
            )
        });
        report.expect("a step").loss.to_bits()
    });
    let mut predictor = PredictWorkspace::new(program, examples);
    predictor
        .run(&*sample.network, &sample.inputs(examples), examples)
        .expect("a prediction");
    let store = sample.network.store();
    let values = [
        store.parameters(),
        store.state(),
        workspace.gradients(),
        workspace.logits(0),
        predictor.predictions(0),
    ];
    Bits {
        losses,
        values: values.concat().iter().map(|x| x.to_bits()).collect(),
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    let pool = |threads| -> ThreadPool {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads")
    };
    let pools = [1, 2, 4, 8].map(pool);
    for row in ROWS {
        let [one, others @ ..] = &pools;
        let expected = one.install(|| two_steps(row));
        for other in others {
            assert!(
                other.install(|| two_steps(row)) == expected,
                "{}: {} threads differ from one",
                row.name,
                other.current_num_threads()
            );
        }
    }
}
