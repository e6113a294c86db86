//! The arithmetic: one file per layer, pure functions on slices.
