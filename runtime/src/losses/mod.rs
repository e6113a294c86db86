//! Losses: how far outputs are from targets, and the gradient of that.
//!
//! Every loss takes the value *before* the model's link and uses the numerically stable fused form: cross-entropy of
//! a model that ends in `Softmax` never applies softmax twice, and works the same on a model that ends in plain
//! outputs (logits).
//!
//! | loss | outputs | targets |
//! |---|---|---|
//! | [`MeanSquaredError`], [`MeanAbsoluteError`], [`Huber`] | plain, `Sigmoid` | `Values` |
//! | [`BinaryCrossEntropy`] | `Sigmoid`, plain (logits) | `Values` in 0..=1; `Classes` 0 and 1 for an output `[1]` |
//! | [`CategoricalCrossEntropy`] | `Softmax`, `LogSoftmax`, plain (logits) | `Values`, rows that sum to 1 |
//! | [`SparseCategoricalCrossEntropy`] | `Softmax`, `LogSoftmax`, plain (logits) | `Classes`, `ClassMaps` |
//!
//! A pair that isn't in the table doesn't compile: see [`Loss`]. A model with several outputs takes a tuple of losses,
//! each with a weight if need be ([`Weighted`]).

mod binary_cross_entropy;
mod categorical_cross_entropy;
mod check;
mod elementwise;
mod error;
mod front;
mod huber;
mod mean_absolute_error;
mod mean_squared_error;
mod output_loss;
mod softmax;
mod sparse_categorical_cross_entropy;
mod weighted;

pub use crate::data::TargetsView;
pub use binary_cross_entropy::BinaryCrossEntropy;
pub use categorical_cross_entropy::CategoricalCrossEntropy;
pub use error::LossError;
pub use front::Loss;
pub use huber::Huber;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_squared_error::MeanSquaredError;
pub use output_loss::OutputLoss;
pub use sparse_categorical_cross_entropy::SparseCategoricalCrossEntropy;
pub use weighted::Weighted;
