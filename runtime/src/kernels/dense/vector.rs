//! One row through a dense layer: the weight streams by once, as it lies.

use crate::kernels::length::product;
use crate::simd::{Kernel, Simd, dispatch};

/// `y = x * weight + bias`
pub(super) fn forward(x: &[f32], weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
    assert_eq!(weight.len(), product([x.len(), y.len()]));
    if y.is_empty() {
        return;
    }
    dispatch(Forward { x, weight, bias, y });
}

struct Forward<'a> {
    x: &'a [f32],
    weight: &'a [f32],
    bias: Option<&'a [f32]>,
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { x, weight, bias, y } = self;
        let units = y.len();
        let mut unit = 0;
        // Many sums at once, since each addition waits for the one before it: vectors along the units where there are
        // enough of them (whole rows if possible, so that the weight streams by in order), else several rows of the
        // weight too.
        while unit < units {
            let left = units - unit;
            let (weight, bias, y) = (
                &weight[unit..],
                bias.map(|bias| &bias[unit..]),
                &mut y[unit..],
            );
            unit += if S::REGISTERS >= 32 && left >= 16 * S::LANES {
                forward_columns::<S, 16, 1>(simd, x, weight, units, bias, &mut y[..16 * S::LANES])
            } else if left >= 8 * S::LANES {
                forward_columns::<S, 8, 1>(simd, x, weight, units, bias, &mut y[..8 * S::LANES])
            } else if left >= 4 * S::LANES {
                forward_columns::<S, 4, 2>(simd, x, weight, units, bias, &mut y[..4 * S::LANES])
            } else if left >= 2 * S::LANES {
                forward_columns::<S, 2, 4>(simd, x, weight, units, bias, &mut y[..2 * S::LANES])
            } else {
                let y = &mut y[..left.min(S::LANES)];
                forward_columns::<S, 1, 8>(simd, x, weight, units, bias, y)
            };
        }
    }
}

/// The columns of `y`, up to `V` vectors (of which only a single one may be partial), with `U` rows of the weight in
/// turn. Returns the number of columns.
#[inline(always)]
fn forward_columns<S: Simd, const V: usize, const U: usize>(
    simd: S,
    x: &[f32],
    weight: &[f32],
    row: usize,
    bias: Option<&[f32]>,
    y: &mut [f32],
) -> usize {
    let columns = y.len();
    let mut sums = [[simd.splat(0.0); V]; U];
    if let Some(bias) = bias {
        for (v, sum) in sums[0].iter_mut().enumerate() {
            *sum = simd.load_partial(&bias[v * S::LANES..columns.min((v + 1) * S::LANES)]);
        }
    }
    let mut inputs = x.chunks_exact(U);
    let mut rows = weight.chunks(row);
    if columns == V * S::LANES {
        for inputs in &mut inputs {
            for (&x, sums) in inputs.iter().zip(&mut sums) {
                if let Some(row) = rows.next() {
                    let x = simd.splat(x);
                    for (v, sum) in sums.iter_mut().enumerate() {
                        *sum = simd.fma(x, simd.load(&row[v * S::LANES..]), *sum);
                    }
                }
            }
        }
    } else {
        for inputs in &mut inputs {
            for (&x, sums) in inputs.iter().zip(&mut sums) {
                if let Some(row) = rows.next() {
                    sums[0] = simd.fma(simd.splat(x), simd.load_partial(&row[..columns]), sums[0]);
                }
            }
        }
    }
    for ((&x, row), sums) in inputs.remainder().iter().zip(rows).zip(&mut sums) {
        for (v, sum) in sums.iter_mut().enumerate() {
            let row = &row[v * S::LANES..columns.min((v + 1) * S::LANES)];
            *sum = simd.fma(simd.splat(x), simd.load_partial(row), *sum);
        }
    }
    let mut width = U;
    while width > 1 {
        width /= 2;
        let (low, high) = sums.split_at_mut(width);
        for (low, high) in low.iter_mut().zip(high) {
            for (low, &mut high) in low.iter_mut().zip(high) {
                *low = simd.add(*low, high);
            }
        }
    }
    for (v, sum) in sums[0].into_iter().enumerate() {
        simd.store_partial(sum, &mut y[v * S::LANES..columns.min((v + 1) * S::LANES)]);
    }
    columns
}

/// `dx = weight * dy`, set or added.
pub(super) fn backward_input(dy: &[f32], weight: &[f32], dx: &mut [f32], accumulate: bool) {
    assert_eq!(weight.len(), product([dx.len(), dy.len()]));
    dispatch(BackwardInput {
        dy,
        weight,
        dx,
        accumulate,
    });
}

struct BackwardInput<'a> {
    dy: &'a [f32],
    weight: &'a [f32],
    dx: &'a mut [f32],
    accumulate: bool,
}

impl Kernel for BackwardInput<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            dy,
            weight,
            dx,
            accumulate,
        } = self;
        let units = dy.len();
        for (input, dx) in dx.iter_mut().enumerate() {
            let row = &weight[input * units..][..units];
            let mut sums = [simd.splat(0.0); 4];
            let (mut rows, mut gradients) = (
                row.chunks_exact(4 * S::LANES),
                dy.chunks_exact(4 * S::LANES),
            );
            for (row, dy) in (&mut rows).zip(&mut gradients) {
                for (v, sum) in sums.iter_mut().enumerate() {
                    *sum = simd.fma(
                        simd.load(&row[v * S::LANES..]),
                        simd.load(&dy[v * S::LANES..]),
                        *sum,
                    );
                }
            }
            let rest = rows
                .remainder()
                .chunks(S::LANES)
                .zip(gradients.remainder().chunks(S::LANES));
            for ((row, dy), sum) in rest.zip(&mut sums) {
                *sum = simd.fma(simd.load_partial(row), simd.load_partial(dy), *sum);
            }
            let sum = simd.sum(simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3])));
            *dx = if accumulate { *dx + sum } else { sum };
        }
    }
}
