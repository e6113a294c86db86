//! The arithmetic: one file per layer, pure functions on slices.
//!
//! `n` is the number of examples in the chunk that a call works on. A `forward` writes all of its output; a backward
//! pass sets its input gradient (or adds to it where it takes `accumulate`), and always **adds** to the gradients of
//! weights. Nothing allocates, nothing depends on the number of threads: a result is a function of the arguments.

pub mod activation;
pub mod conv2d;
pub mod dense;
