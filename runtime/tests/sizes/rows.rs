//! Kernels that work row by row.

use shapeflow_runtime::kernels::activation::Activation;
use shapeflow_runtime::kernels::team::Team;
use shapeflow_runtime::kernels::{batch_norm, concat, layer_norm, rms_norm, softmax};

use super::{LENGTHS, attempt, choices, fitting, sweep};

/// Calls `each(size, rows, length of slices)` for all sizes, with slices of fitting and of other lengths.
fn each(mut each: impl FnMut(usize, usize, usize)) {
    sweep(|| {
        for [size, rows] in choices::<2>() {
            for len in LENGTHS.into_iter().chain([size.wrapping_mul(rows) % 4096]) {
                each(size, rows, len);
            }
        }
    });
}

#[test]
fn softmaxes() {
    each(|size, rows, len| {
        let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
        attempt!(softmax::forward(size, rows, &x, &mut y));
        attempt!(softmax::forward_in_place(size, rows, &mut y));
        attempt!(softmax::backward(size, rows, &x, &x, &mut y));
        attempt!(softmax::backward_in_place(size, rows, &x, &mut y));
        attempt!(softmax::log_softmax_forward(size, rows, &x, &mut y));
        attempt!(softmax::log_softmax_forward_in_place(size, rows, &mut y));
        attempt!(softmax::log_softmax_backward(size, rows, &x, &x, &mut y));
        attempt!(softmax::log_softmax_backward_in_place(
            size, rows, &x, &mut y
        ));
    });
}

#[test]
fn norms_of_rows() {
    each(|size, rows, len| {
        let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
        let row = fitting(size, len);
        let [mut a, mut b] = [row.clone(), row.clone()];
        let mut saved = fitting(rows.wrapping_mul(2), len);
        attempt!(layer_norm::forward(
            size, rows, &x, &row, &row, 0.1, &mut y, &mut saved
        ));
        attempt!(layer_norm::inference(
            size, rows, &x, &row, &row, 0.1, &mut y
        ));
        attempt!(layer_norm::inference_in_place(
            size, rows, &mut y, &row, &row, 0.1
        ));
        attempt!(layer_norm::backward(
            size, rows, &x, &saved, &row, &x, &mut y, &mut a, &mut b
        ));
        attempt!(layer_norm::backward_in_place(
            size, rows, &x, &saved, &row, &mut y, &mut a, &mut b
        ));
        let mut saved = fitting(rows, len);
        attempt!(rms_norm::forward(
            size, rows, &x, &row, 0.1, &mut y, &mut saved
        ));
        attempt!(rms_norm::inference(size, rows, &x, &row, 0.1, &mut y));
        attempt!(rms_norm::backward(
            size, rows, &x, &saved, &row, &x, &mut y, &mut a
        ));
    });
}

#[test]
fn batch_norms() {
    each(|size, rows, len| {
        let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
        let row = fitting(size, len);
        let [mut a, mut b] = [row.clone(), row.clone()];
        let three = fitting(size.wrapping_mul(3), len);
        let mut statistics = three.clone();
        let mut partial = fitting(size.wrapping_mul(2), len);
        attempt!(batch_norm::partial_statistics(size, rows, &x, &mut partial));
        for (positions, chunks) in [(rows, &[1][..]), (2, &[rows, rows]), (rows, &[])] {
            for partials in [&partial, &x] {
                attempt!(batch_norm::combine_statistics(
                    size,
                    positions,
                    chunks,
                    partials,
                    0.1,
                    &mut statistics
                ));
            }
        }
        attempt!(batch_norm::update_running(
            size,
            rows,
            0.9,
            &statistics,
            &mut a,
            &mut b
        ));
        for act in [Activation::Relu, Activation::Tanh] {
            for residual in [None, Some(&x[..])] {
                attempt!(batch_norm::forward(
                    size, rows, &x, &three, &row, &row, residual, act, &mut y
                ));
                attempt!(batch_norm::inference(
                    size, rows, &x, &row, &row, &row, &row, 0.1, residual, act, &mut y
                ));
            }
            attempt!(batch_norm::backward_partial_in_place(
                size,
                rows,
                &x,
                &three,
                act,
                &x,
                &mut y,
                &mut partial
            ));
        }
        attempt!(batch_norm::backward_partial(
            size,
            rows,
            &x,
            &three,
            &x,
            &mut partial
        ));
        for partials in [&partial, &x] {
            attempt!(batch_norm::backward_combine(
                size,
                rows,
                partials,
                &three,
                &row,
                &mut statistics,
                &mut a,
                &mut b
            ));
        }
        attempt!(batch_norm::backward_input(
            size, rows, &x, &three, &x, &mut y
        ));
        attempt!(batch_norm::fold_bias(
            None, &row, &x, &row, &row, 0.1, &mut y
        ));
        attempt!(batch_norm::fold_bias(
            Some(&x),
            &row,
            &row,
            &row,
            &row,
            0.1,
            &mut a
        ));
        attempt!(batch_norm::factor(rows as f32, size as f32, 0.1));
    });
}

#[test]
fn batch_norms_of_few_examples() {
    each(|size, rows, len| {
        let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
        let (row, three) = (fitting(size, len), fitting(size.wrapping_mul(3), len));
        let mut partial = fitting(size.wrapping_mul(2), len);
        attempt!(Team::with_pool([2, 0], &mut [], |mut team| {
            let team = &mut team;
            batch_norm::partial_statistics_shared(team, size, rows, &x, &mut partial);
            let (act, residual) = (Activation::Relu, Some(&x[..]));
            batch_norm::forward_shared(
                team, size, rows, &x, &three, &row, &row, residual, act, &mut y,
            );
            batch_norm::backward_partial_shared(team, size, rows, &x, &three, &x, &mut partial);
            batch_norm::backward_partial_in_place_shared(
                team,
                size,
                rows,
                &x,
                &three,
                act,
                &x,
                &mut y,
                &mut partial,
            );
            batch_norm::backward_input_shared(team, size, rows, &x, &three, &x, &mut y);
        }));
    });
}

#[test]
fn parts_of_rows() {
    sweep(|| {
        for [outer, total, offset, part] in choices::<4>() {
            for len in [0, 2, 34] {
                let (x, mut y) = (vec![0.5; len], vec![0.5; len]);
                attempt!(concat::forward_part(outer, total, offset, part, &x, &mut y));
                attempt!(concat::backward_part(
                    outer, total, offset, part, &x, &mut y
                ));
            }
        }
    });
}
