//! F1: precision and recall in one figure.

use crate::metrics::tally::{Hits, figure};

figure! {
    /// `2 · precision · recall / (precision + recall)`, their harmonic mean, computed as `2 TP / (2 TP + FP + FN)`.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::metrics::{Average, F1, Metric};
    /// assert_eq!(F1::new().name(), "f1");
    /// assert_eq!(F1::averaged(Average::Micro).name(), "f1_micro");
    /// ```
    F1, "f1", Hits::f1
}
