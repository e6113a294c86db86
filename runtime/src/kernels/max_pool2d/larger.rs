//! The larger of two values.

use crate::simd::Simd;

/// The larger of two values, NaN if one of them is.
#[inline(always)]
pub(in crate::kernels) fn max<S: Simd>(simd: S, a: S::F, b: S::F) -> S::F {
    // `max` gives `b` if either is NaN, so that only a NaN in `a` is lost.
    simd.select(simd.equal(a, a), simd.max(a, b), a)
}
