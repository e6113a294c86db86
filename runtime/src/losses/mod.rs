//! Losses: how far outputs are from targets, and the gradient of that.
//!
//! Every loss takes the value *before* the model's link and uses the numerically stable fused form: cross-entropy of
//! a model that ends in `Softmax` never applies softmax twice, and works the same on a model that ends in plain
//! outputs (logits).
//!
//! | loss | outputs | targets |
//! |---|---|---|
//! | [`MeanSquaredError`], [`MeanAbsoluteError`], [`Huber`] | plain, `Sigmoid` | `Values` |
//! | [`BinaryCrossEntropy`] | `Sigmoid`, plain (logits) | `Values` in 0..=1 |
//! | [`CategoricalCrossEntropy`] | `Softmax`, `LogSoftmax`, plain (logits) | `Values`, rows that sum to 1 |
//! | [`SparseCategoricalCrossEntropy`] | `Softmax`, `LogSoftmax`, plain (logits) | `Classes`, `ClassMaps` |
//!
//! A pair that isn't in the table doesn't compile: see [`Loss`]. A model with several outputs takes a tuple of losses,
//! each with a weight if need be ([`Weighted`]).

mod check;
mod error;
mod front;
mod output_loss;

pub use crate::data::TargetsView;
pub use error::LossError;
pub use front::Loss;
pub use output_loss::OutputLoss;
