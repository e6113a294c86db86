//! Layer normalisation: each row brought to mean 0 and variance 1, then scaled and shifted by feature.
//!
//! It is group normalisation of one position and one group, and computed as that.
//! Source: Ba, Kiros and Hinton 2016, "Layer normalization".

use super::group_norm::{self, GroupNorm};

/// A row as what group normalisation works on.
const fn row(features: usize) -> GroupNorm {
    GroupNorm::new(1, features, 1)
}

/// `y = (x - mean) / sqrt(variance + epsilon) * scale + shift`, mean and (biased) variance over the row.
///
/// `x`, `y`: `(rows, features)`; `scale`, `shift`: `(features)`; `saved`: mean and inverse standard deviation of each
/// row, `(rows, 2)`, for [`backward`].
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn forward(
    features: usize,
    rows: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
    saved: &mut [f32],
) {
    group_norm::forward(&row(features), rows, x, scale, shift, epsilon, y, saved);
}

/// [`forward`] without what only the backward pass needs.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn inference(
    features: usize,
    rows: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
) {
    group_norm::inference(&row(features), rows, x, scale, shift, epsilon, y);
}

/// [`inference`] on values that it replaces.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn inference_in_place(
    features: usize,
    rows: usize,
    x: &mut [f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
) {
    group_norm::inference_in_place(&row(features), rows, x, scale, shift, epsilon);
}

/// The gradients of input (`dx`, set), scale and shift (`dscale`, `dshift`, added to).
///
/// With `x̂ = (x - mean) * inverse std` and `g = dy * scale`:
/// `dx = inverse std * (g - mean(g) - x̂ * mean(g * x̂))`, `dscale += Σ dy * x̂`, `dshift += Σ dy`.
/// `saved` is what [`forward`] wrote.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward(
    features: usize,
    rows: usize,
    x: &[f32],
    saved: &[f32],
    scale: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    group_norm::backward(
        &row(features),
        rows,
        x,
        saved,
        scale,
        dy,
        dx,
        dscale,
        dshift,
    );
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_in_place(
    features: usize,
    rows: usize,
    x: &[f32],
    saved: &[f32],
    scale: &[f32],
    d: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    group_norm::backward_in_place(&row(features), rows, x, saved, scale, d, dscale, dshift);
}

/// Layer normalisation in `f64`: group normalisation of one position and one group.
pub mod reference {
    use crate::kernels::group_norm::GroupNorm;
    use crate::kernels::group_norm::reference as group_norm;

    /// `(x - mean) / sqrt(variance + epsilon) * scale + shift`, by row.
    pub fn forward(
        features: usize,
        rows: usize,
        x: &[f64],
        scale: &[f64],
        shift: &[f64],
        epsilon: f64,
    ) -> Vec<f64> {
        group_norm::forward(&row(features), rows, x, scale, shift, epsilon)
    }

    /// `(dx, dscale, dshift)`.
    pub fn backward(
        features: usize,
        rows: usize,
        x: &[f64],
        scale: &[f64],
        epsilon: f64,
        dy: &[f64],
    ) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        group_norm::backward(&row(features), rows, x, scale, epsilon, dy)
    }

    fn row(features: usize) -> GroupNorm {
        GroupNorm {
            positions: 1,
            channels: features,
            groups: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{
        cases, close, on_every_isa, quiet, random, unwritten, wide,
    };
    use proptest::prelude::*;

    const EPSILON: f32 = 1e-2;

    fn added(values: &[f64], before: f64) -> Vec<f64> {
        values.iter().map(|value| value + before).collect()
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn layer_norm_agrees_with_its_twin(features in 1..80_usize, rows in 1..9_usize, seed: u64) {
            on_every_isa(|| {
                let (x, dy) = (random(rows * features, seed), random(rows * features, seed + 1));
                let (scale, shift) = (random(features, seed + 2), random(features, seed + 3));
                let (wide_x, wide_scale, epsilon) = (wide(&x), wide(&scale), f64::from(EPSILON));
                let (mut y, mut saved) = (unwritten(x.len()), unwritten(rows * 2));
                quiet(|| forward(features, rows, &x, &scale, &shift, EPSILON, &mut y, &mut saved));
                let expected = reference::forward(features, rows, &wide_x, &wide_scale, &wide(&shift), epsilon);
                close("y", &y, &expected, 2e-5)?;
                let mut again = unwritten(x.len());
                quiet(|| inference(features, rows, &x, &scale, &shift, EPSILON, &mut again));
                prop_assert_eq!(&again, &y);
                let mut dx = unwritten(x.len());
                let (mut dscale, mut dshift) = (vec![1.0; features], vec![2.0; features]);
                quiet(|| backward(features, rows, &x, &saved, &scale, &dy, &mut dx, &mut dscale, &mut dshift));
                let expected = reference::backward(features, rows, &wide_x, &wide_scale, epsilon, &wide(&dy));
                close("dx", &dx, &expected.0, 5e-5)?;
                close("dscale", &dscale, &added(&expected.1, 1.0), 2e-5)?;
                close("dshift", &dshift, &added(&expected.2, 2.0), 2e-5)?;
                Ok(())
            })?;
        }
    }
}
