//! Watching a run for the first layer whose values stop being finite.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Watches a run for the first layer that isn't finite.
pub struct FiniteWatch {
    first: AtomicUsize,
}

impl FiniteWatch {
    pub(super) fn new() -> Self {
        Self {
            first: AtomicUsize::new(usize::MAX),
        }
    }

    pub(super) fn look(&self, layer: usize, values: &[f32]) {
        if layer < self.first.load(Ordering::Relaxed) && !all_finite(values) {
            self.first.fetch_min(layer, Ordering::Relaxed);
        }
    }

    /// The number of the first layer that wasn't finite.
    pub(super) fn first(&self) -> Option<usize> {
        let first = self.first.load(Ordering::Relaxed);
        (first != usize::MAX).then_some(first)
    }
}

/// Whether all are finite; in pieces without an early end, which the compiler makes vectors of.
pub(super) fn all_finite(values: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7f80_0000;
    let broken = |x: &f32| u32::from(x.to_bits() & EXPONENT == EXPONENT);
    let (pieces, rest) = values.as_chunks::<256>();
    let piece = |piece: &[f32; 256]| piece.iter().fold(0, |any, x| any | broken(x)) == 0;
    pieces.iter().all(piece) && rest.iter().all(|x| x.is_finite())
}
