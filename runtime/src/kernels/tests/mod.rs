//! Each kernel against its `f64` twin over random sizes, and each twin's gradient against finite differences.

mod activation;
mod batch_norm;
mod compare;
mod dropout;
mod elementwise;
pub(super) mod gradients;
mod layout;
mod math;
mod norms;
mod pooling;
pub(super) mod products;
mod softmax;
