//! The gradient of a bias: the sum of `dy` over all rows.

use super::row_sums::{Values, cached_blocks, strip, strips, sum_rows};
use super::sweep::{Lanes, sweep};
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
        let Self { dy, dbias } = self;
        let channels = dbias.len();
        let mut sums = strip();
        let sums = sums.as_mut_ptr().cast::<f32>();
        for some in strips(channels) {
            let (start, len) = (some.start, some.len());
            let dbias = dbias[some].as_mut_ptr();
            for (first, count) in cached_blocks(channels, dy.len() / channels) {
                // SAFETY: the block's rows are inside `dy`, the strip inside the channels and no longer than the sums.
                unsafe {
                    let x = dy.as_ptr().add(first * channels + start);
                    sum_rows(simd, &Values { x, channels }, count, len, [sums]);
                    sweep!(simd: len, |at, lanes| {
                        let (to, sum) = (dbias.add(at), lanes.load(simd, sums.add(at)));
                        lanes.store(simd, to, simd.add(lanes.load(simd, to), sum));
                    });
                }
            }
        }
    }
}
