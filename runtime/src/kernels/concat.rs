//! Joining values along an axis, one part at a time.
//!
//! A value of shape `(.., axis, ..)` is seen as `outer` rows of `inner` values each: `outer` is the product of the
//! axes before the joined one (examples included), `inner` the product of the joined axis and those after it. Then
//! joining is writing each part's rows at its offset inside the longer rows of the result.

use super::length::{check_len, product};

/// Copies one input to its place: `y[row, offset ..][.. part_inner] = x[row]`.
///
/// `x`: `(outer, part_inner)`; `y`: `(outer, total_inner)`, of which the other parts stay as they are.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give, or the part doesn't fit in a row.
pub fn forward_part(
    outer: usize,
    total_inner: usize,
    offset: usize,
    part_inner: usize,
    x: &[f32],
    y: &mut [f32],
) {
    check_len(x.len(), product([outer, part_inner]), "concat: length of x");
    check_len(
        y.len(),
        product([outer, total_inner]),
        "concat: length of y",
    );
    check_part(total_inner, offset, part_inner);
    if x.is_empty() {
        return;
    }
    for row in 0..outer {
        y[row * total_inner + offset..][..part_inner]
            .copy_from_slice(&x[row * part_inner..][..part_inner]);
    }
}

/// Copies one input's gradient out: `dx[row] = dy[row, offset ..][.. part_inner]`; all of `dx` is written.
///
/// `dy`: `(outer, total_inner)`; `dx`: `(outer, part_inner)`.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give, or the part doesn't fit in a row.
pub fn backward_part(
    outer: usize,
    total_inner: usize,
    offset: usize,
    part_inner: usize,
    dy: &[f32],
    dx: &mut [f32],
) {
    check_len(
        dy.len(),
        product([outer, total_inner]),
        "concat: length of dy",
    );
    check_len(
        dx.len(),
        product([outer, part_inner]),
        "concat: length of dx",
    );
    check_part(total_inner, offset, part_inner);
    if dx.is_empty() {
        return;
    }
    for row in 0..outer {
        dx[row * part_inner..][..part_inner]
            .copy_from_slice(&dy[row * total_inner + offset..][..part_inner]);
    }
}

/// Panics unless the part lies within the row.
fn check_part(total_inner: usize, offset: usize, part_inner: usize) {
    assert!(
        offset.saturating_add(part_inner) <= total_inner,
        "concat: the part ends after the row"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::compare::{cases, on_every_isa, quiet, random, unwritten};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn joining_and_taking_apart_are_inverse(
            outer in 0..5_usize, sizes in prop::collection::vec(1..9_usize, 1..4), seed: u64,
        ) {
            on_every_isa(|| {
                let total: usize = sizes.iter().sum();
                let part = |(seed, size): (u64, &usize)| random(outer * size, seed);
                let parts: Vec<Vec<f32>> = (seed..).zip(&sizes).map(part).collect();
                let mut joined = unwritten(outer * total);
                let mut offset = 0;
                for (part, &size) in parts.iter().zip(&sizes) {
                    quiet(|| forward_part(outer, total, offset, size, part, &mut joined));
                    offset += size;
                }
                let expected: Vec<f32> = (0..outer)
                    .flat_map(|row| {
                        let parts = parts.iter().zip(&sizes);
                        parts.flat_map(move |(part, size)| part[row * size..][..*size].to_vec())
                    })
                    .collect();
                prop_assert_eq!(&joined, &expected);
                offset = 0;
                for (part, &size) in parts.iter().zip(&sizes) {
                    let mut taken = unwritten(part.len());
                    quiet(|| backward_part(outer, total, offset, size, &joined, &mut taken));
                    prop_assert_eq!(&taken, part);
                    offset += size;
                }
                Ok(())
            })?;
        }
    }
}
