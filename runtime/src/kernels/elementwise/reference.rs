//! `+`, `-` and `*` with broadcasting in `f64`, by coordinates.

use super::Operation;
use crate::kernels::coordinates::coordinates;

/// `a op b` of `n` examples; `left` and `right` are the operands' shapes, matched from the last axis.
pub fn forward(
    op: Operation,
    left: &[usize],
    right: &[usize],
    n: usize,
    a: &[f64],
    b: &[f64],
) -> Vec<f64> {
    pairs(left, right, n)
        .map(|(l, r)| match op {
            Operation::Add => a[l] + b[r],
            Operation::Subtract => a[l] - b[r],
            Operation::Multiply => a[l] * b[r],
        })
        .collect()
}

/// `(da, db)`.
pub fn backward(
    op: Operation,
    left: &[usize],
    right: &[usize],
    n: usize,
    a: &[f64],
    b: &[f64],
    dy: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let (mut da, mut db) = (vec![0.0; a.len()], vec![0.0; b.len()]);
    for ((l, r), dy) in pairs(left, right, n).zip(dy) {
        let (for_a, for_b) = match op {
            Operation::Add => (1.0, 1.0),
            Operation::Subtract => (1.0, -1.0),
            Operation::Multiply => (b[r], a[l]),
        };
        da[l] += dy * for_a;
        db[r] += dy * for_b;
    }
    (da, db)
}

/// Shape of the result.
pub fn shape(left: &[usize], right: &[usize]) -> Vec<usize> {
    let rank = left.len().max(right.len());
    (0..rank)
        .map(|axis| {
            let size = |shape: &[usize]| {
                (axis + shape.len())
                    .checked_sub(rank)
                    .map_or(1, |axis| shape[axis])
            };
            if size(left) == 1 {
                size(right)
            } else {
                size(left)
            }
        })
        .collect()
}

/// For each element of the result, the elements of left and right that meet there.
fn pairs(left: &[usize], right: &[usize], n: usize) -> impl Iterator<Item = (usize, usize)> {
    let shape = shape(left, right);
    let position = |operand: &[usize], coordinate: &[usize]| {
        let own = &coordinate[coordinate.len() - operand.len()..];
        operand.iter().zip(own).fold(0, |at, (&size, &k)| {
            at * size + if size == 1 { 0 } else { k }
        })
    };
    let len = |shape: &[usize]| shape.iter().product::<usize>();
    let one: Vec<(usize, usize)> = coordinates(&shape)
        .map(|k| (position(left, &k), position(right, &k)))
        .collect();
    let (left_len, right_len) = (len(left), len(right));
    (0..n).flat_map(move |example| {
        one.clone()
            .into_iter()
            .map(move |(l, r)| (example * left_len + l, example * right_len + r))
    })
}
