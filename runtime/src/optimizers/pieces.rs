//! The pieces of the flat buffers that one update gets, and the loop over them, compiled for each instruction set.

use crate::optimizers::Optimizer;
use crate::simd::{self, Kernel, Simd};

/// An optimizer's loop. Its methods are `#[inline(always)]`, so that each instruction set gets its own copy, which the
/// compiler makes vectors of; without fused multiply-adds, so that every machine computes the same bits.
pub(crate) trait Rule: Optimizer {
    fn apply(
        &self,
        step: u64,
        learning_rate: f32,
        parameters: &mut [f32],
        gradients: &[f32],
        slots: &mut [&mut [f32]],
    );
}

/// Runs the rule on the best instruction set of the machine.
///
/// # Panics
/// When the pieces differ in length, or there are not as many slots as the optimizer has.
pub(crate) fn update<R: Rule>(
    rule: &R,
    step: u64,
    learning_rate: f32,
    parameters: &mut [f32],
    gradients: &[f32],
    slots: &mut [&mut [f32]],
) {
    assert_fits(rule, parameters, gradients, slots);
    simd::dispatch(Update {
        rule,
        step,
        learning_rate,
        parameters,
        gradients,
        slots,
    });
}

struct Update<'a, 'b, R> {
    rule: &'a R,
    step: u64,
    learning_rate: f32,
    parameters: &'a mut [f32],
    gradients: &'a [f32],
    slots: &'a mut [&'b mut [f32]],
}

impl<R: Rule> Kernel for Update<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.rule.apply(
            self.step,
            self.learning_rate,
            self.parameters,
            self.gradients,
            self.slots,
        );
    }
}

fn assert_fits(
    optimizer: &dyn Optimizer,
    parameters: &[f32],
    gradients: &[f32],
    slots: &[&mut [f32]],
) {
    let name = optimizer.name();
    assert_eq!(
        parameters.len(),
        gradients.len(),
        "{name}: as many gradients as parameters"
    );
    assert_eq!(
        slots.len(),
        optimizer.slots().len(),
        "{name}: one piece of each slot"
    );
    for (slot, slot_name) in slots.iter().zip(optimizer.slots()) {
        assert_eq!(
            slot.len(),
            parameters.len(),
            "{name}: slot {slot_name} as long as the parameters"
        );
    }
}
