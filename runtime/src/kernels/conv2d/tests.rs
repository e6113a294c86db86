//! The convolution on every instruction set against its twin.

use proptest::prelude::*;

use super::reference as twin;
use super::*;
use crate::kernels::activation::{self, Activation};
use crate::kernels::batch_norm;
use crate::kernels::tests::products::{cases, close, numbers, quiet, wide};
use crate::simd::on_every_isa;

fn check(spec: Conv2d, n: usize, with_bias: bool, accumulate: bool, act: Activation) {
    check_output(spec, n, with_bias, act);
    check_gradients(spec, n, with_bias, accumulate);
}

fn check_output(spec: Conv2d, n: usize, with_bias: bool, act: Activation) {
    let x = numbers(n * spec.input_len(), 1);
    let weight = numbers(spec.weight_len(), 2);
    let bias = with_bias.then(|| numbers(spec.filters, 3));
    let wide_bias = bias.as_deref().map(wide);
    let expected_y = twin::forward(&spec, n, &wide(&x), &wide(&weight), wide_bias.as_deref());
    let expected_y: Vec<f64> = expected_y
        .into_iter()
        .map(|y| f64::from(activation::value(act, y as f32)))
        .collect();
    let (gain, epsilon) = (numbers(spec.filters, 6), 1e-3);
    let variance: Vec<f32> = numbers(spec.filters, 8).iter().map(|x| 1.5 + x).collect();
    let factors: Vec<f32> = variance
        .iter()
        .zip(&gain)
        .map(|(&variance, &gain)| batch_norm::factor(variance, gain, epsilon))
        .collect();
    let residual = numbers(n * spec.output_len(), 7);
    let scaled: Vec<f64> = weight
        .iter()
        .enumerate()
        .map(|(i, &w)| f64::from(w) * f64::from(factors[i % spec.filters]))
        .collect();
    let expected_sum: Vec<f64> = twin::forward(&spec, n, &wide(&x), &scaled, wide_bias.as_deref())
        .into_iter()
        .zip(&residual)
        .map(|(y, &residual)| f64::from(activation::value(act, (y + f64::from(residual)) as f32)))
        .collect();
    on_every_isa(|isa| {
        let what = |name: &str| format!("{name} of {spec:?} on {isa:?}");
        let terms = spec.kernel[0] * spec.kernel[1] * spec.group()[0];

        let mut packed = vec![f32::NAN; spec.packed_forward_len()];
        quiet(|| pack_forward(&spec, &weight, &mut packed));
        let mut y = vec![f32::NAN; n * spec.output_len()];
        let mut scratch = vec![f32::NAN; spec.forward_scratch_len()];
        quiet(|| {
            forward(
                &spec,
                n,
                &x,
                &packed,
                bias.as_deref(),
                act,
                &mut y,
                false,
                &mut scratch,
            )
        });
        close(&y, &expected_y, terms, &what("output"));

        quiet(|| fold_norm(&spec, &variance, &gain, epsilon, &mut packed));
        let mut y = residual.clone();
        quiet(|| {
            forward(
                &spec,
                n,
                &x,
                &packed,
                bias.as_deref(),
                act,
                &mut y,
                true,
                &mut scratch,
            )
        });
        let name = what("output with a folded norm on a residual");
        close(&y, &expected_sum, terms, &name);
    });
}

fn check_gradients(spec: Conv2d, n: usize, with_bias: bool, accumulate: bool) {
    let x = numbers(n * spec.input_len(), 1);
    let weight = numbers(spec.weight_len(), 2);
    let dy = numbers(n * spec.output_len(), 4);
    let before = numbers(x.len().max(weight.len()), 5);
    let expected = twin::backward(&spec, n, &wide(&x), &wide(&weight), &wide(&dy));
    on_every_isa(|isa| {
        let what = |name: &str| format!("{name} of {spec:?} on {isa:?}");

        let mut packed = vec![f32::NAN; spec.packed_backward_len()];
        quiet(|| pack_backward(&spec, &weight, &mut packed));
        let mut dx = if accumulate {
            before[..x.len()].to_vec()
        } else {
            vec![f32::NAN; x.len()]
        };
        let mut scratch = vec![f32::NAN; spec.backward_input_scratch_len()];
        quiet(|| backward_input(&spec, n, &dy, &packed, &mut dx, accumulate, &mut scratch));
        let start = |i: usize| {
            if accumulate {
                f64::from(before[i])
            } else {
                0.0
            }
        };
        let expected_dx: Vec<f64> = expected
            .dx
            .iter()
            .enumerate()
            .map(|(i, dx)| dx + start(i))
            .collect();
        close(
            &dx,
            &expected_dx,
            spec.kernel[0] * spec.kernel[1] * spec.group()[1],
            &what("input gradient"),
        );

        let mut dweight = before[..weight.len()].to_vec();
        let mut dbias = vec![1.0; spec.filters];
        let mut scratch = vec![f32::NAN; spec.backward_weight_scratch_len()];
        quiet(|| {
            backward_weight(
                &spec,
                n,
                &x,
                &dy,
                &mut dweight,
                with_bias.then_some(&mut dbias),
                &mut scratch,
            )
        });
        let pixels = n * spec.output_len() / spec.filters;
        let expected_dweight: Vec<f64> = expected
            .dweight
            .iter()
            .zip(&before)
            .map(|(dweight, &before)| dweight + f64::from(before))
            .collect();
        close(
            &dweight,
            &expected_dweight,
            pixels,
            &what("weight gradient"),
        );
        if with_bias {
            let expected_dbias: Vec<f64> = expected.dbias.iter().map(|dbias| dbias + 1.0).collect();
            close(&dbias, &expected_dbias, pixels, &what("bias gradient"));
            let mut alone = vec![1.0; spec.filters];
            quiet(|| backward_bias(&spec, n, &dy, &mut alone));
            assert_eq!(alone, dbias, "{}", what("bias gradient alone"));
        }
        if spec.groups == 1 {
            let start: Vec<f32> = (before.iter().take(weight.len()))
                .map(|&before| if accumulate { before } else { 0.0 })
                .collect();
            let expected: Vec<f64> = (expected.dweight.iter().zip(&start))
                .map(|(dweight, &start)| dweight + f64::from(start))
                .collect();
            let whole = in_parts(&spec, n, &x, &dy, accumulate, &start, spec.weight_rows());
            close(&whole, &expected, pixels, &what("weight gradient by rows"));
            // An odd number, so that parts begin within a tap.
            let parts = in_parts(&spec, n, &x, &dy, accumulate, &start, 5);
            assert_eq!(parts, whole, "{}", what("weight gradient in parts"));
        }
    });
}

/// The gradient of the weight, `rows` of its rows at a time.
fn in_parts(
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    accumulate: bool,
    start: &[f32],
    rows: usize,
) -> Vec<f32> {
    let mut dweight = match accumulate {
        true => start.to_vec(),
        false => vec![f32::NAN; start.len()],
    };
    let mut scratch = vec![f32::NAN; spec.backward_weight_rows_scratch_len()];
    for (part, to) in dweight.chunks_mut(rows * spec.filters).enumerate() {
        let range = part * rows..part * rows + to.len() / spec.filters;
        quiet(|| backward_weight_rows(spec, n, x, dy, range, accumulate, to, &mut scratch));
    }
    dweight
}

/// Any convolution whose window fits, some of them depthwise.
fn specs() -> impl Strategy<Value = Conv2d> {
    let sizes = (1..13usize, 1..13usize, 1..4usize, 1..4usize);
    let channels = prop_oneof![
        (1..20usize, 1..40usize).prop_map(|(channels, filters)| (channels, filters, 1)),
        (1..4usize, 1..5usize, 1..5usize).prop_map(|(groups, channels, filters)| (
            groups * channels,
            groups * filters,
            groups
        )),
        (2..40usize).prop_map(|channels| (channels, channels, channels)),
    ];
    let window = (
        [1..5usize, 1..5usize],
        [1..4usize, 1..4usize],
        [1..4usize, 1..4usize],
    );
    (
        sizes,
        channels,
        window,
        [[0..4usize, 0..4usize], [0..4usize, 0..4usize]],
    )
        .prop_filter_map(
            "the window is larger than the padded picture",
            |(
                (height, width, ..),
                (channels, filters, groups),
                (kernel, stride, dilation),
                padding,
            )| {
                let fits = |size: usize, axis: usize| {
                    size + padding[axis][0] + padding[axis][1] > dilation[axis] * (kernel[axis] - 1)
                };
                let spec = Conv2d {
                    height,
                    width,
                    channels,
                    filters,
                    kernel,
                    stride,
                    padding,
                    dilation,
                    groups,
                };
                (fits(height, 0) && fits(width, 1)).then_some(spec)
            },
        )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_convolution_is_its_twin(
        spec in specs(),
        n in 1..4usize,
        with_bias: bool,
        accumulate: bool,
        act in prop_oneof![Just(Activation::Identity), Just(Activation::Relu), Just(Activation::Relu6), Just(Activation::LeakyRelu(0.1))],
    ) {
        check(spec, n, with_bias, accumulate, act);
    }
}

const PLAIN: Conv2d = Conv2d {
    height: 9,
    width: 9,
    channels: 3,
    filters: 32,
    kernel: [3, 3],
    stride: [1, 1],
    padding: [[0, 0], [0, 0]],
    dilation: [1, 1],
    groups: 1,
};

#[test]
fn the_layers_of_the_usual_networks() {
    let same = Conv2d {
        padding: [[1, 1], [1, 1]],
        channels: 16,
        filters: 16,
        ..PLAIN
    };
    let cases = [
        PLAIN,
        same,
        Conv2d {
            stride: [2, 2],
            padding: [[0, 1], [0, 1]],
            height: 8,
            width: 8,
            ..same
        },
        Conv2d {
            kernel: [1, 1],
            padding: [[0, 0], [0, 0]],
            stride: [2, 2],
            filters: 48,
            ..same
        },
        Conv2d {
            kernel: [1, 1],
            padding: [[0, 0], [0, 0]],
            filters: 10,
            ..same
        },
        Conv2d {
            kernel: [7, 7],
            stride: [2, 2],
            padding: [[3, 3], [3, 3]],
            height: 20,
            width: 20,
            ..PLAIN
        },
        Conv2d {
            channels: 40,
            filters: 40,
            groups: 40,
            height: 20,
            width: 20,
            ..same
        },
    ];
    for spec in cases {
        check(spec, 3, true, false, Activation::Relu);
    }
}

/// Rows of pixels in more than one block, and a row that is longer than a block.
#[test]
fn blocks_of_rows() {
    let spec = Conv2d {
        channels: 12,
        filters: 40,
        stride: [2, 2],
        padding: [[1, 1], [1, 1]],
        ..PLAIN
    };
    for (height, width, n) in [(27, 26, 3), (3, 700, 1)] {
        let spec = Conv2d {
            height,
            width,
            ..spec
        };
        check(spec, n, true, true, Activation::Relu);
        let turned = Conv2d {
            channels: 40,
            filters: 12,
            kernel: [1, 1],
            padding: [[0, 0], [0, 0]],
            ..spec
        };
        check(turned, n, false, false, Activation::Identity);
    }
}

#[test]
fn many_examples_are_the_same_as_one_by_one() {
    let spec = Conv2d {
        padding: [[1, 1], [1, 1]],
        filters: 20,
        ..PLAIN
    };
    check(spec, 11, true, false, Activation::Identity);
}

/// 3×3 convolutions by Winograd's method, whose tiles reach beyond the picture or not.
#[test]
fn tiles_of_minimal_filtering() {
    let spec = Conv2d {
        channels: 16,
        filters: 32,
        ..PLAIN
    };
    for (height, width, padding) in [
        (10, 14, [[0, 0], [0, 0]]),
        (8, 8, [[1, 1], [1, 1]]),
        (7, 12, [[1, 1], [0, 2]]),
        (9, 13, [[2, 0], [2, 2]]),
        (3, 3, [[1, 1], [1, 1]]),
    ] {
        let spec = Conv2d {
            height,
            width,
            padding,
            ..spec
        };
        assert!(winograd::fits(&spec), "{spec:?}");
        check(spec, 3, true, true, Activation::Relu6);
        let turned = Conv2d {
            channels: 48,
            filters: 16,
            ..spec
        };
        check(turned, 9, false, false, Activation::LeakyRelu(0.1));
    }
}

#[test]
fn no_examples_change_nothing() {
    check(PLAIN, 0, true, true, Activation::Relu);
}

/// What windows read is copied for the weight's gradient: taps that lie outside on every side, strides and dilations, groups of rows
/// that belong to several taps, more pixels than one product is deep.
#[test]
fn pixels_that_lie_far_apart() {
    let far = Conv2d {
        channels: 130,
        filters: 24,
        ..PLAIN
    };
    for (height, width, kernel, stride, padding, dilation, n) in [
        (7, 7, [3, 3], [1, 1], [[1, 1], [1, 1]], [1, 1], 7),
        (9, 6, [2, 4], [2, 3], [[1, 0], [2, 1]], [1, 1], 2),
        (8, 10, [3, 2], [1, 2], [[4, 4], [0, 3]], [3, 2], 2),
        (11, 5, [1, 1], [2, 2], [[0, 0], [0, 0]], [1, 1], 3),
        (18, 17, [1, 1], [1, 1], [[0, 0], [0, 0]], [1, 1], 1),
        (6, 6, [1, 1], [1, 1], [[1, 2], [0, 1]], [1, 1], 2),
    ] {
        let spec = Conv2d {
            height,
            width,
            kernel,
            stride,
            padding,
            dilation,
            ..far
        };
        assert!(spec.gathers_windows());
        check(spec, n, true, true, Activation::Relu);
        check(spec, n, false, false, Activation::Identity);
    }
}
