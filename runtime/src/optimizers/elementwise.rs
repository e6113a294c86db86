//! Rules that work element by element: their loop, compiled for each instruction set.

use crate::optimizers::{Optimizer, TensorPart};
use crate::simd::{self, Kernel, Simd};

/// An optimizer's loop. Its methods are `#[inline(always)]`, so that each instruction set gets its own copy, which the
/// compiler makes vectors of; without fused multiply-adds, so that every machine computes the same bits.
pub(crate) trait Elementwise: Optimizer {
    fn apply(&self, step: u64, learning_rate: f32, part: TensorPart<'_>);
}

/// Runs the rule on the best instruction set of the machine.
///
/// # Panics
/// When the slices differ in length, or there are not as many slots as the optimizer has.
pub(crate) fn update<R: Elementwise>(
    rule: &R,
    step: u64,
    learning_rate: f32,
    part: TensorPart<'_>,
) {
    assert_fits(rule, &part);
    simd::dispatch(Update {
        rule,
        step,
        learning_rate,
        part,
    });
}

struct Update<'a, 'b, R> {
    rule: &'b R,
    step: u64,
    learning_rate: f32,
    part: TensorPart<'a>,
}

impl<R: Elementwise> Kernel for Update<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.rule.apply(self.step, self.learning_rate, self.part);
    }
}

fn assert_fits(optimizer: &dyn Optimizer, part: &TensorPart<'_>) {
    let name = optimizer.name();
    assert_eq!(
        part.values.len(),
        part.gradient.len(),
        "{name}: as many gradients as parameters"
    );
    assert_eq!(
        part.slots.len(),
        optimizer.slots().len(),
        "{name}: one part of each slot"
    );
    for (slot, slot_name) in part.slots.iter().zip(optimizer.slots()) {
        assert_eq!(
            slot.len(),
            part.values.len(),
            "{name}: slot {slot_name} as long as the parameters"
        );
    }
}
