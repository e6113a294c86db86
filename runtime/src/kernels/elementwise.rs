//! `+`, `-` and `*` between values, element by element, with NumPy's broadcasting.

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
    pub shape: [usize; MAX_RANK],
    /// How far apart neighbours along each axis are in the left value; 0 where it is repeated.
    pub left: [usize; MAX_RANK],
    /// The same for the right value.
    pub right: [usize; MAX_RANK],
}

impl Broadcast {
    /// The operation between examples of these shapes.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`] axes, or two sizes of an axis differ and neither is 1.
    pub const fn new(left: &[usize], right: &[usize]) -> Self {
        assert!(
            left.len() <= MAX_RANK && right.len() <= MAX_RANK,
            "a broadcast has at most 6 axes"
        );
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
                spec.shape[at] *= size;
            }
            left_len *= l;
            right_len *= r;
            back += 1;
        }
        spec
    }

    /// Values in one example of the result.
    pub const fn output_len(&self) -> usize {
        let [a, b, c, d, e, f] = self.shape;
        a * b * c * d * e * f
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
            len *= shape[axis];
        }
        axis += 1;
    }
    len
}

/// One row of the result: where it starts in the result, left and right, and the step of each operand (0 or 1).
struct Row {
    output: usize,
    left: usize,
    right: usize,
    length: usize,
    steps: (usize, usize),
}

/// Calls `visit` for each row of the result of `n` examples, in order.
fn each_row(spec: &Broadcast, n: usize, mut visit: impl FnMut(Row)) {
    let (shape, l, r) = (spec.shape, spec.left, spec.right);
    let length = shape[5];
    let mut output = 0;
    for example in 0..n {
        for a in 0..shape[0] {
            for b in 0..shape[1] {
                for c in 0..shape[2] {
                    for d in 0..shape[3] {
                        for e in 0..shape[4] {
                            let at = |s: [usize; MAX_RANK]| {
                                a * s[0] + b * s[1] + c * s[2] + d * s[3] + e * s[4]
                            };
                            visit(Row {
                                output,
                                left: example * spec.left_len() + at(l),
                                right: example * spec.right_len() + at(r),
                                length,
                                steps: (l[5], r[5]),
                            });
                            output += length;
                        }
                    }
                }
            }
        }
    }
}

/// `y = a op b`, both repeated along axes where they have size 1.
///
/// `a`: `(n, left shape)`; `b`: `(n, right shape)`; `y`: `(n, broadcast shape)`.
///
/// # Panics
/// If a slice doesn't have the length that `spec` and `n` give.
pub fn forward(op: Operation, spec: &Broadcast, n: usize, a: &[f32], b: &[f32], y: &mut [f32]) {
    assert_eq!(
        a.len(),
        n * spec.left_len(),
        "elementwise: length of the left value"
    );
    assert_eq!(
        b.len(),
        n * spec.right_len(),
        "elementwise: length of the right value"
    );
    assert_eq!(
        y.len(),
        n * spec.output_len(),
        "elementwise: length of the result"
    );
    match op {
        Operation::Add => combine(spec, n, a, b, y, |a, b| a + b),
        Operation::Subtract => combine(spec, n, a, b, y, |a, b| a - b),
        Operation::Multiply => combine(spec, n, a, b, y, |a, b| a * b),
    }
}

fn combine(
    spec: &Broadcast,
    n: usize,
    a: &[f32],
    b: &[f32],
    y: &mut [f32],
    f: impl Fn(f32, f32) -> f32,
) {
    if spec.is_plain() {
        for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
            *y = f(a, b);
        }
        return;
    }
    each_row(spec, n, |row| {
        let y = &mut y[row.output..][..row.length];
        match row.steps {
            (0, _) => {
                let a = a[row.left];
                if row.steps.1 == 0 {
                    y.fill(f(a, b[row.right]));
                } else {
                    for (y, &b) in y.iter_mut().zip(&b[row.right..]) {
                        *y = f(a, b);
                    }
                }
            }
            (_, 0) => {
                let b = b[row.right];
                for (y, &a) in y.iter_mut().zip(&a[row.left..]) {
                    *y = f(a, b);
                }
            }
            _ => {
                for ((y, &a), &b) in y.iter_mut().zip(&a[row.left..]).zip(&b[row.right..]) {
                    *y = f(a, b);
                }
            }
        }
    });
}

/// `a = a op b` where both have the same shape.
///
/// # Panics
/// If the lengths differ.
pub fn forward_in_place(op: Operation, a: &mut [f32], b: &[f32]) {
    assert_eq!(a.len(), b.len(), "elementwise: length of the right value");
    match op {
        Operation::Add => a.iter_mut().zip(b).for_each(|(a, &b)| *a += b),
        Operation::Subtract => a.iter_mut().zip(b).for_each(|(a, &b)| *a -= b),
        Operation::Multiply => a.iter_mut().zip(b).for_each(|(a, &b)| *a *= b),
    }
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
    reduce(spec, n, factor, dy, da, accumulate);
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
    reduce(&mirrored, n, factor, dy, db, accumulate);
}

/// What `dy` is multiplied by: a number, or the other operand.
enum Factor<'a> {
    Constant(f32),
    Values(&'a [f32]),
}

/// `da (+)= Σ dy * factor`, with `da` the left value of `spec` and the factor its right one.
fn reduce(
    spec: &Broadcast,
    n: usize,
    factor: Factor<'_>,
    dy: &[f32],
    da: &mut [f32],
    accumulate: bool,
) {
    assert_eq!(dy.len(), n * spec.output_len(), "elementwise: length of dy");
    assert_eq!(
        da.len(),
        n * spec.left_len(),
        "elementwise: length of the gradient"
    );
    if !accumulate {
        da.fill(0.0);
    }
    match factor {
        Factor::Constant(factor) => each_row(spec, n, |row| {
            let dy = &dy[row.output..][..row.length];
            if row.steps.0 == 0 {
                da[row.left] += factor * sum(dy);
            } else {
                for (da, &dy) in da[row.left..].iter_mut().zip(dy) {
                    *da += factor * dy;
                }
            }
        }),
        Factor::Values(other) => {
            assert_eq!(
                other.len(),
                n * spec.right_len(),
                "elementwise: length of the other value"
            );
            each_row(spec, n, |row| {
                let dy = &dy[row.output..][..row.length];
                match row.steps {
                    (0, 0) => da[row.left] += other[row.right] * sum(dy),
                    (0, _) => da[row.left] += dot(dy, &other[row.right..][..row.length]),
                    (_, 0) => {
                        let factor = other[row.right];
                        for (da, &dy) in da[row.left..].iter_mut().zip(dy) {
                            *da += factor * dy;
                        }
                    }
                    _ => {
                        for ((da, &dy), &b) in
                            da[row.left..].iter_mut().zip(dy).zip(&other[row.right..])
                        {
                            *da += dy * b;
                        }
                    }
                }
            });
        }
    }
}

fn sum(values: &[f32]) -> f32 {
    values.iter().sum()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `y = factor * x`.
///
/// # Panics
/// If the lengths differ.
pub fn scale(factor: f32, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "scale: length of x");
    for (y, &x) in y.iter_mut().zip(x) {
        *y = factor * x;
    }
}

/// `y = factor * x + offset`.
///
/// # Panics
/// If the lengths differ.
pub fn affine(factor: f32, offset: f32, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "affine: length of x");
    for (y, &x) in y.iter_mut().zip(x) {
        *y = factor * x + offset;
    }
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
    assert_eq!(x.len(), y.len(), "copy: length of x");
    y.copy_from_slice(x);
}
