//! Precision: how much of what was predicted is right.

use crate::metrics::tally::{Hits, figure};

figure! {
    /// `TP / (TP + FP)`: how much of what was predicted is right.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::TargetsView;
    /// use shapeflow::link::{Link, OutputSpec};
    /// use shapeflow::metrics::{Precision, measure};
    /// let output = OutputSpec::new(Link::Sigmoid, &[1]);
    /// let targets = TargetsView::Values(&[1.0, 0.0, 0.0]);
    /// assert_eq!(measure(Precision::new(), output, &[0.9, 0.8, 0.1], targets)?, 0.5);
    /// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
    /// ```
    Precision, "precision", Hits::precision
}
