//! Batch normalisation, whole and in chunks.

use super::*;
use crate::kernels::activation::{self, Activation};
use crate::kernels::team::{Team, pool_of_this_thread};
use crate::kernels::tests::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
};
use crate::simd;
use proptest::prelude::*;

const EPSILON: f32 = 1e-3;

/// Statistics of the batch cut into chunks of the given rows.
fn statistics(channels: usize, chunks: &[usize], x: &[f32]) -> Vec<f32> {
    let mut partials = unwritten(chunks.len() * 2 * channels);
    let mut start = 0;
    for (rows, partial) in chunks.iter().zip(partials.chunks_exact_mut(2 * channels)) {
        quiet(|| partial_statistics(channels, *rows, &x[start..start + rows * channels], partial));
        start += rows * channels;
    }
    let mut statistics = unwritten(3 * channels);
    quiet(|| combine_statistics(channels, 1, chunks, &partials, EPSILON, &mut statistics));
    statistics
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn batch_norm_agrees_with_its_twin(
        channels in 1..40_usize, chunks in prop::collection::vec(1..70_usize, 1..4), offset in -30..30_i32, seed: u64,
    ) {
        on_every_isa(|| {
            let rows: usize = chunks.iter().sum();
            let x: Vec<f32> = random(rows * channels, seed).iter().map(|x| x + offset as f32).collect();
            let dy = random(rows * channels, seed + 1);
            let (scale, shift) = (random(channels, seed + 2), random(channels, seed + 3));
            let statistics = statistics(channels, &chunks, &x);
            let (mean, variance) = reference::statistics(channels, rows, &wide(&x));
            close("mean", &statistics[..channels], &mean, 1e-6)?;
            close("variance", &statistics[2 * channels..], &variance, 1e-5)?;

            let mut y = unwritten(x.len());
            quiet(|| forward(channels, rows, &x, &statistics, &scale, &shift, None, Activation::Relu, &mut y));
            let (wide_x, wide_scale, epsilon) = (wide(&x), wide(&scale), f64::from(EPSILON));
            let plain = reference::forward(channels, rows, &wide_x, &wide_scale, &wide(&shift), epsilon);
            let expected = activation::reference::forward(Activation::Relu, &plain);
            // A row alone has variance 0, and the error of its mean grows by 1 / sqrt(epsilon).
            close("y", &y, &expected, 1e-4)?;
            let sum: Vec<f64> = plain.iter().zip(wide(&dy)).map(|(y, residual)| y + residual).collect();
            for act in [Activation::Relu, Activation::Relu6, Activation::Tanh] {
                let mut y = unwritten(x.len());
                quiet(|| forward(channels, rows, &x, &statistics, &scale, &shift, Some(&dy), act, &mut y));
                close("y with a residual", &y, &activation::reference::forward(act, &sum), 1e-4)?;
            }

            let mut partials = unwritten(chunks.len() * 2 * channels);
            let mut start = 0;
            for (rows, partial) in chunks.iter().zip(partials.chunks_exact_mut(2 * channels)) {
                let part = start..start + rows * channels;
                let (x, dy) = (&x[part.clone()], &dy[part.clone()]);
                quiet(|| backward_partial(channels, *rows, x, &statistics, dy, partial));
                start = part.end;
            }
            let (mut dscale, mut dshift) = (vec![1.0; channels], vec![2.0; channels]);
            let mut coefficients = unwritten(3 * channels);
            quiet(|| backward_combine(
                channels, rows, &partials, &statistics, &scale, &mut coefficients, &mut dscale, &mut dshift,
            ));
            let mut dx = unwritten(x.len());
            quiet(|| backward_input(channels, rows, &x, &coefficients, &dy, &mut dx));
            let (expected_dx, expected_dscale, expected_dshift) =
                reference::backward(channels, rows, &wide_x, &wide_scale, epsilon, &wide(&dy));
            // Where the batch hardly varies, 1 / std is up to 30 and magnifies the rounding of the mean.
            close("dx", &dx, &expected_dx, 2e-3)?;
            let added = |values: &[f64], before: f64| values.iter().map(|value| value + before).collect::<Vec<_>>();
            close("dscale", &dscale, &added(&expected_dscale, 1.0), 2e-4)?;
            close("dshift", &dshift, &added(&expected_dshift, 2.0), 1e-5)?;
            Ok(())
        })?;
    }

    #[test]
    fn gradients_go_through_the_activation_in_the_same_pass(
        channels in 1..40_usize, rows in 1..70_usize, act in 0..3_usize, seed: u64,
    ) {
        on_every_isa(|| {
            let act = [Activation::Relu, Activation::Relu6, Activation::Tanh][act];
            let (x, dy) = (random(rows * channels, seed), random(rows * channels, seed + 2));
            // As the activation leaves them, at its bounds too.
            let mut y: Vec<f32> = random(rows * channels, seed + 1).iter().map(|y| 8.0 * y).collect();
            quiet(|| activation::forward_in_place(act, &mut y));
            let statistics = random(3 * channels, seed + 3);
            let mut apart = dy.clone();
            quiet(|| activation::backward_in_place(act, &y, &mut apart));
            let mut expected = unwritten(2 * channels);
            quiet(|| backward_partial(channels, rows, &x, &statistics, &apart, &mut expected));
            let (mut d, mut partial) = (dy, unwritten(2 * channels));
            quiet(|| backward_partial_in_place(channels, rows, &x, &statistics, act, &y, &mut d, &mut partial));
            prop_assert_eq!(d, apart);
            prop_assert_eq!(partial, expected);
            Ok(())
        })?;
    }

    #[test]
    fn batch_norm_predicts_with_the_running_statistics(channels in 1..40_usize, rows in 1..50_usize, seed: u64) {
        on_every_isa(|| {
            let x = random(rows * channels, seed);
            let statistics: Vec<f32> = random(3 * channels, seed + 1).iter().map(|x| x.abs()).collect();
            let (scale, shift) = (random(channels, seed + 2), random(channels, seed + 3));
            let (mut mean, mut variance) = (vec![0.0; channels], vec![1.0; channels]);
            quiet(|| update_running(channels, rows, 0.75, &statistics, &mut mean, &mut variance));
            if rows == 1 {
                prop_assert!(mean.iter().all(|x| *x == 0.0) && variance.iter().all(|x| *x == 1.0));
            } else {
                let unbiased = rows as f32 / (rows - 1) as f32;
                for c in 0..channels {
                    prop_assert!((mean[c] - 0.25 * statistics[c]).abs() < 1e-6);
                    prop_assert!((variance[c] - (0.75 + 0.25 * unbiased * statistics[2 * channels + c])).abs() < 1e-5);
                }
            }
            let mut y = unwritten(x.len());
            quiet(|| inference(
                channels, rows, &x, &mean, &variance, &scale, &shift, EPSILON, None, Activation::Identity, &mut y,
            ));
            let expected = reference::inference(
                channels, &wide(&x), &wide(&mean), &wide(&variance), &wide(&scale), &wide(&shift), f64::from(EPSILON),
            );
            close("y", &y, &expected, 1e-5)?;
            let mut folded = unwritten(channels);
            quiet(|| fold_bias(None, &mean, &variance, &scale, &shift, EPSILON, &mut folded));
            let folded: Vec<f32> = x
                .iter()
                .enumerate()
                .map(|(at, x)| (at % channels, x))
                .map(|(c, x)| x * factor(variance[c], scale[c], EPSILON) + folded[c])
                .collect();
            close("y of a layer with the norm folded in", &folded, &expected, 1e-4)?;
            Ok(())
        })?;
    }

    #[test]
    fn the_twin_of_batch_norm_agrees_with_differences(channels in 1..4_usize, rows in 2..6_usize, seed: u64) {
        let (x, dy) = (wide(&random(rows * channels, seed)), wide(&random(rows * channels, seed + 1)));
        let (scale, shift) = (wide(&random(channels, seed + 2)), wide(&random(channels, seed + 3)));
        let forward = reference::forward;
        let (dx, dscale, dshift) = reference::backward(channels, rows, &x, &scale, 0.1, &dy);
        near("dx", &dx, &differences(&x, &dy, |x| forward(channels, rows, x, &scale, &shift, 0.1)), DIFFERENCES)?;
        let expected = differences(&scale, &dy, |scale| forward(channels, rows, &x, scale, &shift, 0.1));
        near("dscale", &dscale, &expected, DIFFERENCES)?;
        let expected = differences(&shift, &dy, |shift| forward(channels, rows, &x, &scale, shift, 0.1));
        near("dshift", &dshift, &expected, DIFFERENCES)?;
    }
}

#[test]
fn statistics_of_values_far_from_zero_stay_accurate() {
    let x: Vec<f32> = random(4096 * 3, 1).iter().map(|x| x + 1000.0).collect();
    let statistics = statistics(3, &[1000, 3000, 96], &x);
    let (mean, variance) = reference::statistics(3, 4096, &wide(&x));
    for c in 0..3 {
        assert!((f64::from(statistics[c]) - mean[c]).abs() < 1e-3);
        assert!((f64::from(statistics[6 + c]) / variance[c] - 1.0).abs() < 1e-4);
    }
}

/// Passes long enough to be shared out, alone and on a team.
#[test]
fn few_examples_have_the_bits_of_one_thread() {
    let _pool = pool_of_this_thread();
    for (channels, rows) in [(24, 9000), (131, 1700), (512, 400)] {
        let [x, residual, dy] = [1, 2, 3].map(|seed| random(rows * channels, seed));
        let [scale, shift] = [4, 5].map(|seed| random(channels, seed));
        simd::on_every_isa(|isa| {
            for act in [Activation::Relu, Activation::Tanh] {
                let run = |mut team: Team<'_>| {
                    let team = &mut team;
                    let mut partial = unwritten(2 * channels);
                    partial_statistics_shared(team, channels, rows, &x, &mut partial);
                    let mut statistics = unwritten(3 * channels);
                    combine_statistics(channels, rows, &[1], &partial, EPSILON, &mut statistics);
                    let mut y = unwritten(x.len());
                    forward_shared(
                        team,
                        channels,
                        rows,
                        &x,
                        &statistics,
                        &scale,
                        &shift,
                        Some(&residual),
                        act,
                        &mut y,
                    );
                    let mut sums = unwritten(2 * channels);
                    backward_partial_shared(team, channels, rows, &x, &statistics, &dy, &mut sums);
                    let (mut d, mut sums_of_d) = (dy.clone(), unwritten(2 * channels));
                    backward_partial_in_place_shared(
                        team,
                        channels,
                        rows,
                        &x,
                        &statistics,
                        act,
                        &y,
                        &mut d,
                        &mut sums_of_d,
                    );
                    let mut dx = unwritten(x.len());
                    backward_input_shared(team, channels, rows, &x, &statistics, &d, &mut dx);
                    [partial, y, sums, d, sums_of_d, dx]
                };
                let alone = run(Team::alone());
                let shared = Team::with_pool([16, 0], &mut [], run);
                assert!(alone == shared, "{channels} channels, {act:?}, {isa:?}");
            }
        });
    }
}

#[test]
fn running_statistics_are_those_of_the_twin() {
    for rows in [1, 2, 3, 64] {
        let x = random(rows * 5, 9);
        let statistics = statistics(5, &[rows], &x);
        let (mut mean, mut variance) = (random(5, 1), vec![0.5; 5]);
        let expected =
            reference::running(5, rows, &wide(&x), 0.9, [&wide(&mean), &wide(&variance)]);
        update_running(5, rows, 0.9, &statistics, &mut mean, &mut variance);
        for (found, expected) in [&mean, &variance].into_iter().zip(&expected) {
            for (found, expected) in found.iter().zip(expected) {
                assert!((f64::from(*found) - expected).abs() < 1e-6, "{rows} rows");
            }
        }
    }
}

#[test]
fn a_variance_beyond_f32_has_no_inverse() {
    let mut statistics = [0.0; 3];
    // Two chunks of one row, at 10^20 and -10^20: the variance is 10^40.
    combine_statistics(
        1,
        1,
        &[1, 1],
        &[1e20, 0.0, -1e20, 0.0],
        1e-5,
        &mut statistics,
    );
    let [mean, inverse, variance] = statistics;
    assert_eq!((mean, variance), (0.0, f32::INFINITY));
    assert!(inverse.is_nan(), "{inverse}");
}
