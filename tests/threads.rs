//! The same bits on any number of threads, for any cut of the batch, and for batches smaller than the workspace.

use rayon::ThreadPoolBuilder;
use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, Network, TrainWorkspace};
use shapeflow::losses::MeanSquaredError;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow_tests::models::{LargeWeights, SmallCnn, SmallResNet, Training, WideLayers, numbers};

/// Runs `steps` steps on 1, 2, 4 and 8 threads and compares every bit.
fn same_bits<M: Model>(batch: usize, steps: usize) {
    let run = |threads: usize| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| {
            let mut training = Training::<M>::new(batch);
            let mut reports = Vec::new();
            for step in 0..steps {
                // Every fifth batch is a smaller one, as the last of an epoch.
                let examples = if step % 5 == 4 {
                    (batch * 2 / 3).max(1)
                } else {
                    batch
                };
                let report = training.step(examples).expect("a step");
                reports.push((report.loss.to_bits(), report.gradient_norm.to_bits()));
            }
            let predicted = training.workspace.logits(0).to_vec();
            let first = f64::from_bits(reports[0].0);
            let last = f64::from_bits(reports[steps - 1].0);
            assert!(
                last < first,
                "{}: the loss went from {first} to {last}",
                M::NAME
            );
            (reports, training.bits(), predicted)
        })
    };
    let one = run(1);
    for threads in [2, 4, 8] {
        assert!(
            run(threads) == one,
            "{}: {threads} threads differ from one",
            M::NAME
        );
    }
}

#[test]
fn a_convolutional_network_has_the_same_bits_on_1_2_4_and_8_threads() {
    same_bits::<SmallCnn>(100, 50);
}

#[test]
fn a_residual_network_has_the_same_bits_on_1_2_4_and_8_threads() {
    same_bits::<SmallResNet>(40, 50);
}

#[test]
fn large_weights_have_the_same_bits_on_1_2_4_and_8_threads() {
    same_bits::<LargeWeights>(6, 20);
}

/// One lane, in chunks of up to 128 examples.
#[test]
fn large_dense_layers_have_the_same_bits_on_1_2_4_and_8_threads() {
    let memory = &WideLayers::PROGRAM.train.memory;
    assert_eq!(memory.lane_examples, usize::MAX, "it goes layer by layer");
    assert_ne!(LargeWeights::PROGRAM.train.memory.lane_examples, usize::MAX);
    for (batch, steps) in [(1, 11), (20, 11), (260, 6)] {
        same_bits::<WideLayers>(batch, steps);
    }
}

#[test]
fn predictions_of_large_dense_layers_depend_on_nothing_else() {
    let model = WideLayers::with_seed(3);
    let inputs = numbers(150 * 520, 5);
    let run = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("threads").install(|| {
            let mut predictor = model.predictor(150);
            [2, 5, 17, 130, 150, 1].map(|examples| {
                let inputs = &inputs[..examples * 520];
                predictor
                    .predict(&[inputs], examples)
                    .expect("fits")
                    .to_vec()
            })
        })
    };
    let one = run(1);
    let all = &one[4];
    for some in &one[..4] {
        assert_eq!(some, &all[..some.len()], "{} numbers", some.len());
    }
    // One row of the small layer at the end is added up in another order.
    assert!(one[5].iter().zip(all).all(|(a, b)| (a - b).abs() < 1e-6));
    for threads in [2, 4, 8] {
        assert_eq!(run(threads), one, "{threads} threads differ from one");
    }
}

shapeflow::model! {
    /// Layers of one example that are shared out in every way: by Winograd's method and not, transposed, and a channel at a time.
    pub struct Shared(image: [32, 32, 16]) -> [5] {
        image
            -> Conv2d(32, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(64, 3x3, stride = 2, padding = 1) -> Relu
            -> Conv2d(64, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> ConvTranspose2d(48, 2x2, stride = 2) -> Relu
            -> Conv2d(48, 5x5, padding = same, depthwise) -> Relu
            -> Conv2d(96, 1x1) -> Relu -> MaxPool2d(2)
            -> GlobalAvgPool -> Dense(5) -> Softmax
    }
}

#[test]
fn steps_of_few_examples_have_the_same_bits_on_1_2_4_and_8_threads() {
    for batch in [1, 2, 3] {
        same_bits::<LargeWeights>(batch, 11);
        same_bits::<Shared>(batch, 11);
    }
}

/// One example whose layers are shared out among threads.
#[test]
fn one_prediction_has_the_same_bits_on_1_2_4_and_8_threads() {
    let bytes = |threads| LargeWeights::PROGRAM.inference_bytes(1, threads);
    assert!(bytes(2) > bytes(1), "something is shared");
    let model = LargeWeights::with_seed(3);
    let picture = numbers(48 * 48 * 8, 5);
    let run = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("threads").install(|| {
            let mut predictor = model.predictor(3);
            let mut predict = || predictor.predict(&[&picture], 1).expect("fits").to_vec();
            let first = predict();
            for _ in 0..20 {
                assert_eq!(predict(), first, "on {threads} threads");
            }
            first
        })
    };
    let one = run(1);
    for threads in [2, 4, 8] {
        assert_eq!(run(threads), one, "{threads} threads differ from one");
    }
    // And from outside of any pool.
    let mut predictor = model.predictor(1);
    assert_eq!(predictor.predict(&[&picture], 1).expect("fits"), one);
}

mod full {
    shapeflow::model! {
        /// The CIFAR-10 network of the Keras tutorial.
        pub struct Cifar10(image: [32, 32, 3]) -> [10] {
            image
                -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
                -> Conv2d(64, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
                -> Flatten
                -> Dense(128) -> Relu -> Dropout(0.5)
                -> Dense(10) -> Softmax
        }
    }
    shapeflow::model! {
        block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            let y = x
                -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
                -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm;
            (x + y) -> Relu
        }
        block Down<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
            let y = x
                -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false) -> BatchNorm -> Relu
                -> Conv2d(2 * C, 3x3, padding = same, bias = false) -> BatchNorm;
            let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm;
            (y + skip) -> Relu
        }
        /// He et al. 2015, the CIFAR ResNet-20.
        pub struct ResNet20(image: [32, 32, 3]) -> [10] {
            image
                -> stem: Conv2d(16, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
                -> [Basic; 3] -> Down -> [Basic; 2] -> Down -> [Basic; 2]
                -> GlobalAvgPool -> Dense(10) -> Softmax
        }
    }
}

#[test]
fn the_full_networks_have_the_same_bits() {
    same_bits::<full::Cifar10>(72, 3);
    same_bits::<full::ResNet20>(24, 3);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "minutes without optimisation: cargo test --release --test threads"
)]
fn the_full_networks_have_the_same_bits_over_50_steps() {
    same_bits::<full::Cifar10>(128, 50);
    same_bits::<full::ResNet20>(64, 50);
}

/// A batch of `examples` in a workspace for more gives the same bits as in one made for it, whatever ran before.
fn smaller_batches<M: Model>(batch: usize) {
    let mut large = Training::<M>::new(batch);
    for examples in (1..=batch).rev() {
        large.step(batch).expect("a step");
        large.model = M::with_seed(1);
        large.slots.set_steps(0);
        large.slots.vectors_mut().for_each(|v| v.fill(0.0));
        let loss = large.step(examples).expect("a step").loss;
        let mut fresh = Training::<M>::new(examples);
        fresh.inputs = large.inputs[..examples * M::PROGRAM.inputs[0].size()].to_vec();
        fresh.labels = large.labels[..examples].to_vec();
        assert_eq!(fresh.step(examples).expect("a step").loss, loss);
        assert!(
            fresh.bits() == large.bits() && fresh.workspace.logits(0) == large.workspace.logits(0),
            "{}: {examples} of {batch} examples differ from {examples} alone",
            M::NAME
        );
    }
}

#[test]
fn smaller_batches_give_what_they_give_alone() {
    smaller_batches::<SmallCnn>(37);
    smaller_batches::<SmallResNet>(19);
    smaller_batches::<WideLayers>(5);
}

model! {
    /// Shows the mask of `Dropout` in its output, beside layers that set the sizes of chunks.
    pub struct Mask(x: [40]) -> [40] {
        x -> Dropout(0.25) -> Dense(40, bias = false)
    }
}

/// The logits of `Mask` with the unit matrix as weight, on ones.
fn mask(examples: usize, key: u64) -> Vec<f32> {
    let mut model = Mask::new(0);
    let mut weight = model.dense1_weight_mut();
    weight.fill(0.0);
    weight.diag_mut().fill(1.0);
    let mut workspace = TrainWorkspace::new(Mask::PROGRAM, examples);
    let ones = vec![1.0; examples * 40];
    let batch = Batch {
        inputs: &[&ones],
        targets: &[TargetsView::Values(&ones)],
        examples,
    };
    workspace
        .backward_and_gather(&mut model, &batch, &[&MeanSquaredError], key, 1)
        .expect("a step");
    workspace.logits(0).to_vec()
}

#[test]
fn dropout_does_not_depend_on_how_the_batch_is_cut() {
    let all = mask(200, 3);
    for examples in [1, 2, 7, 33, 64, 100, 150] {
        let some = mask(examples, 3);
        assert!(
            some == all[..some.len()],
            "{examples} of 200 examples have another mask"
        );
    }
    assert!(
        all.iter()
            .all(|&x| x == 0.0 || (x - 1.0 / 0.75).abs() < 1e-6)
    );
    let dropped = all.iter().filter(|&&x| x == 0.0).count() as f64 / all.len() as f64;
    assert!(
        (dropped - 0.25).abs() < 0.02,
        "{dropped} of the elements were dropped"
    );
    assert!(mask(200, 4) != all, "another key gives another mask");
    // Rows have masks of their own.
    assert!(all[..40] != all[40..80]);
}

#[test]
fn inference_does_not_depend_on_threads_or_batch() {
    let model = SmallResNet::new(3);
    let size = SmallResNet::PROGRAM.inputs[0].size();
    let inputs = numbers(50 * size, 9);
    let run = |threads: usize, batch: usize| {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| {
            let mut predictor = model.predictor(batch);
            let mut all = Vec::new();
            for rows in inputs.chunks(batch * size) {
                all.extend_from_slice(predictor.predict(&[rows], rows.len() / size).expect("fits"));
            }
            all
        })
    };
    let one = run(1, 50);
    assert!((one.iter().sum::<f32>() - 50.0).abs() < 1e-3);
    assert!(run(2, 50) == one && run(8, 50) == one);
    for batch in [7, 32] {
        let other = run(3, batch);
        let far = other.iter().zip(&one).any(|(a, b)| (a - b).abs() > 1e-6);
        assert!(!far, "batches of {batch} differ");
    }
    assert_eq!(model.program().outputs.len(), 1);
}
