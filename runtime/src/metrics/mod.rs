//! Metrics: figures about predictions that a person reads, gathered batch by batch.
//!
//! | metric | outputs | targets |
//! |---|---|---|
//! | [`Accuracy`], [`Precision`], [`Recall`], [`F1`], [`RocAuc`] | classes, or yes/no | `Classes`, one-hot or 0/1 `Values` |
//! | [`TopK`] | classes | `Classes`, one-hot `Values` |
//! | [`ConfusionMatrix`], [`ClassReport`] | classes, or one yes/no | `Classes`, one-hot or 0/1 `Values` |
//! | [`MeanAbsoluteError`], [`RootMeanSquaredError`], [`R2`] | numbers | `Values` |
//!
//! Targets that don't fit a metric are a [`MetricError`] that says which do. [`Metric`] is a trait object's trait:
//! training holds a list of boxes, and a metric of one's own is one `impl`. [`measure`] takes predictions at hand.

mod accuracy;
mod answers;
mod class_report;
mod confusion_matrix;
mod error;
mod f1;
mod mean_absolute_error;
mod metric;
mod on_output;
mod precision;
mod r2;
mod recall;
mod roc_auc;
mod root_mean_squared_error;
mod tally;
mod top_k;

pub(crate) use answers::{Reading, largest};

pub use accuracy::Accuracy;
pub use class_report::ClassReport;
pub use confusion_matrix::ConfusionMatrix;
pub use error::MetricError;
pub use f1::F1;
pub use mean_absolute_error::MeanAbsoluteError;
pub use metric::{Metric, measure};
pub use on_output::OnOutput;
pub use precision::Precision;
pub use r2::R2;
pub use recall::Recall;
pub use roc_auc::{RocAuc, roc_auc};
pub use root_mean_squared_error::RootMeanSquaredError;
pub use tally::{Average, Hits};
pub use top_k::TopK;
