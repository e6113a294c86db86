//! Optimizers: how parameters follow their gradients.
//!
//! An optimizer holds its settings only; what it remembers per parameter (momentum, moments) stands in the *slots*
//! that the training step keeps beside the flat buffer of parameters.

mod clip;
mod error;
mod optimizer;

pub use clip::{Clip, squared_norm};
pub use error::OptimizerError;
pub use optimizer::Optimizer;
