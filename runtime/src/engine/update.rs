//! The last part of a step: clipping and the optimizer's update, tensor by tensor.

use super::aligned::AlignedBuffer;
use super::optimizer_slots::OptimizerSlots;
use super::parallel::{Shared, for_each};
use super::program::Program;
use crate::optimizers::{Clip, MOST_SLOTS, Optimizer, OptimizerStep, TensorRun};

/// An optimizer with the settings of one step.
#[derive(Clone, Copy)]
pub(super) struct UpdateSettings<'a> {
    pub optimizer: &'a dyn Optimizer,
    pub learning_rate: f32,
    pub clip: Clip,
    /// The global norm of the gradients.
    pub norm: f64,
}

/// Clips the gradients and updates the parameters: a task for each small group of tensors or part of a large one.
pub(super) fn update(
    program: &Program,
    update: UpdateSettings<'_>,
    slots: &mut OptimizerSlots,
    parameters: &mut [f32],
    gradients: &mut [f32],
    serial: bool,
) {
    let UpdateSettings {
        optimizer,
        learning_rate,
        clip,
        norm,
    } = update;
    let (number, vectors, parts) = slots.next_step(program, optimizer);
    let step = OptimizerStep::new(optimizer, number, learning_rate);
    let count = vectors.len();
    let vectors = shared(vectors);
    let parameters = Shared::new(parameters);
    let gradients = Shared::new(gradients);
    for_each(parts.tasks(), serial, &|task| {
        let spans = parts.of(task);
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return;
        };
        let from = first.offset;
        let len = last.offset + last.elements.len() - from;
        // SAFETY: tasks are disjoint, and each buffer is borrowed by this function alone.
        let (values, gradient) = unsafe { (parameters.part(from, len), gradients.part(from, len)) };
        let mut slots: [&mut [f32]; MOST_SLOTS] = Default::default();
        for (slot, vector) in slots.iter_mut().zip(&vectors[..count]) {
            // SAFETY: as above.
            *slot = unsafe { vector.part(from, len) };
        }
        clip.apply(norm, gradient);
        let run = TensorRun {
            spans,
            values,
            gradient,
            slots: &mut slots[..count],
        };
        optimizer.update_run(&step, run);
    });
}

/// The vectors of an optimizer, to be changed by tasks.
fn shared(vectors: &mut [AlignedBuffer]) -> [Shared<f32>; MOST_SLOTS] {
    let mut slices: [&mut [f32]; MOST_SLOTS] = Default::default();
    for (vector, slice) in vectors.iter_mut().zip(&mut slices) {
        *slice = vector;
    }
    slices.map(Shared::new)
}
