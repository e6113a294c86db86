//! The dense layer on every instruction set against its twin.

use proptest::prelude::*;

use super::reference as twin;
use super::*;
use crate::kernels::team::pool_of_this_thread;
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
        2 * 256 + 37,
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

/// All ways of a large layer: alone and with a team, its weight in panels and as it lies.
fn check_large(spec: Dense, rows: usize, act: Activation, accumulate: bool) {
    assert!(spec.streams());
    let (inputs, units) = (spec.inputs, spec.units);
    let (x, weight) = (numbers(rows * inputs, 1), numbers(spec.weight_len(), 2));
    let (bias, dy) = (numbers(units, 3), numbers(rows * units, 4));
    let before = numbers(rows * inputs, 5);
    let wide_weight = wide(&weight);
    let expected = twin::forward(&spec, rows, &wide(&x), &wide_weight, Some(&wide(&bias)));
    let gradients = twin::backward(&spec, rows, &wide(&x), &wide_weight, &wide(&dy));
    on_every_isa(|isa| {
        let mut packed = vec![f32::NAN; spec.packed_forward_len()];
        let mut packed_back = vec![f32::NAN; spec.packed_backward_len()];
        quiet(|| pack_forward(&spec, &weight, &mut packed));
        quiet(|| pack_backward(&spec, &weight, &mut packed_back));
        let run = |mut team: Team<'_>, [packed, packed_back]: [&[f32]; 2]| {
            let mut scratch = vec![f32::NAN; spec.scratch_len()];
            let (mut y, mut dx) = (vec![f32::NAN; rows * units], before.clone());
            quiet(|| {
                let (bias, y, scratch) = (Some(&bias[..]), &mut y, &mut scratch);
                forward_shared(
                    &mut team, &spec, rows, &x, &weight, packed, bias, act, y, scratch,
                );
            });
            if !accumulate {
                dx.fill(f32::NAN);
            }
            quiet(|| {
                let (dx, scratch, packed) = (&mut dx, &mut scratch, packed_back);
                backward_input_shared(
                    &mut team, &spec, rows, &dy, &weight, packed, dx, accumulate, scratch,
                );
            });
            (y, dx)
        };
        let what = |name: &str| format!("{name} of {spec:?}, {rows} rows, on {isa:?}");
        let whole: [&[f32]; 2] = [&packed, &packed_back];
        let (y, dx) = run(Team::alone(), whole);
        let applied = expected.iter();
        let applied = applied.map(|&y| f64::from(activation::value(act, y as f32)));
        close(&y, applied, inputs, &what("output"));
        let start = |i: usize| if accumulate { before[i] } else { 0.0 };
        let sums = gradients.dx.iter().enumerate();
        let sums = sums.map(|(i, dx)| dx + f64::from(start(i)));
        close(&dx, sums.clone(), units, &what("input gradient"));
        for (packs, packed) in [(true, whole), (false, [&[][..]; 2])] {
            let mut scratch = vec![f32::NAN; 3 * spec.trained_team()[1]];
            let shared = Team::with_pool(spec.trained_team(), &mut scratch, |team| {
                assert!(!team.is_alone());
                run(team, packed)
            });
            let alone = run(Team::alone(), packed);
            let what = what(if packs { "packed" } else { "as it lies" });
            assert!(shared == alone, "bits on a team: {what}");
            assert!(alone.0 == y, "bits of the output: {what}");
            // Few rows by a weight as it lies are added up in another order.
            close(&alone.1, sums.clone(), units, &what);
            assert!(alone.1 == dx || (!packs && rows <= 8), "bits of dx: {what}");
        }
    });
}

#[test]
fn large_layers_have_the_same_bits_in_every_way() {
    let _pool = pool_of_this_thread();
    for (inputs, units, rows, act, accumulate) in [
        (1024, 1000, 1, Activation::Relu, false),
        (300, 900, 1, Activation::Tanh, true),
        (8192, 45, 1, Activation::Identity, false),
        (600, 500, 3, Activation::Tanh, true),
        (1030, 300, 20, Activation::Relu, false),
        (17, 16000, 2, Activation::Identity, true),
        (601, 700, 8, Activation::Relu6, false),
        (700, 390, 150, Activation::Tanh, true),
    ] {
        check_large(Dense::new(inputs, units), rows, act, accumulate);
    }
}

#[test]
fn the_gradient_of_a_large_weight() {
    for (inputs, units, rows, accumulate) in [
        (520, 510, 9, true),
        (300, 1000, 300, false),
        (8192, 45, 4, true),
    ] {
        let spec = Dense::new(inputs, units);
        assert!(spec.streams());
        check_gradients(spec, rows, accumulate);
    }
}
