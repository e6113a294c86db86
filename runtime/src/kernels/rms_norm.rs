//! Root-mean-square normalisation: each row divided by the root of its mean square, then scaled by feature.
//!
//! Source: Zhang and Sennrich 2019, "Root mean square layer normalization", equation 4.

use super::deviation::deviation;
use super::length::{check_len, product};
use super::sweep::{Flow, Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// Panics unless `x` has so many rows of so many features, and `scale` a row.
fn check(features: usize, rows: usize, x: &[f32], scale: &[f32]) {
    check_len(x.len(), product([features, rows]), "rms_norm: length of x");
    check_len(scale.len(), features, "rms_norm: length of scale");
}

/// `y = x / sqrt(mean(x²) + epsilon) * scale`, the mean over the row.
///
/// `x`, `y`: `(rows, features)`; `scale`: `(features)`; `saved`: `1 / sqrt(mean(x²) + epsilon)` of each row, `(rows)`,
/// for [`backward`].
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn forward(
    features: usize,
    rows: usize,
    x: &[f32],
    scale: &[f32],
    epsilon: f32,
    y: &mut [f32],
    saved: &mut [f32],
) {
    check(features, rows, x, scale);
    check_len(y.len(), x.len(), "rms_norm: length of y");
    check_len(saved.len(), rows, "rms_norm: length of saved");
    for (row, saved) in saved.iter_mut().enumerate() {
        let at = row * features..(row + 1) * features;
        *saved = dispatch(Forward {
            scale,
            epsilon,
            flow: Flow::between(&x[at.clone()], &mut y[at]),
        });
    }
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
    epsilon: f32,
    y: &mut [f32],
) {
    check(features, rows, x, scale);
    check_len(y.len(), x.len(), "rms_norm: length of y");
    // Rows of nothing may be more than can be counted through.
    let rows = if features == 0 { 0 } else { rows };
    for row in 0..rows {
        let at = row * features..(row + 1) * features;
        dispatch(Forward {
            scale,
            epsilon,
            flow: Flow::between(&x[at.clone()], &mut y[at]),
        });
    }
}

/// The gradients of input (`dx`, set) and scale (`dscale`, added to).
///
/// With `r` the row's saved number, `x̂ = x r` and `g = dy * scale`: `dx = r * (g - x̂ * mean(g * x̂))`,
/// `dscale += Σ dy * x̂`. `saved` is what [`forward`] wrote.
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
) {
    check(features, rows, x, scale);
    check_len(dy.len(), x.len(), "rms_norm: length of dy");
    check_len(dx.len(), x.len(), "rms_norm: length of dx");
    check_len(saved.len(), rows, "rms_norm: length of saved");
    check_len(dscale.len(), features, "rms_norm: length of dscale");
    for (row, &saved) in saved.iter().enumerate() {
        let at = row * features..(row + 1) * features;
        dispatch(Backward {
            x: &x[at.clone()],
            saved,
            scale,
            flow: Flow::between(&dy[at.clone()], &mut dx[at]),
            dscale,
        });
    }
}

/// One row; gives the number that it was multiplied by.
struct Forward<'a> {
    scale: &'a [f32],
    epsilon: f32,
    flow: Flow<'a>,
}

impl Kernel for Forward<'_> {
    type Output = f32;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        let Forward {
            scale,
            epsilon,
            flow,
        } = self;
        let features = flow.len();
        check_len(scale.len(), features, "rms_norm: length of scale");
        let mut squares = simd.splat(0.0);
        // SAFETY: `sweep` stays inside the length it is given. Lanes left out are 0.
        sweep!(simd: features, |at, lanes| unsafe {
            let x = lanes.load(simd, flow.from(at));
            squares = simd.fma(x, x, squares);
        });
        let inverse = 1.0 / deviation(simd.sum(squares) / features as f32, epsilon);
        let factor = simd.splat(inverse);
        // SAFETY: as above; `scale` is as long.
        sweep!(simd: features, |at, lanes| unsafe {
            let x = simd.mul(lanes.load(simd, flow.from(at)), factor);
            let scale = lanes.load(simd, scale.as_ptr().add(at));
            lanes.store(simd, flow.to(at), simd.mul(x, scale));
        });
        inverse
    }
}

/// One row.
struct Backward<'a> {
    x: &'a [f32],
    saved: f32,
    scale: &'a [f32],
    flow: Flow<'a>,
    dscale: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward {
            x,
            saved,
            scale,
            flow,
            dscale,
        } = self;
        let features = flow.len();
        for len in [x.len(), scale.len(), dscale.len()] {
            check_len(len, features, "rms_norm: length of a row");
        }
        let inverse = simd.splat(saved);
        let mut along = simd.splat(0.0);
        // SAFETY: `sweep` stays inside the length it is given, which all have. Lanes left out are 0.
        sweep!(simd: features, |at, lanes| unsafe {
            let normalised = simd.mul(lanes.load(simd, x.as_ptr().add(at)), inverse);
            let dy = lanes.load(simd, flow.from(at));
            let g = simd.mul(dy, lanes.load(simd, scale.as_ptr().add(at)));
            along = simd.fma(g, normalised, along);
            let sum = lanes.load(simd, dscale.as_ptr().add(at));
            lanes.store(simd, dscale.as_mut_ptr().add(at), simd.fma(dy, normalised, sum));
        });
        let mean = simd.splat(-simd.sum(along) / features as f32);
        // SAFETY: as above.
        sweep!(simd: features, |at, lanes| unsafe {
            let normalised = simd.mul(lanes.load(simd, x.as_ptr().add(at)), inverse);
            let dy = lanes.load(simd, flow.from(at));
            let g = simd.mul(dy, lanes.load(simd, scale.as_ptr().add(at)));
            lanes.store(simd, flow.to(at), simd.mul(inverse, simd.fma(normalised, mean, g)));
        });
    }
}

/// Root-mean-square normalisation in `f64`.
pub mod reference {
    /// `x / sqrt(mean(x²) + epsilon) * scale`, by row.
    pub fn forward(features: usize, x: &[f64], scale: &[f64], epsilon: f64) -> Vec<f64> {
        let rows = x.chunks(features);
        rows.flat_map(|row| {
            let root = root(row, epsilon);
            let values = row.iter().zip(scale);
            values.map(move |(x, scale)| x / root * scale)
        })
        .collect()
    }

    /// `(dx, dscale)`, by the quotient rule: `∂root/∂x_j = x_j / (features * root)`.
    pub fn backward(
        features: usize,
        x: &[f64],
        scale: &[f64],
        epsilon: f64,
        dy: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let (mut dx, mut dscale) = (Vec::new(), vec![0.0; features]);
        for (x, dy) in x.chunks(features).zip(dy.chunks(features)) {
            let root = root(x, epsilon);
            let along: f64 = (0..features).map(|i| dy[i] * scale[i] * x[i]).sum();
            for j in 0..features {
                let droot = x[j] / (features as f64 * root);
                dx.push(dy[j] * scale[j] / root - along / (root * root) * droot);
                dscale[j] += dy[j] * x[j] / root;
            }
        }
        (dx, dscale)
    }

    fn root(row: &[f64], epsilon: f64) -> f64 {
        let squares: f64 = row.iter().map(|x| x * x).sum();
        (squares / row.len() as f64 + epsilon).sqrt()
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

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn rms_norm_agrees_with_its_twin(features in 1..80_usize, rows in 1..9_usize, seed: u64) {
            on_every_isa(|| {
                let (x, dy) = (random(rows * features, seed), random(rows * features, seed + 1));
                let scale = random(features, seed + 2);
                let (wide_x, wide_scale, epsilon) = (wide(&x), wide(&scale), f64::from(EPSILON));
                let (mut y, mut saved) = (unwritten(x.len()), unwritten(rows));
                quiet(|| forward(features, rows, &x, &scale, EPSILON, &mut y, &mut saved));
                close("y", &y, &reference::forward(features, &wide_x, &wide_scale, epsilon), 2e-5)?;
                let mut again = unwritten(x.len());
                quiet(|| inference(features, rows, &x, &scale, EPSILON, &mut again));
                prop_assert_eq!(&again, &y);
                let (mut dx, mut dscale) = (unwritten(x.len()), vec![1.0; features]);
                quiet(|| backward(features, rows, &x, &saved, &scale, &dy, &mut dx, &mut dscale));
                let (wide_dx, wide_dscale) = reference::backward(features, &wide_x, &wide_scale, epsilon, &wide(&dy));
                close("dx", &dx, &wide_dx, 5e-5)?;
                let added: Vec<f64> = wide_dscale.iter().map(|sum| sum + 1.0).collect();
                close("dscale", &dscale, &added, 2e-5)?;
                Ok(())
            })?;
        }
    }

    #[test]
    #[should_panic(expected = "rms_norm: length of x")]
    fn sizes_that_no_slice_has_are_refused() {
        inference(usize::MAX, 2, &[1.0], &[1.0], 1e-6, &mut [0.0]);
    }
}
