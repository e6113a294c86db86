//! Group normalisation.

use super::*;
use crate::kernels::tests::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
};
use proptest::prelude::*;

const EPSILON: f32 = 1e-2;

fn added(values: &[f64], before: f64) -> Vec<f64> {
    values.iter().map(|value| value + before).collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn group_norm_agrees_with_its_twin(
        positions in 1..20_usize, groups in 1..5_usize, size in 1..9_usize, n in 1..4_usize, seed: u64,
    ) {
        on_every_isa(|| {
            let spec = GroupNorm { positions, channels: groups * size, groups };
            let (x, dy) = (random(n * spec.len(), seed), random(n * spec.len(), seed + 1));
            let (scale, shift) = (random(spec.channels, seed + 2), random(spec.channels, seed + 3));
            let (wide_x, wide_scale, epsilon) = (wide(&x), wide(&scale), f64::from(EPSILON));
            let (mut y, mut saved) = (unwritten(x.len()), unwritten(n * spec.saved_len()));
            quiet(|| forward(&spec, n, &x, &scale, &shift, EPSILON, &mut y, &mut saved));
            let expected = reference::forward(&spec, n, &wide_x, &wide_scale, &wide(&shift), epsilon);
            close("y", &y, &expected, 2e-5)?;
            let mut again = unwritten(x.len());
            quiet(|| inference(&spec, n, &x, &scale, &shift, EPSILON, &mut again));
            prop_assert_eq!(&again, &y);
            let mut dx = unwritten(x.len());
            let (mut dscale, mut dshift) = (vec![1.0; spec.channels], vec![2.0; spec.channels]);
            quiet(|| backward(&spec, n, &x, &saved, &scale, &dy, &mut dx, &mut dscale, &mut dshift));
            let expected = reference::backward(&spec, n, &wide_x, &wide_scale, epsilon, &wide(&dy));
            close("dx", &dx, &expected.0, 5e-5)?;
            close("dscale", &dscale, &added(&expected.1, 1.0), 2e-5)?;
            close("dshift", &dshift, &added(&expected.2, 2.0), 2e-5)?;
            Ok(())
        })?;
    }

    #[test]
    fn the_twin_of_group_norm_agrees_with_differences(
        positions in 1..4_usize, groups in 1..3_usize, size in 1..4_usize, seed: u64,
    ) {
        // Layer normalisation's twin is this one with one position and one group.
        let spec = GroupNorm { positions, channels: groups * size, groups };
        let (x, dy) = (wide(&random(2 * spec.len(), seed)), wide(&random(2 * spec.len(), seed + 1)));
        let (scale, shift) = (wide(&random(spec.channels, seed + 2)), wide(&random(spec.channels, seed + 3)));
        let forward = |x: &[f64], scale: &[f64], shift: &[f64]| {
            reference::forward(&spec, 2, x, scale, shift, 0.1)
        };
        let (dx, dscale, dshift) = reference::backward(&spec, 2, &x, &scale, 0.1, &dy);
        near("dx", &dx, &differences(&x, &dy, |x| forward(x, &scale, &shift)), DIFFERENCES)?;
        near("dscale", &dscale, &differences(&scale, &dy, |scale| forward(&x, scale, &shift)), DIFFERENCES)?;
        near("dshift", &dshift, &differences(&shift, &dy, |shift| forward(&x, &scale, shift)), DIFFERENCES)?;
    }
}
