//! The last part of a step: clipping and the optimizer's update, tensor by tensor.

use super::aligned::AlignedBuffer;
use super::optimizer_slots::{MOST_SLOTS, OptimizerSlots};
use super::parallel::{Shared, for_each};
use super::program::Program;
use crate::optimizers::{Clip, Optimizer, Step, TensorPart};

/// An optimizer with the settings of one step.
#[derive(Clone, Copy)]
pub(super) struct Update<'a> {
    pub optimizer: &'a dyn Optimizer,
    pub learning_rate: f32,
    pub clip: Clip,
    /// The global norm of the gradients.
    pub norm: f64,
}

/// Clips the gradients and updates the parameters: a task for each small group of tensors or part of a large one.
pub(super) fn update(
    program: &Program,
    update: Update<'_>,
    slots: &mut OptimizerSlots,
    parameters: &mut [f32],
    gradients: &mut [f32],
    serial: bool,
) {
    let Update {
        optimizer,
        learning_rate,
        clip,
        norm,
    } = update;
    let (number, vectors, parts) = slots.next_step(program, optimizer);
    let step = Step::new(optimizer, number, learning_rate);
    let count = vectors.len();
    let vectors = shared(vectors);
    let parameters = Shared::new(parameters);
    let gradients = Shared::new(gradients);
    for_each(parts.tasks(), serial, &|task| {
        for part in parts.of(task) {
            let tensor = &program.tensors[part.tensor];
            let (from, len) = (tensor.offset + part.elements.start, part.elements.len());
            // SAFETY: parts are disjoint, and each buffer is borrowed by this function alone.
            let (values, gradient) =
                unsafe { (parameters.part(from, len), gradients.part(from, len)) };
            let mut slots: [&mut [f32]; MOST_SLOTS] = Default::default();
            for (slot, vector) in slots.iter_mut().zip(&vectors[..count]) {
                // SAFETY: as above.
                *slot = unsafe { vector.part(from, len) };
            }
            clip.apply(norm, gradient);
            let part = TensorPart {
                name: tensor.name,
                shape: tensor.shape,
                elements: part.elements.clone(),
                values,
                gradient,
                slots: &mut slots[..count],
            };
            optimizer.update(&step, part);
        }
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
