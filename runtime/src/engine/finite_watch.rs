//! Watching a run for the first layer whose values stop being finite.

use crate::simd::all_finite;
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
