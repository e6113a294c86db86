//! What is taken from the heap: nothing in a step or a prediction after the first, and before that what was announced.

use rayon::ThreadPoolBuilder;
use shapeflow::engine::{PredictWorkspace, TrainWorkspace};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow_tests::counting::{Counting, allocations, bytes, counted};
use shapeflow_tests::models::{LargeWeights, SmallCnn, SmallResNet, Training, WideLayers, numbers};

#[global_allocator]
static COUNTING: Counting = Counting;

fn steps_allocate_nothing<M: Model>(batch: usize) {
    let mut training = Training::<M>::new(batch);
    training.step(batch).expect("a step");
    let count = allocations(|| {
        for step in 2..=100 {
            // Also smaller batches, as the last of an epoch.
            let examples = if step % 10 == 0 { batch / 2 + 1 } else { batch };
            training.step(examples).expect("a step");
        }
    });
    assert_eq!(count, 0, "{}: allocations in steps 2 to 100", M::NAME);
}

fn predictions_allocate_nothing<M: Model>(batch: usize) {
    let model = M::with_seed(1);
    let size = M::PROGRAM.inputs[0].size();
    let inputs = numbers(batch * size, 3);
    let mut predictor = model.predictor(batch);
    let mut one = model.predictor(1);
    let mut run = || {
        let sum: f32 = predictor
            .predict(&[&inputs], batch)
            .expect("fits")
            .iter()
            .sum();
        assert!((sum - batch as f32).abs() < 1e-2);
        let half = batch / 2;
        predictor
            .predict(&[&inputs[..half * size]], half)
            .expect("fits");
        one.predict(&[&inputs[..size]], 1).expect("fits");
    };
    run();
    let count = allocations(|| (0..50).for_each(|_| run()));
    assert_eq!(
        count,
        0,
        "{}: allocations in predictions after the first",
        M::NAME
    );
}

/// Compares bytes in use with bytes announced.
fn announced(what: &str, found: usize, announced: usize) {
    let off = (found as f64 / announced as f64 - 1.0).abs();
    assert!(
        off < 0.01,
        "{what}: {found} bytes in use, {announced} announced"
    );
}

fn bytes_are_as_announced<M: Model>(threads: usize) {
    for batch in [1, 7, 64, 128] {
        // A step too small to gain from threads runs on one, and then has memory for one.
        let (one, many) = (
            M::PROGRAM.train_bytes(batch, 1),
            M::PROGRAM.train_bytes(batch, threads),
        );
        let (found, workspace) = bytes(|| TrainWorkspace::new(M::PROGRAM, batch));
        let expected = if found.abs_diff(one) < found.abs_diff(many) {
            one
        } else {
            many
        };
        announced(
            &format!("{}: training {batch} on {threads}", M::NAME),
            found,
            expected,
        );
        assert!(
            batch < 64 || expected == many,
            "a large batch uses all threads"
        );
        drop(workspace);
        let (found, workspace) = bytes(|| PredictWorkspace::new(M::PROGRAM, batch));
        announced(
            &format!("{}: predicting {batch} on {threads}", M::NAME),
            found,
            M::PROGRAM.inference_bytes(batch, threads),
        );
        drop(workspace);
    }
    if threads == 1 {
        announced(
            M::NAME,
            bytes(|| TrainWorkspace::new(M::PROGRAM, 1)).0,
            M::TRAIN_BYTES,
        );
        announced(
            M::NAME,
            bytes(|| PredictWorkspace::new(M::PROGRAM, 1)).0,
            M::INFERENCE_BYTES,
        );
    }
}

model! {
    /// Too small for threads.
    pub struct Tiny(state: [16]) -> [4] {
        state -> Dense(32) -> Tanh -> Dense(32) -> Tanh -> Dense(4) -> Softmax
    }
}

model! {
    block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        x + (x
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C, 3x3, padding = same) -> Dropout(0.1))
    }
    block Wide<C>(x: [C]) -> [C] {
        x + (x -> Dense(2 * C) -> Gelu -> Dense(C))
    }
    /// With stages and weight gradients in its middle.
    pub struct Recomputed(image: [10, 10, 2]) -> [4] {
        image
            -> Conv2d(8, 3x3) -> [Part(recompute); 3]
            -> Flatten -> Dense(64) -> [Wide(recompute); 4]
            -> Dense(4) -> Softmax
    }
}

const _: () =
    assert!(Tiny::TRAIN_BYTES > 4 * Tiny::PARAMETERS && Tiny::INFERENCE_BYTES < Tiny::TRAIN_BYTES);

#[test]
fn memory() {
    for threads in [1, 2, 3] {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        counted(&pool, || {
            steps_allocate_nothing::<SmallCnn>(64);
            steps_allocate_nothing::<SmallResNet>(24);
            steps_allocate_nothing::<LargeWeights>(6);
            steps_allocate_nothing::<WideLayers>(20);
            steps_allocate_nothing::<Recomputed>(24);
            steps_allocate_nothing::<LargeWeights>(1);
            steps_allocate_nothing::<Tiny>(1);
            predictions_allocate_nothing::<SmallCnn>(64);
            predictions_allocate_nothing::<SmallResNet>(24);
            predictions_allocate_nothing::<LargeWeights>(6);
            predictions_allocate_nothing::<WideLayers>(6);
            predictions_allocate_nothing::<Tiny>(2);
            bytes_are_as_announced::<SmallCnn>(threads);
            bytes_are_as_announced::<SmallResNet>(threads);
            bytes_are_as_announced::<LargeWeights>(threads);
            bytes_are_as_announced::<WideLayers>(threads);
            bytes_are_as_announced::<Recomputed>(threads);
        });
    }
}
