//! Padding pictures with zeros.

use super::length::{check_len, check_sizes, product};
use super::pool::widened;

/// The sizes of a padding layer: `(n, height, width, channels)` grows by `padding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pad2d {
    /// Rows of the input picture.
    pub(in crate::kernels) height: usize,
    /// Columns of the input picture.
    pub(in crate::kernels) width: usize,
    /// Channels of the input and of the output.
    pub(in crate::kernels) channels: usize,
    /// Zeros to add, `[[top, bottom], [left, right]]`.
    pub(in crate::kernels) padding: [[usize; 2]; 2],
}

impl Pad2d {
    /// A single pixel.
    pub const ONE: Self = Self::new([1; 3], [[0; 2]; 2]);

    /// The padding of pictures of these sizes, `[height, width, channels]`, by `[[top, bottom], [left, right]]`.
    ///
    /// # Panics
    /// If a size is 0 or the sizes are too large for memory.
    pub const fn new([height, width, channels]: [usize; 3], padding: [[usize; 2]; 2]) -> Self {
        let spec = Pad2d {
            height,
            width,
            channels,
            padding,
        };
        check_sizes(&[height, width, channels], &[spec.output_len()]);
        spec
    }

    /// Rows and columns of the output.
    pub const fn output(&self) -> [usize; 2] {
        widened([self.height, self.width], self.padding)
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

/// `y` is `x` with zeros around it.
///
/// `x`: `(n, height, width, channels)`; `y`: `(n, top + height + bottom, left + width + right, channels)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Pad2d, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), product([n, spec.input_len()]), "pad: length of x");
    check_len(y.len(), product([n, spec.output_len()]), "pad: length of y");
    let row = spec.width * spec.channels;
    y.fill(0.0);
    for example in 0..n {
        let x = &x[example * spec.input_len()..][..spec.input_len()];
        let y = &mut y[example * spec.output_len()..][..spec.output_len()];
        for i in 0..spec.height {
            y[start_of_row(spec, i)..][..row].copy_from_slice(&x[i * row..][..row]);
        }
    }
}

/// `dx` is `dy` without its border; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Pad2d, n: usize, dy: &[f32], dx: &mut [f32]) {
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "pad: length of dy",
    );
    check_len(
        dx.len(),
        product([n, spec.input_len()]),
        "pad: length of dx",
    );
    let row = spec.width * spec.channels;
    for example in 0..n {
        let dy = &dy[example * spec.output_len()..][..spec.output_len()];
        let dx = &mut dx[example * spec.input_len()..][..spec.input_len()];
        for i in 0..spec.height {
            dx[i * row..][..row].copy_from_slice(&dy[start_of_row(spec, i)..][..row]);
        }
    }
}

/// Where input row `row` begins in one example of the output.
fn start_of_row(spec: &Pad2d, row: usize) -> usize {
    let [[top, _], [left, _]] = spec.padding;
    ((top + row) * spec.output()[1] + left) * spec.channels
}

/// Padding in `f64`, pixel by pixel.
pub mod reference {
    use super::Pad2d;

    /// `x` with zeros around it.
    pub fn forward(spec: &Pad2d, n: usize, x: &[f64]) -> Vec<f64> {
        (0..n * spec.output_len())
            .map(|at| source(spec, at).map_or(0.0, |from| x[from]))
            .collect()
    }

    /// `dy` without its border.
    pub fn backward(spec: &Pad2d, n: usize, dy: &[f64]) -> Vec<f64> {
        let mut dx = vec![0.0; n * spec.input_len()];
        for (at, dy) in dy.iter().enumerate() {
            if let Some(from) = source(spec, at) {
                dx[from] = *dy;
            }
        }
        dx
    }

    /// Where the value at `at` of the output stands in the input, if it isn't in the border.
    fn source(spec: &Pad2d, at: usize) -> Option<usize> {
        let [height, width] = spec.output();
        let (pixel, c) = (at / spec.channels, at % spec.channels);
        let row = (pixel / width % height).checked_sub(spec.padding[0][0])?;
        let column = (pixel % width).checked_sub(spec.padding[1][0])?;
        let example = pixel / width / height;
        (row < spec.height && column < spec.width)
            .then(|| ((example * spec.height + row) * spec.width + column) * spec.channels + c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{
        DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
    };
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn pad_agrees_with_its_twin(
            height in 1..6_usize, width in 1..6_usize, channels in 1..20_usize, pads in any::<[u8; 4]>(),
            n in 1..4_usize, seed: u64,
        ) {
            on_every_isa(|| {
                let [top, bottom, left, right] = pads.map(|pad| usize::from(pad % 4));
                let spec = Pad2d { height, width, channels, padding: [[top, bottom], [left, right]] };
                let (x, dy) = (random(n * spec.input_len(), seed), random(n * spec.output_len(), seed + 1));
                let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&spec, n, &wide(&x)), 0.0)?;
                quiet(|| backward(&spec, n, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&spec, n, &wide(&dy)), 0.0)?;
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_pad_agrees_with_differences(height in 1..6_usize, width in 1..6_usize, seed: u64) {
            let spec = Pad2d { height, width, channels: 1, padding: [[1, 0], [2, 1]] };
            let x = wide(&random(spec.input_len(), seed));
            let dy = wide(&random(spec.output_len(), seed + 1));
            let expected = differences(&x, &dy, |x| reference::forward(&spec, 1, x));
            near("dx", &reference::backward(&spec, 1, &dy), &expected, DIFFERENCES)?;
        }
    }
}
