//! Rules that work element by element: their loop, compiled for each instruction set.

use crate::optimizers::{Optimizer, OptimizerStep, TensorPart, TensorRun};
use crate::simd::{self, Kernel, Simd};

/// An optimizer's loop. Its methods are `#[inline(always)]`, so that each instruction set gets its own copy, which the
/// compiler makes vectors of; without fused multiply-adds, so that every machine computes the same bits.
pub(crate) trait Elementwise: Optimizer {
    fn apply(&self, step: &OptimizerStep, part: TensorPart<'_>);
}

/// Runs the rule on the best instruction set of the machine.
///
/// # Panics
/// When the slices differ in length, or there are not as many slots as the optimizer has.
pub(crate) fn update<R: Elementwise>(rule: &R, step: &OptimizerStep, part: TensorPart<'_>) {
    assert_fits(rule, &part);
    simd::dispatch(ElementLoop { rule, step, part });
}

/// The same over all elements of several tensors, whose gaps of zeros stay zeros under every rule here.
///
/// # Panics
/// As [`update`].
pub(crate) fn update_run<R: Elementwise>(rule: &R, step: &OptimizerStep, run: TensorRun<'_>) {
    let part = TensorPart {
        name: "several tensors",
        shape: &[],
        elements: 0..run.values.len(),
        values: run.values,
        gradient: run.gradient,
        slots: run.slots,
    };
    update(rule, step, part);
}

struct ElementLoop<'a, 'b, R> {
    rule: &'b R,
    step: &'b OptimizerStep,
    part: TensorPart<'a>,
}

impl<R: Elementwise> Kernel for ElementLoop<'_, '_, R> {
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
