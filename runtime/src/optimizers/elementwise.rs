//! Rules that work element by element: their loop, compiled for each instruction set.

use crate::optimizers::{Optimizer, Step, TensorPart};
use crate::simd::{self, Kernel, Simd};

/// An optimizer's loop. Its methods are `#[inline(always)]`, so that each instruction set gets its own copy, which the
/// compiler makes vectors of; without fused multiply-adds, so that every machine computes the same bits.
pub(crate) trait Elementwise: Optimizer {
    fn apply(&self, step: &Step, part: TensorPart<'_>);
}

/// Runs the rule on the best instruction set of the machine.
///
/// # Panics
/// When the slices differ in length, or there are not as many slots as the optimizer has.
pub(crate) fn update<R: Elementwise>(rule: &R, step: &Step, part: TensorPart<'_>) {
    assert_fits(rule, &part);
    simd::dispatch(Update { rule, step, part });
}

struct Update<'a, 'b, R> {
    rule: &'b R,
    step: &'b Step,
    part: TensorPart<'a>,
}

impl<R: Elementwise> Kernel for Update<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.rule.apply(self.step, self.part);
    }
}

#[inline]
fn assert_fits<R: Elementwise>(rule: &R, part: &TensorPart<'_>) {
    let (slots, len) = (rule.slots(), part.values.len());
    assert!(
        part.gradient.len() == len,
        "{}: as many gradients as parameters",
        rule.name()
    );
    assert!(
        part.slots.len() == slots.len(),
        "{}: one part of each slot",
        rule.name()
    );
    for (slot, name) in part.slots.iter().zip(slots) {
        assert!(
            slot.len() == len,
            "{}: slot {name} as long as the parameters",
            rule.name()
        );
    }
}
