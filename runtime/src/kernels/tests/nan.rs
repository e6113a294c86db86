//! A NaN in the middle of what a kernel reads comes out of it, on every instruction set: nothing turns it into a number.

use super::compare::random;
use crate::kernels::activation::{self, Activation};
use crate::kernels::batch_norm;
use crate::kernels::conv_transpose2d::{self, ConvTranspose2d};
use crate::kernels::conv2d::{self, Conv2d};
use crate::kernels::dense::{self, Dense};
use crate::kernels::elementwise::{self, Broadcast, Operation};
use crate::kernels::group_norm::{self, GroupNorm};
use crate::kernels::pad::{self, Pad2d};
use crate::kernels::permute::{self, Permute};
use crate::kernels::pool::{GlobalPool, Pool2d};
use crate::kernels::upsample2d::{self, Interpolation, Upsample2d};
use crate::kernels::{
    avg_pool2d, concat, dropout, global_avg_pool, global_max_pool, layer_norm, max_pool2d,
    rms_norm, softmax,
};
use crate::simd::on_every_isa;

/// Those that a product or norm does in its last pass, and one that it doesn't.
const ACTIVATIONS: [Activation; 5] = [
    Activation::Identity,
    Activation::Relu,
    Activation::Relu6,
    Activation::HardSigmoid,
    Activation::Gelu,
];

/// Fails if `run` gives only numbers for a NaN at some place of `len` values.
fn comes_out(what: &str, len: usize, mut run: impl FnMut(&[f32]) -> Vec<f32>) {
    on_every_isa(|isa| {
        let clean = random(len, 7);
        assert!(
            run(&clean).iter().all(|y| !y.is_nan()),
            "{what} on {isa:?}: NaN from nothing"
        );
        for at in 0..len {
            let mut x = clean.clone();
            x[at] = f32::NAN;
            assert!(
                run(&x).iter().any(|y| y.is_nan()),
                "{what} on {isa:?}: the NaN at {at} became a number"
            );
        }
    });
}

/// The buffer that `fill` writes.
fn written(len: usize, fill: impl FnOnce(&mut [f32])) -> Vec<f32> {
    let mut y = vec![0.5; len];
    fill(&mut y);
    y
}

#[test]
fn from_activations_and_dropout() {
    for act in ACTIVATIONS {
        comes_out("activation", 37, |x| {
            written(37, |y| activation::forward(act, x, y))
        });
        comes_out("gradient of an activation", 37, |d| {
            written(37, |dx| activation::backward(act, &[0.5; 37], d, dx))
        });
    }
    for key in 0..4 {
        comes_out("dropout", 37, |x| {
            written(37, |y| dropout::forward(0.7, key, 0, x, y))
        });
    }
}

#[test]
fn from_pools() {
    for (kernel, padding) in [(2, [[0; 2]; 2]), (3, [[1; 2]; 2])] {
        let spec = Pool2d::new([4, 4, 5], [kernel; 2], [2; 2], padding);
        let (inputs, outputs) = (spec.input_len(), spec.output_len());
        comes_out("max_pool2d", 2 * inputs, |x| {
            written(2 * outputs, |y| max_pool2d::forward(&spec, 2, x, y))
        });
        comes_out("avg_pool2d", 2 * inputs, |x| {
            written(2 * outputs, |y| avg_pool2d::forward(&spec, 2, x, y))
        });
        let x = random(inputs, 1);
        let y = written(outputs, |y| max_pool2d::forward(&spec, 1, &x, y));
        comes_out("gradient of max_pool2d", outputs, |dy| {
            written(inputs, |dx| max_pool2d::backward(&spec, 1, &x, &y, dy, dx))
        });
        comes_out("gradient of avg_pool2d", outputs, |dy| {
            written(inputs, |dx| avg_pool2d::backward(&spec, 1, dy, dx))
        });
    }
    let spec = GlobalPool::new(7, 21);
    comes_out("global_max_pool", 147, |x| {
        written(21, |y| global_max_pool::forward(&spec, 1, x, y))
    });
    comes_out("global_avg_pool", 147, |x| {
        written(21, |y| global_avg_pool::forward(&spec, 1, x, y))
    });
}

#[test]
fn from_norms() {
    let (ones, zeros) = ([1.0; 21], [0.0; 21]);
    for act in ACTIVATIONS {
        comes_out("batch_norm", 4 * 21, |x| {
            let partial = written(42, |to| batch_norm::partial_statistics(21, 4, x, to));
            let statistics = written(63, |to| {
                batch_norm::combine_statistics(21, 1, &[4], &partial, 0.1, to);
            });
            written(4 * 21, |y| {
                batch_norm::forward(21, 4, x, &statistics, &ones, &zeros, None, act, y);
            })
        });
        for input in 0..6 {
            // One after the other: values, mean, variance, scale, shift, residual.
            comes_out("batch_norm's prediction", 21, |values| {
                let mut operands = [ones; 6];
                operands[input].copy_from_slice(values);
                operands[2] = operands[2].map(f32::abs);
                let [x, mean, variance, scale, shift, residual] = &operands;
                written(21, |y| {
                    let residual = Some(&residual[..]);
                    batch_norm::inference(
                        21, 1, x, mean, variance, scale, shift, 0.1, residual, act, y,
                    );
                })
            });
        }
    }
    let spec = GroupNorm::new(3, 14, 2);
    comes_out("group_norm", spec.len(), |x| {
        written(spec.len(), |y| {
            group_norm::inference(&spec, 1, x, &ones[..14], &zeros[..14], 0.1, y);
        })
    });
    comes_out("layer_norm", 42, |x| {
        written(42, |y| {
            layer_norm::inference(21, 2, x, &ones, &zeros, 0.1, y);
        })
    });
    comes_out("rms_norm", 42, |x| {
        written(42, |y| rms_norm::inference(21, 2, x, &ones, 0.1, y))
    });
    comes_out("softmax", 42, |x| {
        written(42, |y| softmax::forward(21, 2, x, y))
    });
    comes_out("log_softmax", 42, |x| {
        written(42, |y| softmax::log_softmax_forward(21, 2, x, y))
    });
}

#[test]
fn from_dense_layers() {
    let spec = Dense::new(5, 19);
    let (weight, bias) = (random(95, 1), random(19, 2));
    for (act, rows) in ACTIVATIONS.into_iter().flat_map(|act| [(act, 1), (act, 3)]) {
        let run = |x: &[f32], weight: &[f32], bias: &[f32]| {
            let mut packed = vec![0.0; spec.packed_forward_len()];
            dense::pack_forward(&spec, weight, &mut packed);
            written(rows * 19, |y| {
                dense::forward(&spec, rows, x, weight, &packed, Some(bias), act, y, &mut []);
            })
        };
        let x = random(5 * rows, 3);
        comes_out("dense", 5 * rows, |x| run(x, &weight, &bias));
        comes_out("dense's weight", 95, |weight| run(&x, weight, &bias));
        comes_out("dense's bias", 19, |bias| run(&x, &weight, bias));
    }
}

#[test]
fn from_convolutions() {
    let direct = |channels, filters, kernel, stride, groups| {
        let padding = [[1, 0], [0, 1]];
        Conv2d::new(
            [6, 5, channels],
            filters,
            kernel,
            stride,
            padding,
            [1; 2],
            groups,
        )
    };
    let specs = [
        direct(3, 5, [3, 2], [2, 1], 1),
        direct(3, 3, [2, 3], [1, 1], 3),
        direct(4, 6, [1, 1], [1, 1], 2),
        // By Winograd's method.
        Conv2d::new([8, 8, 16], 16, [3; 2], [1; 2], [[1; 2]; 2], [1; 2], 1),
    ];
    for (spec, act) in specs
        .into_iter()
        .flat_map(|spec| ACTIVATIONS.map(|act| (spec, act)))
    {
        let (weight, bias) = (random(spec.weight_len(), 1), random(spec.filters(), 2));
        let run = |x: &[f32], weight: &[f32], bias: &[f32], adds| {
            let mut packed = vec![0.0; spec.packed_forward_len()];
            let mut scratch = vec![0.0; spec.forward_scratch_len()];
            conv2d::pack_forward(&spec, weight, &mut packed);
            written(spec.output_len(), |y| {
                let bias = Some(bias);
                conv2d::forward(&spec, 1, x, &packed, bias, act, y, adds, &mut scratch);
            })
        };
        let x = random(spec.input_len(), 3);
        comes_out("conv2d", x.len(), |x| run(x, &weight, &bias, false));
        comes_out("conv2d's bias", bias.len(), |bias| {
            run(&x, &weight, bias, true)
        });
    }
}

#[test]
fn from_transposed_convolutions() {
    // Also where no tap reaches, which holds the bias alone.
    for (kernel, stride, groups) in [(3, 2, 1), (1, 3, 1), (2, 3, 3)] {
        let sizes = ([4, 3, 3], [kernel; 2], [stride; 2]);
        let spec = ConvTranspose2d::new(sizes.0, 3, sizes.1, sizes.2, [[0; 2]; 2], [1; 2], groups);
        let (weight, bias) = (random(spec.weight_len(), 1), random(3, 2));
        for act in ACTIVATIONS {
            let run = |x: &[f32], bias: &[f32]| {
                let mut packed = vec![0.0; spec.packed_forward_len()];
                let mut scratch = vec![0.0; spec.forward_scratch_len()];
                conv_transpose2d::pack_forward(&spec, &weight, &mut packed);
                written(spec.output_len(), |y| {
                    let bias = Some(bias);
                    conv_transpose2d::forward(&spec, 1, x, &packed, bias, act, y, &mut scratch);
                })
            };
            let x = random(spec.input_len(), 3);
            comes_out("conv_transpose2d", x.len(), |x| run(x, &bias));
            comes_out("conv_transpose2d's bias", 3, |bias| run(&x, bias));
        }
    }
}

#[test]
fn from_layers_that_move_or_combine_numbers() {
    let spec = Broadcast::new(&[3, 7], &[7]);
    for op in [Operation::Add, Operation::Subtract, Operation::Multiply] {
        comes_out("elementwise", 21, |a| {
            written(21, |y| elementwise::forward(op, &spec, 1, a, &[0.0; 7], y))
        });
        comes_out("elementwise's right", 7, |b| {
            written(21, |y| elementwise::forward(op, &spec, 1, &[0.0; 21], b, y))
        });
    }
    let spec = Pad2d::new([3, 2, 5], [[1; 2]; 2]);
    comes_out("pad", 30, |x| {
        written(spec.output_len(), |y| pad::forward(&spec, 1, x, y))
    });
    let spec = Permute::new(&[3, 2, 5], &[2, 0, 1]);
    comes_out("permute", 30, |x| {
        written(30, |y| permute::forward(&spec, 1, x, y))
    });
    comes_out("concat", 30, |x| {
        written(60, |y| concat::forward_part(3, 20, 4, 10, x, y))
    });
    for way in [Interpolation::Nearest, Interpolation::Bilinear] {
        let spec = Upsample2d::new([3, 2, 5], [2, 3], way);
        comes_out("upsample2d", 30, |x| {
            written(spec.output_len(), |y| upsample2d::forward(&spec, 1, x, y))
        });
    }
}

/// Squares beyond the largest number: a variance of infinity would make every value 0 and pass for a result.
#[test]
fn from_squares_that_overflow() {
    on_every_isa(|isa| {
        let x = [1e30, -1e30, 2e30, -3e30];
        let (ones, zeros) = ([1.0; 4], [0.0; 4]);
        let all_nan = |what: &str, y: Vec<f32>| {
            assert!(y.iter().all(|y| y.is_nan()), "{what} on {isa:?}: {y:?}");
        };
        all_nan(
            "layer_norm",
            written(4, |y| {
                layer_norm::inference(4, 1, &x, &ones, &zeros, 0.1, y)
            }),
        );
        all_nan(
            "rms_norm",
            written(4, |y| rms_norm::inference(4, 1, &x, &ones, 0.1, y)),
        );
        let partial = written(2, |to| batch_norm::partial_statistics(1, 4, &x, to));
        let statistics = written(3, |to| {
            batch_norm::combine_statistics(1, 1, &[4], &partial, 0.1, to);
        });
        let act = Activation::Relu;
        all_nan(
            "batch_norm",
            written(4, |y| {
                batch_norm::forward(1, 4, &x, &statistics, &[1.0], &[0.0], None, act, y);
            }),
        );
        let infinite = [f32::INFINITY];
        all_nan(
            "batch_norm's prediction",
            written(4, |y| {
                batch_norm::inference(
                    1,
                    4,
                    &x,
                    &[0.0],
                    &infinite,
                    &[1.0],
                    &[0.0],
                    0.1,
                    None,
                    act,
                    y,
                );
            }),
        );
        assert!(batch_norm::factor(f32::INFINITY, 1.0, 0.1).is_nan());
    });
}
