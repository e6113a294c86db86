//! The gradient of a bias: the sum of `dy` over all rows.

use crate::simd::{Kernel, Simd, dispatch};

/// `dbias += Σ dy`, with `dy` of shape `(rows, dbias.len())`.
///
/// # Panics
/// If `dy` is not made of whole rows.
pub fn backward(dy: &[f32], dbias: &mut [f32]) {
    if dbias.is_empty() {
        return;
    }
    assert_eq!(
        dy.len() % dbias.len(),
        0,
        "bias: the gradient's length is no multiple of {}",
        dbias.len()
    );
    dispatch(ColumnSums { dy, dbias });
}

struct ColumnSums<'a> {
    dy: &'a [f32],
    dbias: &'a mut [f32],
}

impl Kernel for ColumnSums<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let columns = self.dbias.len();
        let mut column = 0;
        while column < columns {
            let width = S::LANES.min(columns - column);
            // Four sums, so that additions need not wait for each other.
            let mut sums = [simd.splat(0.0); 4];
            let mut blocks = self.dy.chunks_exact(4 * columns);
            for block in &mut blocks {
                for (sum, row) in sums.iter_mut().zip(block.chunks_exact(columns)) {
                    *sum = simd.add(*sum, simd.load_partial(&row[column..column + width]));
                }
            }
            for (sum, row) in sums
                .iter_mut()
                .zip(blocks.remainder().chunks_exact(columns))
            {
                *sum = simd.add(*sum, simd.load_partial(&row[column..column + width]));
            }
            let sum = simd.add(simd.add(sums[0], sums[1]), simd.add(sums[2], sums[3]));
            let to = &mut self.dbias[column..column + width];
            simd.store_partial(simd.add(simd.load_partial(to), sum), to);
            column += width;
        }
    }
}
