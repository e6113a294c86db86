//! The row of logits that the cross-entropies share: `ln Σ exp`, and the softmax for the gradient.

use crate::link::Link;
use crate::losses::LossError;

/// `ln Σ exp(x)`, without overflow.
pub(crate) fn log_sum_exp(row: &[f32]) -> f64 {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = row.iter().map(|&x| f64::from((x - largest).exp())).sum();
    f64::from(largest) + sum.ln()
}

/// The same, and `softmax(x)` in `probabilities`.
pub(crate) fn log_sum_exp_and_softmax(row: &[f32], probabilities: &mut [f32]) -> f64 {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0f64;
    for (probability, &x) in probabilities.iter_mut().zip(row) {
        *probability = (x - largest).exp();
        sum += f64::from(*probability);
    }
    let inverse = (1.0 / sum) as f32;
    for probability in probabilities {
        *probability *= inverse;
    }
    f64::from(largest) + sum.ln()
}

/// Cross-entropy starts from logits: the value before a softmax, or a plain output.
pub(crate) fn check_link(loss: &'static str, link: Link) -> Result<(), LossError> {
    super::check::link(
        loss,
        link,
        &[Link::Softmax, Link::LogSoftmax, Link::Plain],
        "`Softmax`, `LogSoftmax` and plain outputs (as logits)",
    )
}
