//! The dense layer on every instruction set against its twin.

use proptest::prelude::*;

use super::reference as twin;
use super::*;
use crate::kernels::tests::products::{self, cases, numbers, quiet, wide};
use crate::simd::on_every_isa;

/// [`products::close`] for an iterator.
#[track_caller]
fn close(came: &[f32], expected: impl IntoIterator<Item = f64>, terms: usize, what: &str) {
    let expected: Vec<f64> = expected.into_iter().collect();
    products::close(came, &expected, terms, what);
}

fn check(spec: Dense, rows: usize, with_bias: bool, accumulate: bool, act: Activation) {
    check_output(spec, rows, with_bias, act);
    check_gradients(spec, rows, accumulate);
}

fn check_output(spec: Dense, rows: usize, with_bias: bool, act: Activation) {
    let x = numbers(rows * spec.inputs, 1);
    let weight = numbers(spec.weight_len(), 2);
    let bias = with_bias.then(|| numbers(spec.units, 3));
    let wide_bias = bias.as_deref().map(wide);
    let expected_y = twin::forward(&spec, rows, &wide(&x), &wide(&weight), wide_bias.as_deref());
    on_every_isa(|isa| {
        let mut packed = vec![f32::NAN; spec.packed_forward_len()];
        quiet(|| pack_forward(&spec, &weight, &mut packed));
        let mut y = vec![f32::NAN; rows * spec.units];
        quiet(|| {
            forward(
                &spec,
                rows,
                &x,
                &weight,
                &packed,
                bias.as_deref(),
                act,
                &mut y,
                &mut [],
            )
        });
        let applied = expected_y
            .iter()
            .map(|&y| f64::from(activation::value(act, y as f32)));
        let what = format!("output of {spec:?}, {rows} rows, on {isa:?}");
        close(&y, applied, spec.inputs, &what);
    });
}

fn check_gradients(spec: Dense, rows: usize, accumulate: bool) {
    let x = numbers(rows * spec.inputs, 1);
    let weight = numbers(spec.weight_len(), 2);
    let dy = numbers(rows * spec.units, 4);
    let before = numbers(x.len().max(weight.len()), 5);
    let expected = twin::backward(&spec, rows, &wide(&x), &wide(&weight), &wide(&dy));
    on_every_isa(|isa| {
        let what = |name: &str| format!("{name} of {spec:?}, {rows} rows, on {isa:?}");
        let mut packed = vec![f32::NAN; spec.packed_backward_len()];
        quiet(|| pack_backward(&spec, &weight, &mut packed));
        let mut dx = if accumulate {
            before[..x.len()].to_vec()
        } else {
            vec![f32::NAN; x.len()]
        };
        quiet(|| {
            backward_input(
                &spec,
                rows,
                &dy,
                &weight,
                &packed,
                &mut dx,
                accumulate,
                &mut [],
            )
        });
        let start = |i: usize| {
            if accumulate {
                f64::from(before[i])
            } else {
                0.0
            }
        };
        close(
            &dx,
            expected.dx.iter().enumerate().map(|(i, dx)| dx + start(i)),
            spec.units,
            &what("input gradient"),
        );

        let mut scratch = vec![f32::NAN; spec.backward_weight_scratch_len()];
        let mut set = vec![f32::NAN; weight.len()];
        let all = 0..spec.inputs;
        quiet(|| {
            backward_weight(
                &spec,
                rows,
                &x,
                &dy,
                all.clone(),
                false,
                &mut set,
                &mut scratch,
            )
        });
        let sums = expected.dweight.iter().copied();
        close(&set, sums, rows, &what("weight gradient, set"));

        let mut dweight = before[..weight.len()].to_vec();
        quiet(|| backward_weight(&spec, rows, &x, &dy, all, true, &mut dweight, &mut scratch));
        let sums = expected
            .dweight
            .iter()
            .zip(&before)
            .map(|(dweight, &before)| dweight + f64::from(before));
        close(&dweight, sums, rows, &what("weight gradient"));

        let mut in_parts = before[..weight.len()].to_vec();
        let cut = spec.inputs / 3;
        let (first, second) = in_parts.split_at_mut(cut * spec.units);
        quiet(|| backward_weight(&spec, rows, &x, &dy, 0..cut, true, first, &mut scratch));
        quiet(|| {
            backward_weight(
                &spec,
                rows,
                &x,
                &dy,
                cut..spec.inputs,
                true,
                second,
                &mut scratch,
            )
        });
        assert!(
            in_parts
                .iter()
                .zip(&dweight)
                .all(|(a, b)| a.to_bits() == b.to_bits()),
            "{}: the bits depend on the ranges",
            what("weight gradient")
        );

        let mut dbias = vec![1.0; spec.units];
        quiet(|| backward_bias(&spec, rows, &dy, &mut dbias));
        close(
            &dbias,
            expected.dbias.iter().map(|dbias| dbias + 1.0),
            rows,
            &what("bias gradient"),
        );
    });
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_dense_layer_is_its_twin(
        inputs in 1..80usize,
        units in 1..150usize,
        rows in prop_oneof![Just(1usize), 2..40usize],
        with_bias: bool,
        accumulate: bool,
        act in prop_oneof![Just(Activation::Identity), Just(Activation::Relu), Just(Activation::Tanh)],
    ) {
        check(Dense { inputs, units }, rows, with_bias, accumulate, act);
    }
}

#[test]
fn more_rows_than_one_product_is_deep() {
    check(
        Dense {
            inputs: 20,
            units: 50,
        },
        2 * DEPTH + 37,
        true,
        false,
        Activation::Identity,
    );
}

#[test]
fn wide_and_long_vectors() {
    check(
        Dense {
            inputs: 300,
            units: 300,
        },
        1,
        true,
        true,
        Activation::Identity,
    );
    check(
        Dense {
            inputs: 1024,
            units: 40,
        },
        15,
        true,
        true,
        Activation::Relu,
    );
}
