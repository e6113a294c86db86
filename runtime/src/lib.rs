//! Kernels, losses, optimizers, data and the training loop behind Shapeflow's `model!`.
#![deny(missing_docs)]

pub mod data;
pub mod engine;
pub mod init;
pub mod kernels;
pub mod link;
pub mod losses;
pub mod metrics;
pub mod optimizers;
#[cfg(feature = "plots")]
pub mod plots;
pub mod reference;
pub mod schedules;
pub mod simd;
pub mod training;
pub mod weights;
