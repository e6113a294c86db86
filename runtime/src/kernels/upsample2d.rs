//! Enlarging pictures by whole factors, by repeating pixels or by mixing neighbours.

use super::length::{check_len, check_sizes, product};
use std::ops::Range;

use crate::simd::{Kernel, Simd, dispatch};

/// How a new pixel gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest old pixel's.
    Nearest,
    /// Mixed from the four nearest old pixels by distance, pixel centres at halves (`align_corners = false`).
    Bilinear,
}

/// The sizes of an enlarging layer: `(n, height, width, channels)` becomes `factor` times as high and wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upsample2d {
    /// Rows of the input picture.
    pub(in crate::kernels) height: usize,
    /// Columns of the input picture.
    pub(in crate::kernels) width: usize,
    /// Channels of the input and of the output.
    pub(in crate::kernels) channels: usize,
    /// How many times as high and as wide, `[rows, columns]`.
    pub(in crate::kernels) factor: [usize; 2],
    /// How a new pixel gets its value.
    pub(in crate::kernels) interpolation: Interpolation,
}

impl Upsample2d {
    /// A single pixel.
    pub const ONE: Self = Self::new([1; 3], [1; 2], Interpolation::Nearest);

    /// The enlarging of pictures of these sizes, `[height, width, channels]`, by factors for rows and columns.
    ///
    /// # Panics
    /// If a size or factor is 0 or the sizes are too large for memory.
    pub const fn new(
        [height, width, channels]: [usize; 3],
        factor: [usize; 2],
        interpolation: Interpolation,
    ) -> Self {
        let spec = Upsample2d {
            height,
            width,
            channels,
            factor,
            interpolation,
        };
        check_sizes(
            &[height, width, channels, factor[0], factor[1]],
            &[spec.output_len()],
        );
        spec
    }

    /// Rows and columns of the output.
    pub const fn output(&self) -> [usize; 2] {
        [
            product([self.height, self.factor[0]]),
            product([self.width, self.factor[1]]),
        ]
    }

    /// Values in one example of the input.
    pub const fn input_len(&self) -> usize {
        product([self.height, self.width, self.channels])
    }

    /// Values in one example of the output.
    pub const fn output_len(&self) -> usize {
        let [height, width] = self.output();
        product([height, width, self.channels])
    }
}

/// The two old positions that a new one mixes, and the weight of each.
#[derive(Clone, Copy)]
struct Mix {
    at: [usize; 2],
    weight: [f32; 2],
}

/// What position `new` of an axis of `size` old positions is made of.
fn mix(interpolation: Interpolation, new: usize, factor: usize, size: usize) -> Mix {
    match interpolation {
        Interpolation::Nearest => Mix {
            at: [new / factor; 2],
            weight: [1.0, 0.0],
        },
        Interpolation::Bilinear => {
            let source = ((new as f64 + 0.5) / factor as f64 - 0.5).max(0.0);
            let first = (source as usize).min(size - 1);
            let second = (first + 1).min(size - 1);
            let share = (source - first as f64) as f32;
            Mix {
                at: [first, second],
                weight: [1.0 - share, share],
            }
        }
    }
}

/// `y[i, j]` is the old pixel at `(i, j) / factor`: the nearest, or mixed from the four around it.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, height * factor, width * factor, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Upsample2d, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(
        x.len(),
        product([n, spec.input_len()]),
        "upsample2d: length of x",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "upsample2d: length of y",
    );
    dispatch(Forward { spec, n, x, y });
}

/// Sends each `dy` back to the old pixels it was made of, by the same weights; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Upsample2d, n: usize, dy: &[f32], dx: &mut [f32]) {
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "upsample2d: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "upsample2d: length of dx",
    );
    dispatch(Backward { spec, n, dy, dx });
}

struct Forward<'a> {
    spec: &'a Upsample2d,
    n: usize,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();
    // The loops are plain: compiled for the instruction set, they become its vectors.
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Forward { spec, n, x, y } = self;
        let channels = spec.channels;
        each_pixel(spec, n, |to, rows, columns| {
            let y = &mut y[to];
            match spec.interpolation {
                Interpolation::Nearest => {
                    y.copy_from_slice(&x[pixel(spec, rows.at[0], columns.at[0])])
                }
                Interpolation::Bilinear => {
                    let corner = |r: usize, c: usize| &x[pixel(spec, rows.at[r], columns.at[c])];
                    let (a, b, c, d) = (corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1));
                    let [top, bottom] = rows.weight;
                    let [left, right] = columns.weight;
                    for k in 0..channels {
                        y[k] = top * (left * a[k] + right * b[k])
                            + bottom * (left * c[k] + right * d[k]);
                    }
                }
            }
        });
    }
}

struct Backward<'a> {
    spec: &'a Upsample2d,
    n: usize,
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Backward { spec, n, dy, dx } = self;
        dx.fill(0.0);
        each_pixel(spec, n, |from, rows, columns| {
            let dy = &dy[from];
            for r in 0..2 {
                for c in 0..2 {
                    let weight = rows.weight[r] * columns.weight[c];
                    if weight != 0.0 {
                        let dx = &mut dx[pixel(spec, rows.at[r], columns.at[c])];
                        for (dx, &dy) in dx.iter_mut().zip(dy) {
                            *dx += weight * dy;
                        }
                    }
                }
            }
        });
    }
}

/// The values of the old pixel at `row` (counted through all examples) and `column`.
#[inline(always)]
fn pixel(spec: &Upsample2d, row: usize, column: usize) -> Range<usize> {
    let start = (row * spec.width + column) * spec.channels;
    start..start + spec.channels
}

/// Calls `visit` with the values of each new pixel and what its row (counted through all examples) and column mix.
#[inline(always)]
fn each_pixel(spec: &Upsample2d, n: usize, mut visit: impl FnMut(Range<usize>, Mix, Mix)) {
    let [output_height, output_width] = spec.output();
    let mut start = 0;
    for example in 0..n {
        for i in 0..output_height {
            let mut rows = mix(spec.interpolation, i, spec.factor[0], spec.height);
            rows.at = rows.at.map(|row| example * spec.height + row);
            for j in 0..output_width {
                let columns = mix(spec.interpolation, j, spec.factor[1], spec.width);
                visit(start..start + spec.channels, rows, columns);
                start += spec.channels;
            }
        }
    }
}

/// Enlarging pictures in `f64`: a new pixel is a sum of old ones, by weights of rows times weights of columns.
pub mod reference {
    use super::{Interpolation, Upsample2d};

    /// The weight that old position `old` of an axis of `size` has in new position `new`.
    fn weight(
        interpolation: Interpolation,
        new: usize,
        old: usize,
        factor: usize,
        size: usize,
    ) -> f64 {
        match interpolation {
            Interpolation::Nearest => f64::from(u8::from(new / factor == old)),
            Interpolation::Bilinear => {
                let centre =
                    ((new as f64 + 0.5) / factor as f64 - 0.5).clamp(0.0, (size - 1) as f64);
                (1.0 - (centre - old as f64).abs()).max(0.0)
            }
        }
    }

    /// `y[i, j] = Σ weight(i, row) * weight(j, column) * x[row, column]`.
    pub fn forward(spec: &Upsample2d, n: usize, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; n * spec.output_len()];
        each(spec, n, |new, old, weight| y[new] += weight * x[old]);
        y
    }

    /// `dx[row, column] = Σ weight(i, row) * weight(j, column) * dy[i, j]`.
    pub fn backward(spec: &Upsample2d, n: usize, dy: &[f64]) -> Vec<f64> {
        let mut dx = vec![0.0; n * spec.input_len()];
        each(spec, n, |new, old, weight| dx[old] += weight * dy[new]);
        dx
    }

    /// Every pair of a new and an old value of the same example and channel, with its weight.
    fn each(spec: &Upsample2d, n: usize, mut visit: impl FnMut(usize, usize, f64)) {
        let [height, width] = spec.output();
        for example in 0..n {
            for (i, j) in (0..height).flat_map(|i| (0..width).map(move |j| (i, j))) {
                for (row, column) in
                    (0..spec.height).flat_map(|r| (0..spec.width).map(move |c| (r, c)))
                {
                    let weight = weight(spec.interpolation, i, row, spec.factor[0], spec.height)
                        * weight(spec.interpolation, j, column, spec.factor[1], spec.width);
                    for c in 0..spec.channels {
                        let new = ((example * height + i) * width + j) * spec.channels + c;
                        let old = ((example * spec.height + row) * spec.width + column)
                            * spec.channels
                            + c;
                        visit(new, old, weight);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{
        DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
    };
    use proptest::prelude::*;

    fn upsample() -> impl Strategy<Value = Upsample2d> {
        (
            1..6_usize,
            1..6_usize,
            1..20_usize,
            1..4_usize,
            1..4_usize,
            any::<bool>(),
        )
            .prop_map(
                |(height, width, channels, rows, columns, nearest)| Upsample2d {
                    height,
                    width,
                    channels,
                    factor: [rows, columns],
                    interpolation: if nearest {
                        Interpolation::Nearest
                    } else {
                        Interpolation::Bilinear
                    },
                },
            )
    }

    /// In `f32` only every other position beyond 2²⁴ can be told.
    #[test]
    fn positions_far_along_an_axis_are_exact() {
        let (size, new) = (1 << 26, (1 << 26) + 3);
        let mix = mix(Interpolation::Bilinear, new, 2, size);
        assert_eq!(mix.at, [(1 << 25) + 1, (1 << 25) + 2]);
        assert_eq!(mix.weight, [0.75, 0.25]);
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn upsample2d_agrees_with_its_twin(spec in upsample(), n in 1..4_usize, seed: u64) {
            on_every_isa(|| {
                let (x, dy) = (random(n * spec.input_len(), seed), random(n * spec.output_len(), seed + 1));
                let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&spec, n, &wide(&x)), 1e-6)?;
                quiet(|| backward(&spec, n, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&spec, n, &wide(&dy)), 1e-5)?;
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_upsample2d_agrees_with_differences(spec in upsample(), seed: u64) {
            let spec = Upsample2d { channels: 1, ..spec };
            let x = wide(&random(spec.input_len(), seed));
            let dy = wide(&random(spec.output_len(), seed + 1));
            let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
            near("dx", &reference::backward(&spec, 1, &dy), &expected, DIFFERENCES)?;
        }
    }
}
