//! Permuting the axes of each example.

use super::length::{check_len, check_sizes, product};

/// Most axes that a permuted value may have, the batch axis not counted.
pub const MAX_RANK: usize = 6;

/// The sizes of a permutation: axis `k` of the output is axis `axes[k]` of the input.
///
/// Unused axes at the end have size 1 and stay where they are, so that every permutation has [`MAX_RANK`] axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permute {
    /// Shape of one example of the output.
    pub(in crate::kernels) output: [usize; MAX_RANK],
    /// How far apart in the input two neighbours along each axis of the output are.
    pub(in crate::kernels) strides: [usize; MAX_RANK],
}

impl Permute {
    /// A single number.
    pub const ONE: Self = Self::new(&[1], &[0]);

    /// The permutation of an example of shape `shape`: axis `k` of the output is axis `axes[k]` of the input.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`] axes, `axes` isn't a permutation of `0..shape.len()`, a size is 0, or the sizes
    /// are too large for memory.
    pub const fn new(shape: &[usize], axes: &[usize]) -> Self {
        let rank = shape.len();
        assert!(rank <= MAX_RANK, "a permutation has at most 6 axes");
        assert!(axes.len() == rank, "a permutation names every axis once");
        let mut strides = [1; MAX_RANK];
        let mut axis = rank;
        let mut stride = 1;
        while axis > 0 {
            axis -= 1;
            strides[axis] = stride;
            stride = product([stride, shape[axis]]);
        }
        check_sizes(shape, &[stride]);
        let mut spec = Permute {
            output: [1; MAX_RANK],
            strides: [0; MAX_RANK],
        };
        let mut seen = [false; MAX_RANK];
        let mut k = 0;
        while k < rank {
            assert!(
                axes[k] < rank && !seen[axes[k]],
                "a permutation names every axis once"
            );
            seen[axes[k]] = true;
            spec.output[k] = shape[axes[k]];
            spec.strides[k] = strides[axes[k]];
            k += 1;
        }
        spec
    }

    /// Values in one example, of the input and of the output.
    pub const fn len(&self) -> usize {
        product(self.output)
    }

    /// Whether an example holds no values.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// `y[i0, i1, ..] = x[position whose coordinate along axes[k] is ik]`.
///
/// `x`: `(n, shape)`; `y`: `(n, shape permuted)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(spec: &Permute, n: usize, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), product([n, spec.len()]), "permute: length of x");
    check_len(y.len(), product([n, spec.len()]), "permute: length of y");
    for example in 0..n {
        let x = &x[example * spec.len()..][..spec.len()];
        let y = &mut y[example * spec.len()..][..spec.len()];
        each_row(spec, |to, from, length, stride| {
            for (k, y) in y[to..to + length].iter_mut().enumerate() {
                *y = x[from + k * stride];
            }
        });
    }
}

/// The way back: `dx` gets the gradient of each value from where [`forward`] put it; all of `dx` is written.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn backward(spec: &Permute, n: usize, dy: &[f32], dx: &mut [f32]) {
    check_len(dy.len(), product([n, spec.len()]), "permute: length of dy");
    check_len(dx.len(), product([n, spec.len()]), "permute: length of dx");
    for example in 0..n {
        let dy = &dy[example * spec.len()..][..spec.len()];
        let dx = &mut dx[example * spec.len()..][..spec.len()];
        each_row(spec, |to, from, length, stride| {
            for (k, &dy) in dy[to..to + length].iter().enumerate() {
                dx[from + k * stride] = dy;
            }
        });
    }
}

/// Calls `row(start in the output, start in the input, length, stride in the input)` for each row of the output.
fn each_row(spec: &Permute, mut row: impl FnMut(usize, usize, usize, usize)) {
    // The last axis longer than 1 is the row; those after it change nothing.
    let last = (0..MAX_RANK)
        .rev()
        .find(|&axis| spec.output[axis] != 1)
        .unwrap_or(0);
    let length = spec.output[last];
    let (output, strides) = (spec.output, spec.strides);
    let mut outer = output;
    outer[last] = 1;
    let mut to = 0;
    for a in 0..outer[0] {
        for b in 0..outer[1] {
            for c in 0..outer[2] {
                for d in 0..outer[3] {
                    for e in 0..outer[4] {
                        for f in 0..outer[5] {
                            let from = a * strides[0]
                                + b * strides[1]
                                + c * strides[2]
                                + d * strides[3]
                                + e * strides[4]
                                + f * strides[5];
                            row(to, from, length, strides[last]);
                            to += length;
                        }
                    }
                }
            }
        }
    }
}

/// Permuting axes in `f64`, by coordinates.
pub mod reference {
    use crate::kernels::coordinates::coordinates;

    /// Axis `k` of the result is axis `axes[k]` of an example of shape `shape`.
    pub fn forward(shape: &[usize], axes: &[usize], n: usize, x: &[f64]) -> Vec<f64> {
        sources(shape, axes, n).map(|from| x[from]).collect()
    }

    /// The gradient of each value, from where it went.
    pub fn backward(shape: &[usize], axes: &[usize], n: usize, dy: &[f64]) -> Vec<f64> {
        let mut dx = vec![0.0; dy.len()];
        for (from, dy) in sources(shape, axes, n).zip(dy) {
            dx[from] = *dy;
        }
        dx
    }

    /// Where each value of the result stood.
    fn sources(shape: &[usize], axes: &[usize], n: usize) -> impl Iterator<Item = usize> {
        let output: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
        let one: Vec<usize> = coordinates(&output)
            .map(|k| {
                let mut coordinate = vec![0; shape.len()];
                for (&axis, k) in axes.iter().zip(k) {
                    coordinate[axis] = k;
                }
                shape
                    .iter()
                    .zip(coordinate)
                    .fold(0, |at, (&size, k)| at * size + k)
            })
            .collect();
        let len = one.len();
        (0..n).flat_map(move |example| {
            one.clone()
                .into_iter()
                .map(move |from| example * len + from)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{
        DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
    };
    use proptest::prelude::*;

    /// A shape and an order of its axes.
    fn permutation() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
        prop::collection::vec(1..6_usize, 0..6).prop_flat_map(|shape| {
            let axes: Vec<usize> = (0..shape.len()).collect();
            (Just(shape), Just(axes).prop_shuffle())
        })
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn permute_agrees_with_its_twin((shape, axes) in permutation(), n in 1..4_usize, seed: u64) {
            on_every_isa(|| {
                let spec = Permute::new(&shape, &axes);
                let (x, dy) = (random(n * spec.len(), seed), random(n * spec.len(), seed + 1));
                let (mut y, mut dx) = (unwritten(x.len()), unwritten(x.len()));
                quiet(|| forward(&spec, n, &x, &mut y));
                close("y", &y, &reference::forward(&shape, &axes, n, &wide(&x)), 0.0)?;
                quiet(|| backward(&spec, n, &dy, &mut dx));
                close("dx", &dx, &reference::backward(&shape, &axes, n, &wide(&dy)), 0.0)?;
                Ok(())
            })?;
        }

        #[test]
        fn the_twin_of_permute_agrees_with_differences((shape, axes) in permutation(), seed: u64) {
            let len = shape.iter().product::<usize>();
            prop_assume!(len < 200);
            let (x, dy) = (wide(&random(len, seed)), wide(&random(len, seed + 1)));
            let expected = differences(&x, &dy, |x| reference::forward(&shape, &axes, 1, x));
            near("dx", &reference::backward(&shape, &axes, 1, &dy), &expected, DIFFERENCES)?;
        }
    }
}
