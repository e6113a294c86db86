//! `+`, `-` and `*` between values, element by element, with NumPy's broadcasting.

pub mod reference;
#[cfg(test)]
mod tests;
mod vector;

use self::vector::Factor;
use super::sweep::Flow;
use crate::kernels::length::{check_len, check_sizes, product};

/// Most axes that broadcast values may have, the batch axis not counted.
pub const MAX_RANK: usize = 6;

/// What is done with two elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `left + right`
    Add,
    /// `left - right`
    Subtract,
    /// `left * right`
    Multiply,
}

/// The sizes of an operation between two values whose axes are matched from the last; an axis of size 1 is repeated.
///
/// Neighbouring axes that behave alike are held as one, aligned at the end: `[32, 32, 16] * [16]` is `[1024, 16]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Shape of one example of the result.
    shape: [usize; MAX_RANK],
    /// How far apart neighbours along each axis are in the left value; 0 where it is repeated.
    left: [usize; MAX_RANK],
    /// The same for the right value.
    right: [usize; MAX_RANK],
}

impl Broadcast {
    /// Between single numbers.
    pub const ONE: Self = Self::new(&[], &[]);

    /// The operation between examples of these shapes.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`] axes, two sizes of an axis differ and neither is 1, a size is 0, or the sizes are
    /// too large for memory.
    pub const fn new(left: &[usize], right: &[usize]) -> Self {
        assert!(
            left.len() <= MAX_RANK && right.len() <= MAX_RANK,
            "a broadcast has at most 6 axes"
        );
        check_sizes(left, &[]);
        check_sizes(right, &[]);
        let mut spec = Broadcast {
            shape: [1; MAX_RANK],
            left: [0; MAX_RANK],
            right: [0; MAX_RANK],
        };
        let (mut left_len, mut right_len) = (1, 1);
        // `at` is the axis of the result that is being built, from the last to the first.
        let mut at = MAX_RANK;
        let mut kind = (false, false);
        let mut back = 0;
        while back < MAX_RANK {
            let l = if back < left.len() {
                left[left.len() - 1 - back]
            } else {
                1
            };
            let r = if back < right.len() {
                right[right.len() - 1 - back]
            } else {
                1
            };
            assert!(l == r || l == 1 || r == 1, "the shapes don't broadcast");
            let size = if l == 1 { r } else { l };
            if size != 1 {
                if at == MAX_RANK || kind.0 != (l == 1) || kind.1 != (r == 1) {
                    at -= 1;
                    kind = (l == 1, r == 1);
                    spec.left[at] = if l == 1 { 0 } else { left_len };
                    spec.right[at] = if r == 1 { 0 } else { right_len };
                }
                spec.shape[at] = product([spec.shape[at], size]);
            }
            left_len = product([left_len, l]);
            right_len = product([right_len, r]);
            back += 1;
        }
        check_sizes(&[], &[spec.output_len()]);
        spec
    }

    /// Values in one example of the result.
    pub const fn output_len(&self) -> usize {
        product(self.shape)
    }

    /// Values in one example of the left value.
    pub const fn left_len(&self) -> usize {
        len_where(&self.shape, &self.left)
    }

    /// Values in one example of the right value.
    pub const fn right_len(&self) -> usize {
        len_where(&self.shape, &self.right)
    }

    /// Whether both values have the same shape.
    pub const fn is_plain(&self) -> bool {
        self.left_len() == self.output_len() && self.right_len() == self.output_len()
    }
}

/// The product of the sizes of the axes that aren't repeated.
const fn len_where(shape: &[usize; MAX_RANK], strides: &[usize; MAX_RANK]) -> usize {
    let (mut len, mut axis) = (1, 0);
    while axis < MAX_RANK {
        if strides[axis] != 0 {
            len = product([len, shape[axis]]);
        }
        axis += 1;
    }
    len
}

/// `y = a op b`, both repeated along axes where they have size 1.
///
/// `a`: `(n, left shape)`; `b`: `(n, right shape)`; `y`: `(n, broadcast shape)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(op: Operation, spec: &Broadcast, n: usize, a: &[f32], b: &[f32], y: &mut [f32]) {
    check_len(
        a.len(),
        product([n, spec.left_len()]),
        "elementwise: length of the left value",
    );
    check_len(
        b.len(),
        product([n, spec.right_len()]),
        "elementwise: length of the right value",
    );
    check_len(
        y.len(),
        product([n, spec.output_len()]),
        "elementwise: length of the result",
    );
    vector::combine(op, spec, n, a, b, y);
}

/// `a = a op b` where both have the same shape.
///
/// # Panics
/// If the lengths differ.
pub fn forward_in_place(op: Operation, a: &mut [f32], b: &[f32]) {
    check_len(a.len(), b.len(), "elementwise: length of the right value");
    vector::combine_in_place(op, a, b);
}

/// The gradient of the left value: `da = Σ dy * d(a op b)/da` over the axes along which `a` was repeated.
///
/// Sets `da`, or adds to it if `accumulate`. `b` is read for [`Operation::Multiply`] only, `a` never; what isn't
/// read may be empty.
///
/// # Panics
/// If a slice that is read or written doesn't have the length that `spec` and `n` give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_left(
    op: Operation,
    spec: &Broadcast,
    n: usize,
    _a: &[f32],
    b: &[f32],
    dy: &[f32],
    da: &mut [f32],
    accumulate: bool,
) {
    let factor = match op {
        Operation::Add | Operation::Subtract => Factor::Constant(1.0),
        Operation::Multiply => Factor::Values(b),
    };
    vector::reduce(spec, n, factor, dy, da, accumulate);
}

/// The gradient of the right value: `db = Σ dy * d(a op b)/db` over the axes along which `b` was repeated.
///
/// Sets `db`, or adds to it if `accumulate`. `a` is read for [`Operation::Multiply`] only, `b` never; what isn't
/// read may be empty.
///
/// # Panics
/// If a slice that is read or written doesn't have the length that `spec` and `n` give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward_right(
    op: Operation,
    spec: &Broadcast,
    n: usize,
    a: &[f32],
    _b: &[f32],
    dy: &[f32],
    db: &mut [f32],
    accumulate: bool,
) {
    let factor = match op {
        Operation::Add => Factor::Constant(1.0),
        Operation::Subtract => Factor::Constant(-1.0),
        Operation::Multiply => Factor::Values(a),
    };
    let mirrored = Broadcast {
        shape: spec.shape,
        left: spec.right,
        right: spec.left,
    };
    vector::reduce(&mirrored, n, factor, dy, db, accumulate);
}

/// `y = factor * x`.
///
/// # Panics
/// If the lengths differ.
pub fn scale(factor: f32, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), y.len(), "scale: length of x");
    vector::scale(factor, Flow::between(x, y));
}

/// `y = factor * x + offset`.
///
/// # Panics
/// If the lengths differ.
pub fn affine(factor: f32, offset: f32, x: &[f32], y: &mut [f32]) {
    check_len(x.len(), y.len(), "affine: length of x");
    for (y, &x) in y.iter_mut().zip(x) {
        *y = factor * x + offset;
    }
}

/// `x = factor * x`.
pub fn scale_in_place(factor: f32, x: &mut [f32]) {
    vector::scale(factor, Flow::in_place(x));
}

/// `dx += other`.
///
/// # Panics
/// If the lengths differ.
pub fn add_assign(dx: &mut [f32], other: &[f32]) {
    forward_in_place(Operation::Add, dx, other);
}

/// `y = x`.
///
/// # Panics
/// If the lengths differ.
pub fn copy(x: &[f32], y: &mut [f32]) {
    check_len(x.len(), y.len(), "copy: length of x");
    y.copy_from_slice(x);
}
