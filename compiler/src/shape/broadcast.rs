//! NumPy's broadcasting: axes are matched from the last, and an axis of 1 stretches.

use super::{Comparison, Dim, Shape};

/// A shape, and the pairs of dimensions of which only rustc can tell whether they are equal.
pub type Broadcast = (Shape, Vec<(Dim, Dim)>);

/// Two dimensions that differ, with their axis counted from the end (1 is the last).
pub type Mismatch = (usize, Dim, Dim);

/// The shape of `a + b`.
///
/// # Errors
/// The first axis in which they differ.
pub fn broadcast(a: &Shape, b: &Shape) -> Result<Broadcast, Mismatch> {
    if a.is_anything() || b.is_anything() {
        return Ok((Shape::anything(), Vec::new()));
    }
    let rank = a.rank().max(b.rank());
    let mut axes = Vec::with_capacity(rank);
    let mut unsure = Vec::new();
    let axis = |shape: &Shape, from_end: usize| {
        let index = shape.rank().checked_sub(from_end)?;
        shape.axes().get(index).cloned()
    };
    for from_end in (1..=rank).rev() {
        let (x, y) = match (axis(a, from_end), axis(b, from_end)) {
            (Some(x), Some(y)) => (x, y),
            (Some(one), None) | (None, Some(one)) => {
                axes.push(one);
                continue;
            }
            (None, None) => continue,
        };
        if x.is_one() {
            axes.push(y);
            continue;
        }
        if y.is_one() {
            axes.push(x);
            continue;
        }
        match x.equals(&y) {
            Comparison::Holds => axes.push(if x.is_anything() { y } else { x }),
            Comparison::Fails => return Err((from_end, x, y)),
            // Only equal sizes are accepted from consts: whether one is 1 isn't known here.
            Comparison::Unsure => {
                axes.push(x.clone());
                unsure.push((x, y));
            }
        }
    }
    Ok((Shape::new(axes), unsure))
}
