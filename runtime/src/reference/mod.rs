//! Slow and obvious `f64` twins of the kernels, for tests.
//!
//! Each module stands beside the kernel of the same name and says in the plainest loops what it computes. Values go
//! in as slices and come out as vectors; nothing here is meant to be fast.

pub mod activation;
pub mod avg_pool2d;
pub mod batch_norm;
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
pub mod softmax;
pub mod upsample2d;

#[cfg(test)]
mod check;
mod coordinates;
mod windows;

#[cfg(test)]
pub(crate) use check::check_gradients;
