//! Kernels with absurd sizes: each panics with a message or returns, and none touches memory that isn't its own.
//!
//! A fault would end this program; under AddressSanitizer (`.ci/asan`) so does a number read or written outside a slice.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use shapeflow_runtime::init;
use shapeflow_runtime::kernels::activation::{self, Activation};
use shapeflow_runtime::kernels::conv_transpose2d::{self, ConvTranspose2d};
use shapeflow_runtime::kernels::conv2d::{self, Conv2d};
use shapeflow_runtime::kernels::dense::{self, Dense};
use shapeflow_runtime::kernels::elementwise::{self, Broadcast, Operation};
use shapeflow_runtime::kernels::group_norm::{self, GroupNorm};
use shapeflow_runtime::kernels::pad::{self, Pad2d};
use shapeflow_runtime::kernels::permute::{self, Permute};
use shapeflow_runtime::kernels::pool::{GlobalPool, Pool2d};
use shapeflow_runtime::kernels::upsample2d::{self, Interpolation, Upsample2d};
use shapeflow_runtime::kernels::{
    avg_pool2d, batch_norm, concat, dropout, global_avg_pool, global_max_pool, layer_norm,
    max_pool2d, rms_norm, softmax,
};

const SIZES: [usize; 10] = [
    0,
    1,
    2,
    3,
    17,
    1 << 31,
    (1 << 32) + 1,
    (1 << 61) + 1,
    1 << 63,
    usize::MAX,
];

/// Lengths of slices: those that wrapped products of the sizes come to are among them.
const LENGTHS: [usize; 7] = [0, 1, 2, 4, 6, 17, 34];

/// Calls that came to an end, and those that panicked with nothing to say.
static RETURNED: AtomicUsize = AtomicUsize::new(0);
static SPEECHLESS: AtomicUsize = AtomicUsize::new(0);

/// Runs a call that may panic, but with a message.
fn attempt(call: impl FnOnce()) {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(()) => RETURNED.fetch_add(1, Ordering::Relaxed),
        Err(panic) if panic.is::<String>() || panic.is::<&str>() => 0,
        Err(_) => SPEECHLESS.fetch_add(1, Ordering::Relaxed),
    };
}

/// Silences the panics that are expected; a test that fails says so by its own message.
fn quietly(body: impl FnOnce()) {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = catch_unwind(AssertUnwindSafe(body));
    std::panic::set_hook(hook);
    assert_eq!(
        SPEECHLESS.load(Ordering::Relaxed),
        0,
        "panics without a message"
    );
    assert!(
        RETURNED.load(Ordering::Relaxed) > 0,
        "every call was refused"
    );
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

/// All choices of `N` sizes.
fn choices<const N: usize>() -> impl Iterator<Item = [usize; N]> {
    (0..SIZES.len().pow(N as u32)).map(|mut number| {
        std::array::from_fn(|_| {
            let size = SIZES[number % SIZES.len()];
            number /= SIZES.len();
            size
        })
    })
}

/// `base` with one or two of its places exchanged for a size of the list.
fn mutations<const N: usize>(base: [usize; N]) -> Vec<[usize; N]> {
    let mut all = vec![base];
    for i in 0..N {
        for j in i..N {
            for [a, b] in choices::<2>() {
                let mut sizes = base;
                sizes[i] = a;
                sizes[j] = b;
                all.push(sizes);
            }
        }
    }
    all
}

/// Slices of the lengths that the sizes ask for where those are small, else of some other length.
fn fitting(len: usize, other: usize) -> Vec<f32> {
    vec![0.5; if len <= 4096 { len } else { other }]
}

#[test]
fn kernels_by_rows_and_columns() {
    quietly(|| {
        for [size, rows] in choices::<2>() {
            for len in LENGTHS.into_iter().chain([size.wrapping_mul(rows) % 4096]) {
                let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
                let (row, rows_twice) = (fitting(size, len), fitting(rows.wrapping_mul(2), len));
                let (three, two) = (
                    fitting(size.wrapping_mul(3), len),
                    fitting(size.wrapping_mul(2), len),
                );
                attempt(|| softmax::forward(size, rows, &x, &mut y));
                attempt(|| softmax::forward_in_place(size, rows, &mut y));
                attempt(|| softmax::backward(size, rows, &x, &x, &mut y));
                attempt(|| softmax::backward_in_place(size, rows, &x, &mut y));
                attempt(|| softmax::log_softmax_forward(size, rows, &x, &mut y));
                attempt(|| softmax::log_softmax_forward_in_place(size, rows, &mut y));
                attempt(|| softmax::log_softmax_backward(size, rows, &x, &x, &mut y));
                attempt(|| softmax::log_softmax_backward_in_place(size, rows, &x, &mut y));
                let mut saved = rows_twice.clone();
                let [mut a, mut b] = [row.clone(), row.clone()];
                attempt(|| {
                    layer_norm::forward(size, rows, &x, &row, &row, 0.1, &mut y, &mut saved)
                });
                attempt(|| layer_norm::inference(size, rows, &x, &row, &row, 0.1, &mut y));
                attempt(|| layer_norm::inference_in_place(size, rows, &mut y, &row, &row, 0.1));
                attempt(|| {
                    layer_norm::backward(size, rows, &x, &saved, &row, &x, &mut y, &mut a, &mut b)
                });
                attempt(|| {
                    layer_norm::backward_in_place(
                        size, rows, &x, &saved, &row, &mut y, &mut a, &mut b,
                    )
                });
                let mut saved = fitting(rows, len);
                attempt(|| rms_norm::forward(size, rows, &x, &row, 0.1, &mut y, &mut saved));
                attempt(|| rms_norm::inference(size, rows, &x, &row, 0.1, &mut y));
                attempt(|| rms_norm::backward(size, rows, &x, &saved, &row, &x, &mut y, &mut a));
                let act = Activation::Relu;
                let (mut statistics, mut partial) = (three.clone(), two.clone());
                attempt(|| batch_norm::partial_statistics(size, rows, &x, &mut partial));
                attempt(|| {
                    batch_norm::combine_statistics(size, rows, &[1], &partial, 0.1, &mut statistics)
                });
                attempt(|| {
                    batch_norm::combine_statistics(size, 2, &[rows, rows], &x, 0.1, &mut statistics)
                });
                attempt(|| {
                    batch_norm::update_running(size, rows, 0.9, &statistics, &mut a, &mut b)
                });
                attempt(|| {
                    batch_norm::forward(size, rows, &x, &three, &row, &row, None, act, &mut y)
                });
                attempt(|| {
                    batch_norm::forward(size, rows, &x, &three, &row, &row, Some(&x), act, &mut y)
                });
                attempt(|| {
                    batch_norm::inference(
                        size, rows, &x, &row, &row, &row, &row, 0.1, None, act, &mut y,
                    );
                });
                attempt(|| batch_norm::backward_partial(size, rows, &x, &three, &x, &mut partial));
                attempt(|| {
                    batch_norm::backward_partial_in_place(
                        size,
                        rows,
                        &x,
                        &three,
                        act,
                        &x,
                        &mut y,
                        &mut partial,
                    );
                });
                attempt(|| {
                    batch_norm::backward_combine(
                        size,
                        rows,
                        &x,
                        &three,
                        &row,
                        &mut statistics,
                        &mut a,
                        &mut b,
                    );
                });
                attempt(|| batch_norm::backward_input(size, rows, &x, &three, &x, &mut y));
            }
        }
    });
}

#[test]
fn parts_of_rows() {
    quietly(|| {
        for [outer, total, offset, part] in choices::<4>() {
            for len in [0, 2, 34] {
                let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
                attempt(|| concat::forward_part(outer, total, offset, part, &x, &mut y));
                attempt(|| concat::backward_part(outer, total, offset, part, &x, &mut y));
            }
        }
    });
}

#[test]
fn slices_of_unequal_length() {
    quietly(|| {
        for [a, b] in [[0, 1], [1, 0], [17, 34], [34, 17], [2, 2]] {
            let (x, mut y) = (vec![0.5; a], vec![0.5; b]);
            for act in [Activation::Identity, Activation::Relu, Activation::Gelu] {
                attempt(|| activation::forward(act, &x, &mut y));
                attempt(|| activation::backward(act, &x, &x, &mut y));
                attempt(|| activation::backward_in_place(act, &x, &mut y));
            }
            for rate in [-1.0, 0.0, 0.5, 1.0, f32::NAN, f32::INFINITY] {
                attempt(|| dropout::forward(rate, 1, u64::MAX, &x, &mut y));
                attempt(|| dropout::backward_in_place(rate, 1, u64::MAX - 3, &mut y));
            }
            attempt(|| elementwise::forward_in_place(Operation::Add, &mut y, &x));
            attempt(|| elementwise::scale(2.0, &x, &mut y));
            attempt(|| elementwise::affine(2.0, 1.0, &x, &mut y));
            attempt(|| elementwise::add_assign(&mut y, &x));
            attempt(|| elementwise::copy(&x, &mut y));
            attempt(|| batch_norm::fold_bias(None, &x, &x, &x, &x, 0.1, &mut y));
        }
        for sizes in choices::<3>() {
            attempt(|| {
                init::fans(&sizes);
            });
            for rule in [
                init::Init::GlorotUniform,
                init::Init::Orthogonal(1.0),
                init::Init::HeNormal,
            ] {
                attempt(|| init::fill(rule, &sizes, (sizes[0], sizes[1]), 1, "w", &mut [0.0; 6]));
            }
        }
    });
}

#[test]
fn dense_layers() {
    quietly(|| {
        for [inputs, units, rows] in choices::<3>() {
            attempt(|| {
                let spec = Dense::new(inputs, units);
                let _ = spec.flops();
                for len in LENGTHS {
                    let weight = fitting(spec.weight_len(), len);
                    let mut forward = fitting(spec.packed_forward_len(), len);
                    let mut backward = fitting(spec.packed_backward_len(), len);
                    let mut scratch = vec![0.0; spec.backward_weight_scratch_len()];
                    let (x, mut y) = (
                        fitting(rows.wrapping_mul(inputs), len),
                        fitting(rows.wrapping_mul(units), len),
                    );
                    let (mut dx, mut dweight, mut dbias) =
                        (x.clone(), weight.clone(), fitting(units, len));
                    attempt(|| dense::pack_forward(&spec, &weight, &mut forward));
                    attempt(|| dense::pack_backward(&spec, &weight, &mut backward));
                    attempt(|| {
                        dense::forward(
                            &spec,
                            rows,
                            &x,
                            &weight,
                            &forward,
                            None,
                            Activation::Relu,
                            &mut y,
                            &mut [],
                        );
                    });
                    attempt(|| {
                        dense::backward_input(
                            &spec,
                            rows,
                            &y,
                            &weight,
                            &backward,
                            &mut dx,
                            true,
                            &mut [],
                        );
                    });
                    for range in [0..inputs, rows..inputs, 0..rows, inputs..0] {
                        attempt(|| {
                            dense::backward_weight(
                                &spec,
                                rows,
                                &x,
                                &y,
                                range,
                                false,
                                &mut dweight,
                                &mut scratch,
                            );
                        });
                    }
                    attempt(|| dense::backward_bias(&spec, rows, &y, &mut dbias));
                }
            });
        }
    });
}

#[test]
fn pools() {
    quietly(|| {
        // Examples, picture, kernel, stride and padding.
        for sizes in mutations([2, 3, 4, 5, 2, 2, 2, 2, 0, 0, 0, 0]) {
            let [
                n,
                height,
                width,
                channels,
                kh,
                kw,
                sh,
                sw,
                top,
                bottom,
                left,
                right,
            ] = sizes;
            attempt(|| {
                let picture = [height, width, channels];
                let spec = Pool2d::new(picture, [kh, kw], [sh, sw], [[top, bottom], [left, right]]);
                for other in [0, 17] {
                    let x = fitting(n.wrapping_mul(spec.input_len()), other);
                    let mut y = fitting(n.wrapping_mul(spec.output_len()), other);
                    let (dy, mut dx) = (y.clone(), x.clone());
                    attempt(|| max_pool2d::forward(&spec, n, &x, &mut y));
                    attempt(|| max_pool2d::backward(&spec, n, &x, &y, &dy, &mut dx));
                    attempt(|| max_pool2d::backward_through_relu(&spec, n, &x, &y, &dy, &mut dx));
                    attempt(|| avg_pool2d::forward(&spec, n, &x, &mut y));
                    attempt(|| avg_pool2d::backward(&spec, n, &dy, &mut dx));
                }
            });
        }
        for [n, positions, channels] in choices::<3>() {
            attempt(|| {
                let spec = GlobalPool::new(positions, channels);
                for other in LENGTHS {
                    let x = fitting(n.wrapping_mul(spec.input_len()), other);
                    let mut y = fitting(n.wrapping_mul(channels), other);
                    let (dy, mut dx) = (y.clone(), x.clone());
                    attempt(|| global_max_pool::forward(&spec, n, &x, &mut y));
                    attempt(|| global_max_pool::backward(&spec, n, &x, &y, &dy, &mut dx));
                    attempt(|| global_avg_pool::forward(&spec, n, &x, &mut y));
                    attempt(|| global_avg_pool::backward(&spec, n, &dy, &mut dx));
                }
            });
        }
    });
}

#[test]
fn convolutions() {
    quietly(|| {
        // Examples, picture, filters, kernel, stride, padding, dilation and groups: general, depthwise and by Winograd's method.
        for base in [
            [1, 5, 4, 3, 5, 3, 2, 2, 1, 1, 1, 0, 2, 1, 1, 1],
            [2, 4, 5, 3, 3, 2, 3, 1, 2, 0, 1, 1, 0, 2, 1, 3],
            [1, 8, 8, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ] {
            for sizes in mutations(base) {
                let [
                    n,
                    h,
                    w,
                    c,
                    filters,
                    kh,
                    kw,
                    sh,
                    sw,
                    top,
                    bottom,
                    left,
                    right,
                    dh,
                    dw,
                    groups,
                ] = sizes;
                let padding = [[top, bottom], [left, right]];
                attempt(|| {
                    let spec = Conv2d::new(
                        [h, w, c],
                        filters,
                        [kh, kw],
                        [sh, sw],
                        padding,
                        [dh, dw],
                        groups,
                    );
                    convolution(&spec, n);
                });
                attempt(|| {
                    let spec = ConvTranspose2d::new(
                        [h, w, c],
                        filters,
                        [kh, kw],
                        [sh, sw],
                        padding,
                        [dh - 1, dw - 1],
                        groups,
                    );
                    transposed(&spec, n);
                });
            }
        }
    });
}

fn convolution(spec: &Conv2d, n: usize) {
    let _ = spec.flops();
    let other = 34;
    let weight = fitting(spec.weight_len(), other);
    let mut forward = fitting(spec.packed_forward_len(), other);
    let mut backward = fitting(spec.packed_backward_len(), other);
    let mut scratch = vec![0.0; 1 << 20];
    let (x, mut y) = (
        fitting(n.wrapping_mul(spec.input_len()), other),
        fitting(n.wrapping_mul(spec.output_len()), other),
    );
    let (mut dx, mut dweight, mut dbias) =
        (x.clone(), weight.clone(), fitting(spec.filters(), other));
    let row = dbias.clone();
    attempt(|| conv2d::pack_forward(spec, &weight, &mut forward));
    attempt(|| conv2d::fold_norm(spec, &row, &row, 0.1, &mut forward));
    attempt(|| conv2d::pack_backward(spec, &weight, &mut backward));
    attempt(|| {
        conv2d::forward(
            spec,
            n,
            &x,
            &forward,
            Some(&row),
            Activation::Relu,
            &mut y,
            false,
            &mut scratch,
        )
    });
    attempt(|| conv2d::backward_input(spec, n, &y, &backward, &mut dx, false, &mut scratch));
    attempt(|| {
        conv2d::backward_weight(
            spec,
            n,
            &x,
            &y,
            &mut dweight,
            Some(&mut dbias),
            &mut scratch,
        )
    });
}

fn transposed(spec: &ConvTranspose2d, n: usize) {
    let _ = spec.flops();
    let other = 34;
    let weight = fitting(spec.weight_len(), other);
    let mut forward = fitting(spec.packed_forward_len(), other);
    let mut backward = fitting(spec.packed_backward_len(), other);
    let mut scratch = vec![0.0; 1 << 20];
    let (x, mut y) = (
        fitting(n.wrapping_mul(spec.input_len()), other),
        fitting(n.wrapping_mul(spec.output_len()), other),
    );
    let (mut dx, mut dweight, mut dbias) =
        (x.clone(), weight.clone(), fitting(spec.filters(), other));
    let row = dbias.clone();
    attempt(|| conv_transpose2d::pack_forward(spec, &weight, &mut forward));
    attempt(|| conv_transpose2d::pack_backward(spec, &weight, &mut backward));
    attempt(|| {
        conv_transpose2d::forward(
            spec,
            n,
            &x,
            &forward,
            Some(&row),
            Activation::Relu,
            &mut y,
            &mut scratch,
        )
    });
    attempt(|| {
        conv_transpose2d::backward_input(spec, n, &y, &backward, &mut dx, false, &mut scratch)
    });
    attempt(|| {
        conv_transpose2d::backward_weight(
            spec,
            n,
            &x,
            &y,
            &mut dweight,
            Some(&mut dbias),
            &mut scratch,
        )
    });
}

#[test]
fn layers_that_move_numbers() {
    quietly(|| {
        for sizes in mutations([2, 3, 2, 4, 1, 0, 2, 1]) {
            let [n, height, width, channels, a, b, c, d] = sizes;
            let picture = [height, width, channels];
            attempt(|| {
                let spec = Pad2d::new(picture, [[a, b], [c, d]]);
                let x = fitting(n.wrapping_mul(spec.input_len()), 17);
                let mut y = fitting(n.wrapping_mul(spec.output_len()), 17);
                let mut dx = x.clone();
                attempt(|| pad::forward(&spec, n, &x, &mut y));
                attempt(|| pad::backward(&spec, n, &y, &mut dx));
            });
            for way in [Interpolation::Nearest, Interpolation::Bilinear] {
                attempt(|| {
                    let spec = Upsample2d::new(picture, [a, c], way);
                    let x = fitting(n.wrapping_mul(spec.input_len()), 17);
                    let mut y = fitting(n.wrapping_mul(spec.output_len()), 17);
                    let mut dx = x.clone();
                    attempt(|| upsample2d::forward(&spec, n, &x, &mut y));
                    attempt(|| upsample2d::backward(&spec, n, &y, &mut dx));
                });
            }
            for axes in [[0, 1, 2], [2, 0, 1], [0, 0, 1], [a, b, c]] {
                attempt(|| {
                    let spec = Permute::new(&picture, &axes);
                    let (x, mut y) = (
                        fitting(n.wrapping_mul(spec.len()), 17),
                        fitting(n.wrapping_mul(spec.len()), 17),
                    );
                    attempt(|| permute::forward(&spec, n, &x, &mut y));
                    attempt(|| permute::backward(&spec, n, &x, &mut y));
                });
            }
            for (left, right) in [
                (vec![height, width, channels], vec![channels]),
                (vec![height, 1, channels], vec![width, 1]),
                (vec![a, b], vec![c, d]),
            ] {
                attempt(|| {
                    let spec = Broadcast::new(&left, &right);
                    let (x, b) = (
                        fitting(n.wrapping_mul(spec.left_len()), 17),
                        fitting(n.wrapping_mul(spec.right_len()), 17),
                    );
                    let mut y = fitting(n.wrapping_mul(spec.output_len()), 17);
                    let (dy, mut da, mut db) = (y.clone(), x.clone(), b.clone());
                    for op in [Operation::Add, Operation::Subtract, Operation::Multiply] {
                        attempt(|| elementwise::forward(op, &spec, n, &x, &b, &mut y));
                        for accumulate in [false, true] {
                            attempt(|| {
                                elementwise::backward_left(
                                    op, &spec, n, &x, &b, &dy, &mut da, accumulate,
                                )
                            });
                            attempt(|| {
                                elementwise::backward_right(
                                    op, &spec, n, &x, &b, &dy, &mut db, accumulate,
                                )
                            });
                        }
                    }
                });
            }
        }
        for [n, positions, channels, groups] in choices::<4>() {
            attempt(|| {
                let spec = GroupNorm::new(positions, channels, groups);
                let x = fitting(n.wrapping_mul(spec.len()), 17);
                let (row, mut saved) = (
                    fitting(channels, 17),
                    fitting(n.wrapping_mul(spec.saved_len()), 17),
                );
                let (mut y, mut a, mut b) = (x.clone(), row.clone(), row.clone());
                attempt(|| group_norm::forward(&spec, n, &x, &row, &row, 0.1, &mut y, &mut saved));
                attempt(|| group_norm::inference(&spec, n, &x, &row, &row, 0.1, &mut y));
                attempt(|| {
                    group_norm::backward(&spec, n, &x, &saved, &row, &x, &mut y, &mut a, &mut b)
                });
                attempt(|| {
                    group_norm::backward_in_place(
                        &spec, n, &x, &saved, &row, &mut y, &mut a, &mut b,
                    )
                });
            });
        }
    });
}

/// The window of 2 pixels met a picture of 1, and the gradient went to a column that isn't there.
#[test]
#[should_panic(expected = "a window is larger than the padded picture")]
fn a_window_larger_than_the_picture_is_refused() {
    let spec = Pool2d::new([1, 1, 4], [2, 2], [2, 2], [[0; 2]; 2]);
    max_pool2d::backward(&spec, 1, &[0.0; 4], &[0.0; 4], &[0.0; 4], &mut [0.0; 4]);
}

/// A stride of 20,000 took 13 seconds: its square was walked.
#[test]
fn the_longest_stride_is_one_window() {
    for stride in [7, 20_000, usize::MAX] {
        let spec = Conv2d::new([5, 5, 3], 4, [2, 2], [stride; 2], [[0; 2]; 2], [1, 1], 1);
        assert_eq!(spec.output(), [1, 1]);
        let weight: Vec<f32> = (0..spec.weight_len()).map(|i| i as f32).collect();
        let mut packed = vec![0.0; spec.packed_backward_len()];
        conv2d::pack_backward(&spec, &weight, &mut packed);
        let mut dx = vec![f32::NAN; spec.input_len()];
        let mut scratch = vec![0.0; spec.backward_input_scratch_len()];
        conv2d::backward_input(&spec, 1, &[1.0; 4], &packed, &mut dx, false, &mut scratch);
        for (at, dx) in dx.iter().enumerate() {
            let (row, column, channel) = (at / 15, at / 3 % 5, at % 3);
            let tap = row * 2 + column;
            // The sum of four weights that follow each other, where there is a tap.
            let expected = match row < 2 && column < 2 {
                true => (16 * (tap * 3 + channel) + 6) as f32,
                false => 0.0,
            };
            assert_eq!(*dx, expected, "at {at}");
        }
    }
}
