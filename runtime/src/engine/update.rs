//! The last part of a step: clipping and the optimizer's update, tensor by tensor.
//!
//! An update that may make a number infinite, by the optimizer's [`Bounds`], works beside the numbers of before, and so does
//! every optimizer that has none: they change places only when all went well.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::aligned::AlignedBuffer;
use super::culprit::Culprit;
use super::optimizer_slots::{Numbers, OptimizerSlots};
use super::program::Program;
use super::store::Store;
use super::tensor_parts::TensorParts;
use crate::optimizers::{Bounds, Clip, MOST_SLOTS, Optimizer, OptimizerStep, TensorRun};
use crate::simd::all_finite;
use crate::tasks::{Cut, for_each_part};

/// An optimizer with the settings of one step.
#[derive(Clone, Copy)]
pub(super) struct UpdateSettings<'a> {
    pub optimizer: &'a dyn Optimizer,
    pub learning_rate: f32,
    pub clip: Clip,
    /// The global norm of the gradients.
    pub norm: f64,
    pub serial: bool,
}

/// Clips the gradients and updates the parameters: a task for each small group of tensors or part of a large one.
///
/// Where it is an error, or the optimizer panics, the gradients are clipped and nothing else has changed.
pub(super) fn update(
    program: &Program,
    settings: UpdateSettings<'_>,
    store: &mut Store,
    slots: &mut OptimizerSlots,
    gradients: &mut [f32],
) -> Result<(), Culprit> {
    let UpdateSettings {
        optimizer,
        clip,
        norm,
        ..
    } = settings;
    slots.cut_for(program, optimizer);
    let step = OptimizerStep::new(optimizer, slots.next(), settings.learning_rate);
    let largest = clip.largest(norm);
    if let Some(bounds) = slots.foresee(optimizer, &step, largest, store) {
        let (vectors, parts) = slots.in_place();
        let all = Part::new(store.parameters_mut(), gradients, vectors, parts);
        for_each_part(
            all,
            parts.tasks(),
            settings.serial,
            &|task, part: Part<'_>| {
                part.update(task, &settings, &step);
            },
        );
        slots.count(bounds, store);
        return Ok(());
    }
    clip.apply(norm, gradients);
    let settings = UpdateSettings {
        clip: Clip::None,
        ..settings
    };
    let (mut after, vectors, parts) = slots.beside(program);
    let before = Before {
        parameters: store.parameters(),
        vectors,
    };
    let broken = beside(&settings, &step, before, &mut after, gradients, parts);
    if let Some((vector, at)) = broken {
        return Err(culprit(program, optimizer, vector, at));
    }
    let has_bounds = optimizer
        .bounds(&step, largest, &Bounds::default())
        .is_some();
    slots.exchange(after, store, !has_bounds);
    Ok(())
}

/// The numbers before a step.
#[derive(Clone, Copy)]
struct Before<'a> {
    parameters: &'a [f32],
    vectors: &'a [AlignedBuffer],
}

/// The update on copies in `after`; returns the first number that isn't finite: in the parameters (0) or which vector
/// (from 1), and where.
fn beside(
    settings: &UpdateSettings<'_>,
    step: &OptimizerStep,
    before: Before<'_>,
    after: &mut Numbers,
    gradients: &mut [f32],
    parts: &TensorParts,
) -> Option<(usize, usize)> {
    let len = before.parameters.len();
    let first = AtomicUsize::new(usize::MAX);
    let all = Part::new(&mut after.parameters, gradients, &mut after.vectors, parts);
    for_each_part(
        all,
        parts.tasks(),
        settings.serial,
        &|task, part: Part<'_>| {
            part.update_copy(task, settings, step, before, |vector, at| {
                first.fetch_min(vector * len + at, Ordering::Relaxed);
            });
        },
    );
    let first = first.into_inner();
    (first != usize::MAX).then(|| (first / len, first % len))
}

/// What to say of a number that isn't finite after a step.
fn culprit(program: &Program, optimizer: &dyn Optimizer, vector: usize, at: usize) -> Culprit {
    let trained = program.tensors.iter().filter(|info| info.trained);
    let before = trained.take_while(|info| info.offset <= at);
    Culprit::Update {
        optimizer: optimizer.name(),
        tensor: before.last().map_or("", |info| info.name),
        slot: vector
            .checked_sub(1)
            .and_then(|slot| optimizer.slots().get(slot).copied()),
    }
}

/// The numbers of some tasks, from number `start` of the flat buffers on.
struct Part<'a> {
    parts: &'a TensorParts,
    start: usize,
    values: &'a mut [f32],
    gradient: &'a mut [f32],
    slots: [&'a mut [f32]; MOST_SLOTS],
    count: usize,
}

impl<'a> Part<'a> {
    fn new(
        values: &'a mut [f32],
        gradient: &'a mut [f32],
        vectors: &'a mut [AlignedBuffer],
        parts: &'a TensorParts,
    ) -> Self {
        let count = vectors.len();
        let mut slots: [&mut [f32]; MOST_SLOTS] = Default::default();
        for (slot, vector) in slots.iter_mut().zip(vectors) {
            *slot = vector;
        }
        Self {
            parts,
            start: 0,
            values,
            gradient,
            slots,
            count,
        }
    }

    /// What lies between the first and the last number of a task, and where it begins.
    fn of(self, task: usize) -> (usize, Self) {
        let floats = self.parts.floats(task);
        let at = floats.start - self.start..floats.end - self.start;
        let mut part = Self {
            start: floats.start,
            values: &mut self.values[at.clone()],
            gradient: &mut self.gradient[at.clone()],
            ..self
        };
        for slot in &mut part.slots[..part.count] {
            *slot = &mut std::mem::take(slot)[at.clone()];
        }
        (floats.start, part)
    }

    fn update(self, task: usize, settings: &UpdateSettings<'_>, step: &OptimizerStep) {
        let (_, mut part) = self.of(task);
        part.run(task, settings, step);
    }

    /// The same on copies of the numbers of before; tells of the first number in each vector that isn't finite.
    fn update_copy(
        self,
        task: usize,
        settings: &UpdateSettings<'_>,
        step: &OptimizerStep,
        before: Before<'_>,
        broken: impl Fn(usize, usize),
    ) {
        let (start, mut part) = self.of(task);
        let at = start..start + part.values.len();
        part.values.copy_from_slice(&before.parameters[at.clone()]);
        for (slot, vector) in part.slots.iter_mut().zip(before.vectors) {
            slot.copy_from_slice(&vector[at.clone()]);
        }
        part.run(task, settings, step);
        let slots = part.slots[..part.count].iter().map(|slot| &**slot);
        let vectors = std::iter::once(&*part.values).chain(slots);
        for (vector, values) in vectors.enumerate() {
            if !all_finite(values)
                && let Some(index) = values.iter().position(|x| !x.is_finite())
            {
                broken(vector, start + index);
            }
        }
    }

    fn run(&mut self, task: usize, settings: &UpdateSettings<'_>, step: &OptimizerStep) {
        settings.clip.apply(settings.norm, self.gradient);
        let mut slots: [&mut [f32]; MOST_SLOTS] = Default::default();
        for (slot, all) in slots.iter_mut().zip(&mut self.slots) {
            *slot = all;
        }
        let run = TensorRun {
            spans: self.parts.of(task),
            values: self.values,
            gradient: self.gradient,
            slots: &mut slots[..self.count],
        };
        settings.optimizer.update_run(step, run);
    }
}

impl Cut for Part<'_> {
    fn cut(mut self, task: usize) -> (Self, Self) {
        let start = self.parts.floats(task).start;
        let at = start - self.start;
        let (values, values_rest) = self.values.split_at_mut(at);
        let (gradient, gradient_rest) = self.gradient.split_at_mut(at);
        let mut rest: [&mut [f32]; MOST_SLOTS] = Default::default();
        for (slot, rest) in self.slots[..self.count].iter_mut().zip(&mut rest) {
            (*slot, *rest) = std::mem::take(slot).split_at_mut(at);
        }
        let rest = Self {
            start,
            values: values_rest,
            gradient: gradient_rest,
            slots: rest,
            ..self
        };
        let before = Self {
            values,
            gradient,
            ..self
        };
        (before, rest)
    }
}
