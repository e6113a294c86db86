//! Recall: how much of what is true was found.

use crate::metrics::tally::{Hits, figure};

figure! {
    /// `TP / (TP + FN)`: how much of what is true was found.
    Recall, "recall", Hits::recall
}
