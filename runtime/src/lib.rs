//! Kernels, losses, optimizers, data and the training loop behind Shapeflow's `model!`.
#![deny(missing_docs)]

mod crew;
pub mod data;
mod debug_as_display;
pub mod engine;
pub mod graph;
pub mod init;
mod json;
pub mod kernels;
pub mod link;
pub mod losses;
pub mod metrics;
pub mod model;
pub mod optimizers;
#[cfg(feature = "plots")]
pub mod plots;
pub mod schedules;
pub mod simd;
mod tasks;
#[cfg(feature = "trace")]
pub mod trace;
#[cfg(not(feature = "trace"))]
mod trace;
pub mod training;
pub mod weights;

/// What generated code calls. Not for use by hand: it may change in any version.
#[doc(hidden)]
pub mod __private {
    pub use crate::engine::*;
    pub use crate::graph::*;
    pub use crate::init::Init;
    pub use crate::kernels::activation::Activation;
    pub use crate::kernels::*;
    pub use crate::link::{Link, output};
    pub use crate::model::*;
    pub use ndarray;
    pub use shapeflow_terms::Element;
}
