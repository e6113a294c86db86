//! The standard deviation that a normalisation divides by.

/// `sqrt(variance + epsilon)`, and NaN for an infinite variance: divided by infinity, every value would be 0 and pass for a
/// result.
pub(super) fn deviation(variance: f32, epsilon: f32) -> f32 {
    let square = variance + epsilon;
    if square == f32::INFINITY {
        return f32::NAN;
    }
    square.sqrt()
}
