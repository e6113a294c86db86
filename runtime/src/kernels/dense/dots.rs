//! A few rows by a large weight turned over, which is read once, as it lies: each result is the dot product of two rows.

use crate::simd::{Kernel, Simd, dispatch};

/// Rows that are multiplied side by side by rows of the weight: as many as there are sums enough not to wait for each other.
const ROWS: usize = 4;

/// Rows of the weight that are side by side.
const COLUMNS: usize = 2;

/// `c[r][j] = Σ a[r][k] * weight[j][k]`, set or added, for rows of `depth` numbers; rows of `c` are `c_row` apart.
pub(super) fn dots(
    a: &[f32],
    weight: &[f32],
    depth: usize,
    accumulate: bool,
    c: &mut [f32],
    c_row: usize,
) {
    dispatch(Dots {
        a,
        weight,
        depth,
        accumulate,
        c,
        c_row,
    });
}

struct Dots<'a> {
    a: &'a [f32],
    weight: &'a [f32],
    depth: usize,
    accumulate: bool,
    c: &'a mut [f32],
    c_row: usize,
}

impl Kernel for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            a,
            weight,
            depth,
            accumulate,
            c,
            c_row,
        } = self;
        for (index, weight) in weight.chunks(COLUMNS * depth).enumerate() {
            for (block, a) in a.chunks(ROWS * depth).enumerate() {
                let c = &mut c[block * ROWS * c_row + index * COLUMNS..];
                let put = Put {
                    accumulate,
                    c,
                    c_row,
                };
                match a.len() / depth {
                    1 => put.some::<S, 1>(simd, a, weight, depth),
                    2 => put.some::<S, 2>(simd, a, weight, depth),
                    3 => put.some::<S, 3>(simd, a, weight, depth),
                    _ => put.some::<S, ROWS>(simd, a, weight, depth),
                }
            }
        }
    }
}

/// Where results go.
struct Put<'c> {
    accumulate: bool,
    c: &'c mut [f32],
    c_row: usize,
}

impl Put<'_> {
    /// The products of `R` rows with one or two of the weight.
    #[inline(always)]
    fn some<S: Simd, const R: usize>(self, simd: S, a: &[f32], weight: &[f32], depth: usize) {
        if weight.len() == COLUMNS * depth {
            self.put(products::<S, R, COLUMNS>(simd, a, weight, depth));
        } else {
            self.put(products::<S, R, 1>(simd, a, weight, depth));
        }
    }

    #[inline(always)]
    fn put<const R: usize, const J: usize>(self, sums: [[f32; J]; R]) {
        for (sums, c) in sums.iter().zip(self.c.chunks_mut(self.c_row)) {
            for (sum, c) in sums.iter().zip(c) {
                *c = if self.accumulate { *c + sum } else { *sum };
            }
        }
    }
}

/// The dot products of some rows with some others.
#[inline(always)]
fn products<S: Simd, const R: usize, const J: usize>(
    simd: S,
    a: &[f32],
    weight: &[f32],
    depth: usize,
) -> [[f32; J]; R] {
    let a: [&[f32]; R] = std::array::from_fn(|r| &a[r * depth..][..depth]);
    let weight: [&[f32]; J] = std::array::from_fn(|j| &weight[j * depth..][..depth]);
    let mut sums = [[simd.splat(0.0); J]; R];
    let whole = depth / S::LANES * S::LANES;
    for k in (0..whole).step_by(S::LANES) {
        let mut values = [simd.splat(0.0); J];
        for (value, weight) in values.iter_mut().zip(weight) {
            *value = simd.load(&weight[k..k + S::LANES]);
        }
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = simd.load(&a[k..k + S::LANES]);
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum = simd.fma(a, value, *sum);
            }
        }
    }
    if whole < depth {
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = simd.load_partial(&a[whole..]);
            for (sum, weight) in sums.iter_mut().zip(weight) {
                *sum = simd.fma(a, simd.load_partial(&weight[whole..]), *sum);
            }
        }
    }
    let mut results = [[0.0; J]; R];
    for (results, sums) in results.iter_mut().zip(sums) {
        for (result, sum) in results.iter_mut().zip(sums) {
            *result = simd.sum(sum);
        }
    }
    results
}
