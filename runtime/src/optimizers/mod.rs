//! Optimizers: how parameters follow their gradients.
//!
//! An optimizer holds its settings only; what it remembers per parameter (momentum, moments) stands in the *slots*
//! that the training step keeps beside the flat buffer of parameters. It is given one tensor after the other
//! ([`TensorPart`]), with its name and shape, so that a rule may treat matrices otherwise than vectors.
//!
//! | optimizer | remembers | take it |
//! |---|---|---|
//! | [`Adam`] | two numbers per parameter | first |
//! | [`AdamW`] | two | with weight decay: transformers |
//! | [`Sgd`] | one, with momentum | for the last half point on pictures, with a schedule |
//! | [`RmsProp`] | one to three | for recurrent networks |
//! | [`GradientDescent`] | nothing | to see the bare rule |

mod adam;
mod adamw;
mod bounds;
mod clip;
mod decaying_means;
mod elementwise;
mod error;
mod gradient_descent;
mod optimizer;
mod optimizer_step;
mod rms_prop;
mod sgd;
mod tensor_part;

pub use adam::Adam;
pub use adamw::AdamW;
pub use bounds::Bounds;
pub use clip::{Clip, squared_norm};
pub use error::OptimizerError;
pub(crate) use error::not_negative;
pub use gradient_descent::GradientDescent;
pub use optimizer::Optimizer;
pub use optimizer_step::OptimizerStep;
pub use rms_prop::RmsProp;
pub use sgd::Sgd;
pub(crate) use tensor_part::MOST_SLOTS;
pub use tensor_part::{TensorPart, TensorRun, TensorSpan};
