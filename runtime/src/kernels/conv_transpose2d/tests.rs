//! The transposed convolution on every instruction set against its twin.

use proptest::prelude::*;

use super::reference as twin;
use super::*;
use crate::kernels::tests::products::{cases, close, numbers, quiet, wide};
use crate::simd::on_every_isa;

fn check(spec: ConvTranspose2d, n: usize, accumulate: bool, act: Activation) {
    let x = numbers(n * spec.input_len(), 1);
    let weight = numbers(spec.weight_len(), 2);
    let bias = numbers(spec.filters(), 3);
    let dy = numbers(n * spec.output_len(), 4);
    let before = numbers(x.len().max(weight.len()), 5);
    let expected_y = twin::forward(&spec, n, &wide(&x), &wide(&weight), Some(&wide(&bias)));
    let expected_y: Vec<f64> = expected_y
        .into_iter()
        .map(|y| f64::from(activation::value(act, y as f32)))
        .collect();
    let expected = twin::backward(&spec, n, &wide(&x), &wide(&weight), &wide(&dy));
    on_every_isa(|isa| {
        let what = |name: &str| format!("{name} of {spec:?} on {isa:?}");
        let window = spec.mirrored.kernel[0] * spec.mirrored.kernel[1];

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
                Some(&bias),
                act,
                &mut y,
                &mut scratch,
            )
        });
        close(&y, &expected_y, window * spec.channels(), &what("output"));

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
            window * spec.filters(),
            &what("input gradient"),
        );

        let mut dweight = before[..weight.len()].to_vec();
        let mut dbias = vec![1.0; spec.filters()];
        let mut scratch = vec![f32::NAN; spec.backward_weight_scratch_len()];
        quiet(|| {
            backward_weight(
                &spec,
                n,
                &x,
                &dy,
                &mut dweight,
                Some(&mut dbias),
                &mut scratch,
            )
        });
        let pixels = n * spec.output_len() / spec.filters();
        let sums: Vec<f64> = expected
            .dweight
            .iter()
            .zip(&before)
            .map(|(dweight, &before)| dweight + f64::from(before))
            .collect();
        close(&dweight, &sums, pixels, &what("weight gradient"));
        let sums: Vec<f64> = expected.dbias.iter().map(|dbias| dbias + 1.0).collect();
        close(&dbias, &sums, pixels, &what("bias gradient"));
    });
}

fn specs() -> impl Strategy<Value = ConvTranspose2d> {
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
        [0..3usize, 0..3usize],
    );
    (
        1..9usize,
        1..9usize,
        channels,
        window,
        [[0..3usize, 0..3usize], [0..3usize, 0..3usize]],
    )
        .prop_filter_map(
            "nothing is left of the output, or its padding reaches the stride",
            |(
                height,
                width,
                (channels, filters, groups),
                (kernel, stride, output_padding),
                padding,
            )| {
                let left = |size: usize, axis: usize| {
                    (size - 1) * stride[axis] + kernel[axis] + output_padding[axis]
                        > padding[axis][0] + padding[axis][1]
                        && output_padding[axis] < stride[axis]
                };
                (left(height, 0) && left(width, 1)).then(|| {
                    ConvTranspose2d::new(
                        [height, width, channels],
                        filters,
                        kernel,
                        stride,
                        padding,
                        output_padding,
                        groups,
                    )
                })
            },
        )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_transposed_convolution_is_its_twin(
        spec in specs(),
        n in 1..4usize,
        accumulate: bool,
        act in prop_oneof![Just(Activation::Identity), Just(Activation::Relu), Just(Activation::LeakyRelu(0.1))],
    ) {
        check(spec, n, accumulate, act);
    }
}
