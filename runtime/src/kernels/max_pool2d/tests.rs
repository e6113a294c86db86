//! Max pooling: values, gradients, NaN.

use super::*;
use crate::kernels::avg_pool2d;
use crate::kernels::pool::tests::pool2d;
use crate::kernels::tests::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
    with_ties,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn max_pool2d_agrees_with_its_twin(spec in pool2d(), n in 1..4_usize, seed: u64) {
        on_every_isa(|| {
            let x = with_ties(n * spec.input_len(), seed);
            let dy = random(n * spec.output_len(), seed + 1);
            let mut y = unwritten(dy.len());
            quiet(|| forward(&spec, n, &x, &mut y));
            close("y", &y, &reference::forward(&spec, n, &wide(&x)), 0.0)?;
            let mut dx = unwritten(x.len());
            quiet(|| backward(&spec, n, &x, &y, &dy, &mut dx));
            close("dx", &dx, &reference::backward(&spec, n, &wide(&x), &wide(&dy)), 1e-6)?;

            let cut: Vec<f32> = x.iter().map(|x| x.max(0.0)).collect();
            let mut y = unwritten(dy.len());
            quiet(|| forward(&spec, n, &cut, &mut y));
            let mut dx = unwritten(x.len());
            quiet(|| backward_through_relu(&spec, n, &cut, &y, &dy, &mut dx));
            let after = reference::backward(&spec, n, &wide(&cut), &wide(&dy));
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
            quiet(|| forward(&spec, 1, &x, &mut y));
            quiet(|| forward(&spec, 1, &clean, &mut expected));
            let ones = vec![1.0; y.len()];
            let mut count = vec![0.0; x.len()];
            quiet(|| avg_pool2d::backward(&spec, 1, &ones, &mut count));
            let seen = y.iter().filter(|y| y.is_nan()).count();
            prop_assert_eq!(seen > 0, count[nan] > 0.0, "a NaN inside a window must come out");
            for (y, expected) in y.iter().zip(&expected) {
                prop_assert!(y.is_nan() || y == expected);
            }
            let mut dx = unwritten(x.len());
            quiet(|| backward(&spec, 1, &x, &y, &ones, &mut dx));
            let sum: f32 = dx.iter().sum();
            prop_assert_eq!(sum, y.len() as f32, "no gradient may be lost under a NaN");
            Ok(())
        })?;
    }

    #[test]
    fn the_twin_of_max_pool2d_agrees_with_differences(spec in pool2d(), seed: u64) {
        let spec = Pool2d { channels: spec.channels.min(2), ..spec };
        let x = wide(&random(spec.input_len(), seed));
        let dy = wide(&random(spec.output_len(), seed + 1));
        let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
        near("dx", &reference::backward(&spec, 1, &x, &dy), &expected, DIFFERENCES)?;
    }
}
