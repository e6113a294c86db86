//! When a convolution's weight is large, which decides how its gradient is taken.

/// Pairs of channels and filters up to which a 3×3 convolution may be computed by Winograd's minimal filtering, by which its
/// weight grows by 36/9.
pub const MOST_TRANSFORMED_PAIRS: usize = 1 << 16;

/// Whether the gradient of a weight of `weight` numbers is one product over the whole batch, and not a sum that each lane has a
/// copy of: where that copy, of a lane of two examples, would be larger than what two examples keep for the product, their `input`
/// and the `output`'s gradient.
pub const fn is_large_weight(weight: usize, input: usize, output: usize) -> bool {
    weight / 2 > input.saturating_add(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_late_layers_are_large() {
        // ResNet-50: the first and the last block.
        assert!(!is_large_weight(64 * 64 * 9, 56 * 56 * 64, 56 * 56 * 64));
        assert!(is_large_weight(512 * 2048, 49 * 512, 49 * 2048));
        assert!(!is_large_weight(usize::MAX, usize::MAX, usize::MAX));
    }
}
