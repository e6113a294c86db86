//! Pooling.

use super::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, random, unwritten, wide,
};
use crate::kernels::pool::{GlobalPool, Pool2d};
use crate::kernels::{avg_pool2d, global_avg_pool, global_max_pool, max_pool2d};
use proptest::prelude::*;

/// Any pooling whose windows all hold a real pixel; 2×2 halving in half of the cases.
fn pool2d() -> impl Strategy<Value = Pool2d> {
    let sizes = (
        1..4_usize,
        1..4_usize,
        1..4_usize,
        1..4_usize,
        any::<bool>(),
    );
    (sizes, 1..9_usize, 1..9_usize, 1..40_usize, any::<[u8; 4]>()).prop_map(
        |((kh, kw, sh, sw, halving), height, width, channels, padding)| {
            if halving {
                let (height, width) = (height + 1, width + 1);
                return Pool2d {
                    height,
                    width,
                    channels,
                    kernel: [2; 2],
                    stride: [2; 2],
                    padding: [[0; 2]; 2],
                };
            }
            let pad = |k: usize, axis: usize| usize::from(padding[k]) % [kh, kw][axis];
            let padding = [[pad(0, 0), pad(1, 0)], [pad(2, 1), pad(3, 1)]];
            let [height, width] = [height + kh - 1, width + kw - 1];
            Pool2d {
                height,
                width,
                channels,
                kernel: [kh, kw],
                stride: [sh, sw],
                padding,
            }
        },
    )
}

/// Values of which many are equal, so that the first maximum must win.
fn with_ties(len: usize, seed: u64) -> Vec<f32> {
    random(len, seed)
        .into_iter()
        .map(|x| (2.0 * x).round())
        .collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn max_pool2d_agrees_with_its_twin(spec in pool2d(), n in 1..4_usize, seed: u64) {
        on_every_isa(|| {
            let x = with_ties(n * spec.input_len(), seed);
            let dy = random(n * spec.output_len(), seed + 1);
            let mut y = unwritten(dy.len());
            max_pool2d::forward(&spec, n, &x, &mut y);
            close("y", &y, &max_pool2d::reference::forward(&spec, n, &wide(&x)), 0.0)?;
            let mut dx = unwritten(x.len());
            max_pool2d::backward(&spec, n, &x, &y, &dy, &mut dx);
            close("dx", &dx, &max_pool2d::reference::backward(&spec, n, &wide(&x), &wide(&dy)), 1e-6)?;

            let cut: Vec<f32> = x.iter().map(|x| x.max(0.0)).collect();
            let mut y = unwritten(dy.len());
            max_pool2d::forward(&spec, n, &cut, &mut y);
            let mut dx = unwritten(x.len());
            max_pool2d::backward_through_relu(&spec, n, &cut, &y, &dy, &mut dx);
            let after = max_pool2d::reference::backward(&spec, n, &wide(&cut), &wide(&dy));
            let before: Vec<f64> = after
                .iter()
                .zip(&cut)
                .map(|(&dx, &x)| if x > 0.0 { dx } else { 0.0 })
                .collect();
            close("dx before the relu", &dx, &before, 1e-6)?;
            Ok(())
        })?;
    }

    #[test]
    fn max_pool2d_keeps_nan(spec in pool2d(), seed: u64) {
        on_every_isa(|| {
            let clean = random(spec.input_len(), seed);
            let nan = seed as usize % clean.len();
            let mut x = clean.clone();
            x[nan] = f32::NAN;
            let (mut y, mut expected) = (unwritten(spec.output_len()), unwritten(spec.output_len()));
            max_pool2d::forward(&spec, 1, &x, &mut y);
            max_pool2d::forward(&spec, 1, &clean, &mut expected);
            let ones = vec![1.0; y.len()];
            let mut count = vec![0.0; x.len()];
            avg_pool2d::backward(&spec, 1, &ones, &mut count);
            let seen = y.iter().filter(|y| y.is_nan()).count();
            prop_assert_eq!(seen > 0, count[nan] > 0.0, "a NaN inside a window must come out");
            for (y, expected) in y.iter().zip(&expected) {
                prop_assert!(y.is_nan() || y == expected);
            }
            Ok(())
        })?;
    }

    #[test]
    fn avg_pool2d_agrees_with_its_twin(spec in pool2d(), n in 1..4_usize, seed: u64) {
        on_every_isa(|| {
            let x = random(n * spec.input_len(), seed);
            let dy = random(n * spec.output_len(), seed + 1);
            let mut y = unwritten(dy.len());
            avg_pool2d::forward(&spec, n, &x, &mut y);
            close("y", &y, &avg_pool2d::reference::forward(&spec, n, &wide(&x)), 1e-6)?;
            let mut dx = unwritten(x.len());
            avg_pool2d::backward(&spec, n, &dy, &mut dx);
            close("dx", &dx, &avg_pool2d::reference::backward(&spec, n, &wide(&dy)), 1e-6)?;
            Ok(())
        })?;
    }

    #[test]
    fn global_pools_agree_with_their_twins(
        positions in 1..20_usize, channels in 1..40_usize, n in 1..4_usize, seed: u64,
    ) {
        on_every_isa(|| {
            let spec = GlobalPool { positions, channels };
            let x = with_ties(n * spec.input_len(), seed);
            let dy = random(n * channels, seed + 1);
            let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
            global_avg_pool::forward(&spec, n, &x, &mut y);
            close("mean", &y, &global_avg_pool::reference::forward(&spec, n, &wide(&x)), 1e-6)?;
            global_avg_pool::backward(&spec, n, &dy, &mut dx);
            close("dx of mean", &dx, &global_avg_pool::reference::backward(&spec, n, &wide(&dy)), 1e-6)?;
            let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
            global_max_pool::forward(&spec, n, &x, &mut y);
            close("max", &y, &global_max_pool::reference::forward(&spec, n, &wide(&x)), 0.0)?;
            global_max_pool::backward(&spec, n, &x, &y, &dy, &mut dx);
            close("dx of max", &dx, &global_max_pool::reference::backward(&spec, n, &wide(&x), &wide(&dy)), 0.0)?;
            Ok(())
        })?;
    }

    #[test]
    fn global_max_pool_keeps_nan(positions in 1..20_usize, channels in 1..40_usize, seed: u64) {
        on_every_isa(|| {
            let spec = GlobalPool { positions, channels };
            let mut x = random(spec.input_len(), seed);
            let nan = seed as usize % x.len();
            x[nan] = f32::NAN;
            let mut y = unwritten(channels);
            global_max_pool::forward(&spec, 1, &x, &mut y);
            for (c, y) in y.iter().enumerate() {
                prop_assert_eq!(y.is_nan(), c == nan % channels);
            }
            Ok(())
        })?;
    }

    #[test]
    fn twins_of_pooling_agree_with_differences(spec in pool2d(), seed: u64) {
        let spec = Pool2d { channels: spec.channels.min(2), ..spec };
        let x = wide(&random(spec.input_len(), seed));
        let dy = wide(&random(spec.output_len(), seed + 1));
        let max = differences(&x, &dy, |x| max_pool2d::reference::forward(&spec, 1, x));
        near("max", &max_pool2d::reference::backward(&spec, 1, &x, &dy), &max, DIFFERENCES)?;
        let mean = differences(&x, &dy, |x| avg_pool2d::reference::forward(&spec, 1, x));
        near("mean", &avg_pool2d::reference::backward(&spec, 1, &dy), &mean, DIFFERENCES)?;
        let global = GlobalPool { positions: spec.height * spec.width, channels: spec.channels };
        let dy = &dy[..spec.channels];
        let max = differences(&x, dy, |x| global_max_pool::reference::forward(&global, 1, x));
        near("global max", &global_max_pool::reference::backward(&global, 1, &x, dy), &max, DIFFERENCES)?;
        let mean = differences(&x, dy, |x| global_avg_pool::reference::forward(&global, 1, x));
        near("global mean", &global_avg_pool::reference::backward(&global, 1, dy), &mean, DIFFERENCES)?;
    }
}

#[test]
fn the_output_of_a_window_is_known_in_consts() {
    const POOL: Pool2d = Pool2d {
        height: 5,
        width: 7,
        channels: 3,
        kernel: [2, 3],
        stride: [2, 1],
        padding: [[0, 1], [1, 1]],
    };
    const OUTPUT: [usize; 2] = POOL.output();
    assert_eq!(OUTPUT, [3, 7]);
}
