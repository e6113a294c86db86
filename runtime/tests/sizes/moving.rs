//! Layers that move or combine numbers.

use shapeflow_runtime::kernels::elementwise::{self, Broadcast, Operation};
use shapeflow_runtime::kernels::pad::{self, Pad2d};
use shapeflow_runtime::kernels::permute::{self, Permute};
use shapeflow_runtime::kernels::upsample2d::{self, Interpolation, Upsample2d};

use super::{attempt, fitting, mutations, sweep};

/// Calls `each(examples, picture, four more)` for the sizes of a small picture and what mutations make of them.
fn each(mut each: impl FnMut(usize, [usize; 3], [usize; 4])) {
    sweep(|| {
        for [n, height, width, channels, a, b, c, d] in mutations([2, 3, 2, 4, 1, 0, 2, 1]) {
            each(n, [height, width, channels], [a, b, c, d]);
        }
    });
}

#[test]
fn paddings() {
    each(|n, picture, [a, b, c, d]| {
        let Some(spec) = attempt!(Pad2d::new(picture, [[a, b], [c, d]])) else {
            return;
        };
        let x = fitting(n.wrapping_mul(spec.input_len()), 17);
        let mut y = fitting(n.wrapping_mul(spec.output_len()), 17);
        let mut dx = x.clone();
        attempt!(pad::forward(&spec, n, &x, &mut y));
        attempt!(pad::backward(&spec, n, &y, &mut dx));
    });
}

#[test]
fn enlargements() {
    each(|n, picture, [a, _, c, _]| {
        for way in [Interpolation::Nearest, Interpolation::Bilinear] {
            let Some(spec) = attempt!(Upsample2d::new(picture, [a, c], way)) else {
                continue;
            };
            let x = fitting(n.wrapping_mul(spec.input_len()), 17);
            let mut y = fitting(n.wrapping_mul(spec.output_len()), 17);
            let mut dx = x.clone();
            attempt!(upsample2d::forward(&spec, n, &x, &mut y));
            attempt!(upsample2d::backward(&spec, n, &y, &mut dx));
        }
    });
}

#[test]
fn permutations() {
    each(|n, picture, [a, b, c, _]| {
        for axes in [[0, 1, 2], [2, 0, 1], [0, 0, 1], [a, b, c]] {
            let Some(spec) = attempt!(Permute::new(&picture, &axes)) else {
                continue;
            };
            let x = fitting(n.wrapping_mul(spec.len()), 17);
            let mut y = x.clone();
            attempt!(permute::forward(&spec, n, &x, &mut y));
            attempt!(permute::backward(&spec, n, &x, &mut y));
        }
    });
}

#[test]
fn broadcasts() {
    each(|n, [height, width, channels], [a, b, c, d]| {
        for (left, right) in [
            (vec![height, width, channels], vec![channels]),
            (vec![height, 1, channels], vec![width, 1]),
            (vec![a, b], vec![c, d]),
            (vec![a; 6], vec![b; 7]),
        ] {
            if let Some(spec) = attempt!(Broadcast::new(&left, &right)) {
                combine(&spec, n);
            }
        }
    });
}

fn combine(spec: &Broadcast, n: usize) {
    let _ = spec.is_plain();
    let a = fitting(n.wrapping_mul(spec.left_len()), 17);
    let b = fitting(n.wrapping_mul(spec.right_len()), 17);
    let mut y = fitting(n.wrapping_mul(spec.output_len()), 17);
    let (dy, mut da, mut db) = (y.clone(), a.clone(), b.clone());
    for op in [Operation::Add, Operation::Subtract, Operation::Multiply] {
        attempt!(elementwise::forward(op, spec, n, &a, &b, &mut y));
        for add in [false, true] {
            attempt!(elementwise::backward_left(
                op, spec, n, &a, &b, &dy, &mut da, add
            ));
            attempt!(elementwise::backward_right(
                op, spec, n, &a, &b, &dy, &mut db, add
            ));
        }
    }
}
