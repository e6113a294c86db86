//! Broadcasting on vectors, row by row of the result.

use super::{Broadcast, MAX_RANK, Operation};
use crate::kernels::length::{check_len, product};
use crate::kernels::sweep::{Flow, Lanes, sweep};
use crate::simd::{Kernel, Simd, dispatch};

/// One row of the result: where it starts in the result, left and right.
#[derive(Clone, Copy)]
struct Row {
    output: usize,
    left: usize,
    right: usize,
}

/// The rows of the result of `n` examples, in order. A row is the last axis, along which an operand is either
/// contiguous or one value repeated. `group` rows, which divide the axis before, are given as one.
struct Rows {
    spec: Broadcast,
    lens: [usize; 3],
    at: [usize; MAX_RANK - 1],
    next: Row,
    remaining: usize,
}

impl Rows {
    #[inline(always)]
    fn new(spec: &Broadcast, n: usize, group: usize) -> Self {
        let length = group * spec.shape[MAX_RANK - 1];
        let remaining = (n * spec.output_len()).checked_div(length).unwrap_or(0);
        let lens = [length, spec.left_len(), spec.right_len()];
        let mut spec = *spec;
        spec.shape[MAX_RANK - 2] /= group.max(1);
        spec.left[MAX_RANK - 2] *= group;
        spec.right[MAX_RANK - 2] *= group;
        Rows {
            spec,
            lens,
            at: [0; MAX_RANK - 1],
            next: Row {
                output: 0,
                left: 0,
                right: 0,
            },
            remaining,
        }
    }
}

impl Iterator for Rows {
    type Item = Row;

    #[inline(always)]
    fn next(&mut self) -> Option<Row> {
        if self.remaining == 0 {
            return None;
        }
        self.remaining -= 1;
        let row = self.next;
        let spec = &self.spec;
        self.next.output += self.lens[0];
        for axis in (0..MAX_RANK - 1).rev() {
            self.at[axis] += 1;
            self.next.left += spec.left[axis];
            self.next.right += spec.right[axis];
            if self.at[axis] < spec.shape[axis] {
                return Some(row);
            }
            self.at[axis] = 0;
            self.next.left -= spec.left[axis] * spec.shape[axis];
            self.next.right -= spec.right[axis] * spec.shape[axis];
        }
        // All axes have come back to their start: the next example begins.
        self.next.left += self.lens[1];
        self.next.right += self.lens[2];
        Some(row)
    }
}

/// `y = a op b`, lengths checked by the caller.
pub(super) fn combine(
    op: Operation,
    spec: &Broadcast,
    n: usize,
    a: &[f32],
    b: &[f32],
    y: &mut [f32],
) {
    if spec.is_plain() {
        return dispatch(Plain {
            op,
            flow: Flow::between(a, y),
            b,
        });
    }
    dispatch(Combine {
        op,
        spec,
        n,
        a,
        b,
        y,
    });
}

/// `a = a op b`.
pub(super) fn combine_in_place(op: Operation, a: &mut [f32], b: &[f32]) {
    dispatch(Plain {
        op,
        flow: Flow::in_place(a),
        b,
    });
}

/// `a op b`.
#[inline(always)]
fn apply<S: Simd>(simd: S, op: Operation, a: S::F, b: S::F) -> S::F {
    match op {
        Operation::Add => simd.add(a, b),
        Operation::Subtract => simd.sub(a, b),
        Operation::Multiply => simd.mul(a, b),
    }
}

/// Runs a body once for each operation, so that inside its loops the operation is known.
macro_rules! for_operation {
    ($op:ident => $body:expr) => {
        match $op {
            Operation::Add => {
                let $op = Operation::Add;
                $body
            }
            Operation::Subtract => {
                let $op = Operation::Subtract;
                $body
            }
            Operation::Multiply => {
                let $op = Operation::Multiply;
                $body
            }
        }
    };
}

/// Equal shapes.
struct Plain<'a> {
    op: Operation,
    flow: Flow<'a>,
    b: &'a [f32],
}

impl Kernel for Plain<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Plain { op, flow, b } = self;
        assert_eq!(flow.len(), b.len());
        // SAFETY: `sweep` stays inside the length it is given, which both have.
        for_operation!(op => sweep!(simd: flow.len(), |at, lanes| unsafe {
            let (a, b) = (lanes.load(simd, flow.from(at)), lanes.load(simd, b.as_ptr().add(at)));
            lanes.store(simd, flow.to(at), apply(simd, op, a, b));
        }));
    }
}

/// Any shapes that broadcast.
struct Combine<'a> {
    op: Operation,
    spec: &'a Broadcast,
    n: usize,
    a: &'a [f32],
    b: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Combine<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Combine {
            op,
            spec,
            n,
            a,
            b,
            y,
        } = self;
        let length = spec.shape[MAX_RANK - 1];
        let (left, right) = (spec.left[MAX_RANK - 1], spec.right[MAX_RANK - 1]);
        for row in Rows::new(spec, n, 1) {
            // A row that is not repeated is contiguous; these slices hold it, or its one value.
            let a = &a[row.left..][..if left == 0 { 1 } else { length }];
            let b = &b[row.right..][..if right == 0 { 1 } else { length }];
            let y = &mut y[row.output..][..length];
            // SAFETY: `sweep` stays inside the length of the row, which the slices have.
            unsafe {
                let (a, b, y) = (a.as_ptr(), b.as_ptr(), y.as_mut_ptr());
                for_operation!(op => match (left, right) {
                    (0, _) => {
                        let a = simd.splat(*a);
                        sweep!(simd: length, |at, lanes| {
                            let b = if right == 0 { simd.splat(*b) } else { lanes.load(simd, b.add(at)) };
                            lanes.store(simd, y.add(at), apply(simd, op, a, b));
                        });
                    }
                    (_, 0) => {
                        let b = simd.splat(*b);
                        sweep!(simd: length, |at, lanes| {
                            lanes.store(simd, y.add(at), apply(simd, op, lanes.load(simd, a.add(at)), b));
                        });
                    }
                    _ => sweep!(simd: length, |at, lanes| {
                        let (a, b) = (lanes.load(simd, a.add(at)), lanes.load(simd, b.add(at)));
                        lanes.store(simd, y.add(at), apply(simd, op, a, b));
                    }),
                });
            }
        }
    }
}

/// What a gradient is multiplied by: a number, or the other operand.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    Constant(f32),
    Values(&'a [f32]),
}

/// `da (+)= Σ dy * factor`, with `da` the left value of `spec` and the factor its right one.
pub(super) fn reduce(
    spec: &Broadcast,
    n: usize,
    factor: Factor<'_>,
    dy: &[f32],
    da: &mut [f32],
    accumulate: bool,
) {
    check_len(
        dy.len(),
        product([n, spec.output_len()]),
        "elementwise: length of dy",
    );
    check_len(
        da.len(),
        product([n, spec.left_len()]),
        "elementwise: length of the gradient",
    );
    if let Factor::Values(other) = factor {
        check_len(
            other.len(),
            product([n, spec.right_len()]),
            "elementwise: length of the other value",
        );
    }
    if spec.left_len() == spec.output_len() && !accumulate {
        return match factor {
            Factor::Constant(factor) => scale(factor, Flow::between(dy, da)),
            // `dy` has the result's shape, which is that of the left value.
            Factor::Values(other) => combine(Operation::Multiply, spec, n, dy, other, da),
        };
    }
    if !accumulate {
        da.fill(0.0);
    }
    dispatch(Reduce {
        spec,
        n,
        factor,
        dy,
        da,
    });
}

struct Reduce<'a> {
    spec: &'a Broadcast,
    n: usize,
    factor: Factor<'a>,
    dy: &'a [f32],
    da: &'a mut [f32],
}

impl Kernel for Reduce<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Reduce {
            spec,
            n,
            factor,
            dy,
            da,
        } = self;
        let length = spec.shape[MAX_RANK - 1];
        let (left, right) = (spec.left[MAX_RANK - 1], spec.right[MAX_RANK - 1]);
        // Rows that are added up to the same place go together, so that the sum stays in registers.
        let together = left != 0 && spec.left[MAX_RANK - 2] == 0;
        let group = if together {
            spec.shape[MAX_RANK - 2]
        } else {
            1
        };
        let apart = spec.right[MAX_RANK - 2];
        for row in Rows::new(spec, n, group) {
            let dy = &dy[row.output..][..group * length];
            let da = &mut da[row.left..][..if left == 0 { 1 } else { length }];
            let other = match factor {
                Factor::Constant(_) => None,
                Factor::Values(other) => {
                    let row_len = if right == 0 { 1 } else { length };
                    Some(other[row.right..][..(group - 1) * apart + row_len].as_ptr())
                }
            };
            // What row `p` of the group is multiplied by. SAFETY: the slice was taken long enough.
            macro_rules! factors {
                ($p:expr, $at:expr, $lanes:expr) => {
                    match other {
                        None => simd.splat(constant(factor)),
                        Some(other) if right == 0 => simd.splat(*other.add($p * apart)),
                        Some(other) => $lanes.load(simd, other.add($p * apart + $at)),
                    }
                };
            }
            // SAFETY: `sweep` stays inside the length of a row, of which the slices hold as many as the group has.
            unsafe {
                let (dy, da) = (dy.as_ptr(), da.as_mut_ptr());
                if left == 0 {
                    let mut sum = simd.splat(0.0);
                    sweep!(simd: length, |at, lanes| {
                        sum = simd.fma(lanes.load(simd, dy.add(at)), factors!(0, at, lanes), sum);
                    });
                    *da += simd.sum(sum);
                } else {
                    sweep!(simd: length, |at, lanes| {
                        let mut sums = [lanes.load(simd, da.add(at)), simd.splat(0.0)];
                        for p in 0..group {
                            let dy = lanes.load(simd, dy.add(p * length + at));
                            sums[p % 2] = simd.fma(dy, factors!(p, at, lanes), sums[p % 2]);
                        }
                        lanes.store(simd, da.add(at), simd.add(sums[0], sums[1]));
                    });
                }
            }
        }
    }
}

/// The number that stands for the other operand, if one does.
#[inline(always)]
fn constant(factor: Factor<'_>) -> f32 {
    match factor {
        Factor::Constant(number) => number,
        Factor::Values(_) => 1.0,
    }
}

/// `factor * x` of each value.
pub(super) fn scale(factor: f32, flow: Flow<'_>) {
    dispatch(Scale { factor, flow });
}

struct Scale<'a> {
    factor: f32,
    flow: Flow<'a>,
}

impl Kernel for Scale<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (factor, flow) = (simd.splat(self.factor), self.flow);
        // SAFETY: `sweep` stays inside the length it is given.
        sweep!(simd: flow.len(), |at, lanes| unsafe {
            lanes.store(simd, flow.to(at), simd.mul(factor, lanes.load(simd, flow.from(at))));
        });
    }
}
