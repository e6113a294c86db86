//! Metrics: figures about predictions that a person reads, gathered batch by batch.

mod error;
mod metric;

pub use error::MetricError;
pub use metric::Metric;
