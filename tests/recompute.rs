//! Blocks that are recomputed train to the same bits, on any number of threads, in less memory.

use rayon::ThreadPoolBuilder;
use shapeflow::model::Model;
use shapeflow_tests::models::Training;

/// How wide a block is, for which only rustc can lay out memory.
pub const WIDTH: usize = 12;

/// A network as it is, and with blocks recomputed.
macro_rules! both {
    ($($name:ident { $($model:tt)* })*) => {
        $(mod $name {
            pub mod kept {
                shapeflow::model! {
                    const AGAIN: bool = false;
                    $($model)*
                }
            }
            pub mod recomputed {
                shapeflow::model! {
                    const AGAIN: bool = true;
                    $($model)*
                }
            }
        })*
    };
}

both! {
    // Statistics over the batch, dropout, and residuals: also one that isn't the block's own.
    norms {
        block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            let y = x
                -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu -> Dropout(0.2)
                -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm(momentum = 0.9);
            (x + y) -> Relu
        }
        block Down<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
            let y = x
                -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false) -> BatchNorm -> Silu
                -> Conv2d(2 * C, 3x3, padding = same, bias = false) -> BatchNorm;
            let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm;
            (y + skip) -> Relu
        }
        block Straight<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x -> Conv2d(C, 1x1) -> Relu -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm
        }
        pub struct Net(image: [8, 8, 2]) -> [3] {
            let a = image -> Conv2d(8, 3x3, padding = same, bias = false) -> BatchNorm -> Relu;
            let b = a + (a -> Straight(recompute = AGAIN));
            b -> Relu -> [Basic(recompute = AGAIN); 3] -> Down(recompute = AGAIN) -> [Basic(recompute = AGAIN); 2]
                -> GlobalAvgPool -> Dense(3) -> Softmax
        }
    }

    // Blocks within blocks.
    nested {
        block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            let y = x
                -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
                -> Conv2d(C, 3x3, padding = same, bias = false) -> GroupNorm(2) -> Gelu -> Dropout(0.1)
                -> Conv2d(C, 1x1);
            x + y
        }
        block Stage<H, W, C>(x: [H, W, C], again: bool) -> [H, W, C] {
            x -> [Basic(recompute = again); 3] -> Conv2d(C, 1x1, bias = false) -> BatchNorm -> [Basic; 2]
        }
        block All<H, W, C>(x: [H, W, C], again: bool) -> [H, W, C] {
            x -> Stage(again, recompute = again) -> Tanh -> Stage(again)
        }
        pub struct Net(image: [6, 6, 2]) -> [3] {
            image -> Conv2d(8, 3x3, padding = same)
                -> [Stage(AGAIN, recompute = AGAIN); 2] -> All(AGAIN, recompute = AGAIN)
                -> GlobalAvgPool -> Dense(3) -> Softmax
        }
    }

    // Weight gradients over the whole batch.
    dense {
        block Wide<C>(x: [C]) -> [C] {
            x + (x -> LayerNorm -> Dense(4 * C) -> Gelu -> Dense(C) -> Dropout(0.2))
        }
        block Two<C>(x: [C], rate: f32 = 0.1) -> [C] {
            x -> [Wide; 2] -> RmsNorm -> Dense(2 * C) -> Relu -> Dropout(rate) -> Dense(C)
        }
        pub struct Net(features: [24]) -> [3] {
            features -> Dense(32) -> Relu -> [Wide(recompute = AGAIN); 5] -> [Two(0.3, recompute = AGAIN); 2]
                -> Dense(3) -> Softmax
        }
    }

    // The same of convolutions, behind statistics over the batch.
    large_weights {
        block Late<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x + (x
                -> Conv2d(2 * C, 1x1, bias = false) -> BatchNorm -> Relu
                -> Conv2d(2 * C, 2x2, padding = same, bias = false) -> BatchNorm -> Relu
                -> Conv2d(C, 5x5, padding = same))
        }
        pub struct Net(image: [12, 12, 4]) -> [3] {
            image -> Conv2d(64, 3x3, stride = 4, padding = same, bias = false) -> BatchNorm -> Relu
                -> [Late(recompute = AGAIN); 4]
                -> Flatten -> Dense(3) -> Softmax
        }
    }

    // In the arena of a thread alone: no whole batch anywhere but at the end.
    arena {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x
                -> Conv2d(3 * C, 3x3, padding = same) -> Relu -> Dropout(0.2)
                -> Conv2d(3 * C, 3x3, padding = same, depthwise) -> Silu
                -> Conv2d(C, 1x1) -> GroupNorm(2) -> Elu
        }
        block Pooled<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
            let a = x -> Conv2d(C, 3x3, padding = same) -> Relu -> MaxPool2d(2);
            let b = x -> AvgPool2d(2) -> Conv2d(C, 1x1) -> Upsample2d(2) -> Pad(1) -> Conv2d(C, 3x3, stride = 2);
            (a, b) -> Concat(axis = -1) -> ConvTranspose2d(C, 3x3, padding = 1) -> Sigmoid
        }
        pub struct Net(image: [12, 12, 3]) -> [3] {
            image -> Conv2d(8, 3x3, padding = same)
                -> [Part(recompute = AGAIN); 5] -> Pooled(recompute = AGAIN) -> [Part(recompute = AGAIN); 2]
                -> GlobalMaxPool -> Dense(3) -> Softmax
        }
    }

    // Several values in and out, layers whose weights are shared between uses, and names that memory has.
    shared {
        block Mix<C>(a: [C], b: [C]) -> (first: [C], second: [C]) {
            let c = a * (b -> Dense(C) -> Tanh -> Dense(C) -> Sigmoid);
            let d = b - (a -> Dense(C) -> Relu -> Dropout(0.1) -> Dense(C));
            (c + d, c * d)
        }
        block Deep<C>(x: [C]) -> [C] {
            let layer = Dense(C);
            x -> layer -> Relu -> layer -> Tanh -> layer -> LayerNorm
        }
        pub struct Net(features: [24]) -> [3] {
            let deep = Deep(recompute = AGAIN);
            let mix = Mix(recompute = AGAIN);
            let a = features -> kept: Dense(32) -> Relu -> deep -> deep;
            let (b, c) = (a, features -> chunk: Dense(32)) -> mix -> mix -> mix;
            (b -> deep, c) -> Concat(axis = -1) -> cut: Dense(3) -> Softmax
        }
    }

    // Memory that rustc lays out, since a size comes from outside.
    outside {
        block Part<H, W, C>(x: [H, W, C]) -> [H, W, C] {
            x + (x -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu -> Conv2d(C, 3x3, padding = same))
        }
        pub struct Net(image: [6, 6, 2]) -> [3] {
            image -> Conv2d(crate::WIDTH, 3x3, padding = same) -> [Part(recompute = AGAIN); 5]
                -> Flatten -> Dense(3) -> Softmax
        }
    }
}

/// All that some steps report and change.
fn trained<M: Model>(batch: usize, threads: usize) -> (Vec<[u64; 2]>, Vec<u32>, Vec<f32>) {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads").install(|| {
        let mut training = Training::<M>::new(batch);
        // Every third batch is a smaller one, as the last of an epoch.
        let steps = (0..6).map(|step| {
            let examples = if step % 3 == 2 { batch * 2 / 3 } else { batch };
            let report = training.step(examples).expect("a step");
            [report.loss.to_bits(), report.gradient_norm.to_bits()]
        });
        let steps = steps.collect();
        let logits = training.workspace.logits(0).to_vec();
        (steps, training.bits(), logits)
    })
}

/// Trains both on `batch` examples; of the memory for 256 of them, recomputing may take this share of what it takes without.
fn same_bits_in_less_memory<Kept: Model, Recomputed: Model>(batch: usize, most: f64) {
    let kept = trained::<Kept>(batch, 1);
    for threads in [1, 2, 4, 8] {
        let recomputed = trained::<Recomputed>(batch, threads);
        assert_eq!(kept.0, recomputed.0, "reports, on {threads} threads");
        assert!(kept.1 == recomputed.1, "weights, on {threads} threads");
        assert_eq!(kept.2, recomputed.2, "logits, on {threads} threads");
    }
    let bytes = |batch, threads| {
        [Kept::PROGRAM, Recomputed::PROGRAM].map(|p| p.train_bytes(batch, threads))
    };
    let (small, large) = (bytes(batch, 1), bytes(256, 4));
    let share = large[1] as f64 / large[0] as f64;
    assert!(
        small[1] < small[0] && share < most,
        "{small:?} and {large:?} bytes, {share:.2}"
    );
    assert!(Recomputed::TRAIN_BYTES < Kept::TRAIN_BYTES);
}

#[test]
fn norms_over_the_batch_keep_their_statistics() {
    same_bits_in_less_memory::<norms::kept::Net, norms::recomputed::Net>(20, 0.8);
}

#[test]
fn blocks_within_blocks() {
    same_bits_in_less_memory::<nested::kept::Net, nested::recomputed::Net>(12, 0.5);
}

#[test]
fn dense_layers_give_back_what_their_weights_have_read() {
    same_bits_in_less_memory::<dense::kept::Net, dense::recomputed::Net>(40, 0.55);
}

#[test]
fn large_weights_of_convolutions_too() {
    same_bits_in_less_memory::<large_weights::kept::Net, large_weights::recomputed::Net>(9, 0.85);
}

#[test]
fn within_the_arena_of_a_thread() {
    same_bits_in_less_memory::<arena::kept::Net, arena::recomputed::Net>(24, 0.7);
}

#[test]
fn several_values_and_shared_weights() {
    same_bits_in_less_memory::<shared::kept::Net, shared::recomputed::Net>(33, 0.8);
}

#[test]
fn sizes_from_outside() {
    same_bits_in_less_memory::<outside::kept::Net, outside::recomputed::Net>(18, 0.9);
}
