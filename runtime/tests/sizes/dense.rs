//! The fully connected layer.

use shapeflow_runtime::kernels::activation::Activation;
use shapeflow_runtime::kernels::dense::{self, Dense};
use shapeflow_runtime::kernels::team::Team;

use super::{LENGTHS, attempt, choices, fitting, sweep};

#[test]
fn dense_layers() {
    sweep(|| {
        for [inputs, units, rows] in choices::<3>() {
            if let Some(spec) = attempt!(Dense::new(inputs, units)) {
                let _ = (spec.flops(), spec.streams(), spec.forward_team());
                let _ = (spec.trained_forward_len(), spec.trained_backward_len());
                let _ = (dense::is_large(inputs), dense::is_large(units));
                for len in LENGTHS {
                    passes(&spec, [inputs, units, rows], len);
                }
            }
        }
    });
}

/// All that is done with a layer, with slices of length `other` where the fitting one is too long.
fn passes(spec: &Dense, [inputs, units, rows]: [usize; 3], other: usize) {
    let weight = fitting(spec.weight_len(), other);
    let mut forward = fitting(spec.packed_forward_len(), other);
    let mut backward = fitting(spec.packed_backward_len(), other);
    let mut scratch = vec![0.0; spec.backward_weight_scratch_len()];
    let x = fitting(rows.wrapping_mul(inputs), other);
    let mut y = fitting(rows.wrapping_mul(units), other);
    let (mut dx, mut dweight, mut dbias) = (x.clone(), weight.clone(), fitting(units, other));
    let bias = dbias.clone();
    attempt!(dense::pack_forward(spec, &weight, &mut forward));
    attempt!(dense::pack_backward(spec, &weight, &mut backward));
    for (bias, act) in [
        (None, Activation::Relu),
        (Some(&bias[..]), Activation::Tanh),
    ] {
        attempt!(dense::forward(
            spec,
            rows,
            &x,
            &weight,
            &forward,
            bias,
            act,
            &mut y,
            &mut vec![0.0; spec.scratch_len()],
        ));
    }
    let (act, some_bias) = (Activation::Identity, Some(&bias[..]));
    for packed in [true, false] {
        let (packed_forward, packed_backward): (&[f32], &[f32]) = match packed {
            true => (&forward, &backward),
            false => (&[], &[]),
        };
        let mut team_scratch = vec![0.0; 2 * spec.trained_team()[1]];
        let needs = spec.trained_team();
        attempt!(Team::with_pool(needs, &mut team_scratch, |mut team| {
            dense::forward_shared(
                &mut team,
                spec,
                rows,
                &x,
                &weight,
                packed_forward,
                some_bias,
                act,
                &mut y,
                &mut [],
            );
        }));
        attempt!(Team::with_pool(needs, &mut team_scratch, |mut team| {
            dense::backward_input_shared(
                &mut team,
                spec,
                rows,
                &y,
                &weight,
                packed_backward,
                &mut dx,
                packed,
                &mut [],
            );
        }));
    }
    for accumulate in [false, true] {
        attempt!(dense::backward_input(
            spec,
            rows,
            &y,
            &weight,
            &backward,
            &mut dx,
            accumulate,
            &mut vec![0.0; spec.scratch_len()],
        ));
        for range in [0..inputs, rows..inputs, 0..rows, inputs..0] {
            attempt!(dense::backward_weight(
                spec,
                rows,
                &x,
                &y,
                range,
                accumulate,
                &mut dweight,
                &mut scratch,
            ));
        }
    }
    attempt!(dense::backward_bias(spec, rows, &y, &mut dbias));
}
