//! The arithmetic: one file or room per layer, pure functions on slices.
//!
//! `n` is the number of examples in the chunk that a call works on. A `forward` writes all of its output; a backward
//! pass sets its input gradient (or adds to it where it takes `accumulate`), and always **adds** to the gradients of
//! weights. Nothing allocates, nothing depends on the number of threads: a result is a function of the arguments. A kernel that
//! can share the work of one example with other threads takes a [`Team`](team::Team) and is called `.._shared`.
//!
//! Beside each stands its slow and obvious twin in `f64`, `reference`: the plainest loops, for tests. Values go into it
//! as slices and come out as vectors.

// The layers: a line for each.
pub mod activation;
pub mod avg_pool2d;
pub mod batch_norm;
pub mod concat;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod dense;
pub mod dropout;
pub mod elementwise;
pub mod global_avg_pool;
pub mod global_max_pool;
pub mod group_norm;
pub mod layer_norm;
pub mod max_pool2d;
pub mod pad;
pub mod permute;
pub mod rms_norm;
pub mod softmax;
pub mod upsample2d;

// What they share.
mod bias;
mod coordinates;
mod deviation;
mod length;
pub mod math;
mod outer;
pub mod pool;
mod row_sums;
mod rows;
mod sweep;
pub mod team;
mod tile;

#[cfg(test)]
mod tests;
