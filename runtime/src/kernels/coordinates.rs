//! The coordinates of a shape, in row-major order.

/// All coordinates of `shape`, the last axis fastest.
pub(super) fn coordinates(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> + use<> {
    let shape = shape.to_vec();
    (0..shape.iter().product()).map(move |mut at: usize| {
        let mut coordinate = vec![0; shape.len()];
        for (k, &size) in coordinate.iter_mut().zip(&shape).rev() {
            *k = at % size;
            at /= size;
        }
        coordinate
    })
}
