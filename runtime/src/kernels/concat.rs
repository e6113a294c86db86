//! Joining values along an axis, one part at a time.
//!
//! A value of shape `(.., axis, ..)` is seen as `outer` rows of `inner` values each: `outer` is the product of the
//! axes before the joined one (examples included), `inner` the product of the joined axis and those after it. Then
//! joining is writing each part's rows at its offset inside the longer rows of the result.

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
    assert_eq!(x.len(), outer * part_inner, "concat: length of x");
    assert_eq!(y.len(), outer * total_inner, "concat: length of y");
    assert!(
        offset + part_inner <= total_inner,
        "concat: the part ends after the row"
    );
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
    assert_eq!(dy.len(), outer * total_inner, "concat: length of dy");
    assert_eq!(dx.len(), outer * part_inner, "concat: length of dx");
    assert!(
        offset + part_inner <= total_inner,
        "concat: the part ends after the row"
    );
    for row in 0..outer {
        dx[row * part_inner..][..part_inner]
            .copy_from_slice(&dy[row * total_inner + offset..][..part_inner]);
    }
}
