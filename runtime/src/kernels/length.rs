//! Lengths as products of sizes: one that doesn't fit saturates, and then is the length of no slice.
//!
//! Comparing a slice's length with such a product is what raw pointers rest on: if they are equal, no product of the same
//! sizes wraps.

/// The most floats that a slice can hold.
pub(super) const MOST: usize = isize::MAX as usize / size_of::<f32>();

/// The product of `sizes`, or more than [`MOST`] if it doesn't fit.
#[inline]
pub(super) const fn product<const N: usize>(sizes: [usize; N]) -> usize {
    let (mut product, mut i) = (1_usize, 0);
    while i < N {
        product = product.saturating_mul(sizes[i]);
        i += 1;
    }
    product
}

/// Panics unless a slice has the length that sizes give; `what` says which: `dense: length of the input`.
#[inline(always)]
#[track_caller]
pub(super) fn check_len(len: usize, expected: usize, what: &str) {
    if len != expected {
        wrong_len(len, expected, what);
    }
}

#[cold]
#[track_caller]
fn wrong_len(len: usize, expected: usize, what: &str) -> ! {
    panic!("{what} is {len}, expected {expected}");
}

/// Panics if a size is 0, or if a slice can't be as long as one of `lengths`: the sizes of a layer's description are good
/// once they are through here.
pub(super) const fn check_sizes(sizes: &[usize], lengths: &[usize]) {
    let mut i = 0;
    while i < sizes.len() {
        assert!(sizes[i] > 0, "a size is 0");
        i += 1;
    }
    i = 0;
    while i < lengths.len() {
        assert!(lengths[i] <= MOST, "the sizes are too large for memory");
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_that_does_not_fit_is_the_length_of_no_slice() {
        assert_eq!(product([3, 4, 5]), 60);
        assert_eq!(product([1 << 63, 0]), 0);
        assert!(product([1 << 63, 2]) > MOST);
        assert!(product([usize::MAX, usize::MAX, 3]) > MOST);
        assert!(product([(1 << 62) + 1, 4]) > MOST);
    }

    #[test]
    #[should_panic(expected = "dense: length of the input is 3, expected 4")]
    fn a_wrong_length_says_which_and_what_was_expected() {
        check_len(3, product([2, 2]), "dense: length of the input");
    }

    #[test]
    #[should_panic(expected = "too large for memory")]
    fn sizes_that_no_memory_holds_are_refused() {
        check_sizes(&[1], &[MOST, MOST + 1]);
    }
}
