//! The pieces of a flat buffer that tasks take by turns.

/// Floats in one piece: small enough for the first-level cache with all the optimizer's vectors.
pub(super) const PIECE: usize = 2048;

/// How many pieces a buffer of `len` floats has.
pub(super) const fn pieces(len: usize) -> usize {
    len.div_ceil(PIECE)
}
