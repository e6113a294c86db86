//! Initial weights.
