//! Losses: how far outputs are from targets, and the gradient of that.
//!
//! Every loss takes the value *before* the model's link and uses the numerically stable fused form: cross-entropy of
//! a model that ends in `Softmax` never applies softmax twice, and works the same on a model that ends in plain
//! outputs (logits).
//!
//! | to predict | loss | outputs | targets |
//! |---|---|---|---|
//! | numbers | [`MeanSquaredError`], less moved by outliers [`Huber`], [`LogCosh`], [`MeanAbsoluteError`] | plain, `Sigmoid` | `Values` |
//! | yes or no, one or many | [`BinaryCrossEntropy`] | `Sigmoid`, plain (logits) | `Values` in 0..=1; `Classes` 0 and 1 for an output `[1]` |
//! | one class of several | [`SparseCategoricalCrossEntropy`] | `Softmax`, `LogSoftmax`, plain (logits) | `Classes`, `ClassMaps` |
//! | probabilities of classes | [`CategoricalCrossEntropy`] | `Softmax`, `LogSoftmax`, plain (logits) | `Values`, rows that sum to 1 |
//!
//! The page of each loss says which outputs and targets it fits. Another pair doesn't compile: see [`Loss`]. A model
//! with several outputs takes a tuple of losses, each with a weight if need be ([`Weighted`]).

mod check;
mod elementwise;
mod error;
mod front;
mod output_loss;
mod softmax;
mod weighted;

#[cfg(test)]
mod tests;

pub use crate::data::TargetsView;
pub use error::LossError;
pub use front::Loss;
pub use output_loss::OutputLoss;
pub use weighted::Weighted;

/// The losses, a line for each: its module, which has its rows of the tests, too, and its name.
macro_rules! losses {
    ($($module:ident: $loss:ident;)*) => {
        $(
            mod $module;
            pub use $module::$loss;
        )*

        /// The rows of all losses.
        #[cfg(test)]
        fn rows() -> Vec<(&'static str, tests::Rows)> {
            vec![$((stringify!($loss), $module::tests::rows())),*]
        }
    };
}

losses! {
    binary_cross_entropy: BinaryCrossEntropy;
    categorical_cross_entropy: CategoricalCrossEntropy;
    huber: Huber;
    log_cosh: LogCosh;
    mean_absolute_error: MeanAbsoluteError;
    mean_squared_error: MeanSquaredError;
    sparse_categorical_cross_entropy: SparseCategoricalCrossEntropy;
}
