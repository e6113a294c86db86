//! What an optimizer remembers between steps.

use super::aligned::AlignedBuffer;
use super::error::EngineError;
use super::program::Program;
use super::store::Store;
use super::tensor_parts::TensorParts;
use crate::optimizers::{Bounds, MOST_SLOTS, Optimizer, OptimizerStep};

/// The optimizer's memory: so many vectors as long as the flat buffer of parameters, and the number of steps done.
#[derive(Clone, Debug)]
pub struct OptimizerSlots {
    vectors: Vec<AlignedBuffer>,
    steps: u64,
    /// What the optimizer is given at a time.
    parts: TensorParts,
    bounds: Known,
    /// Where an optimizer without bounds works, once it has made a step.
    spare: Option<Numbers>,
}

/// What is known of the sizes of parameters and vectors.
#[derive(Clone, Copy, Debug)]
enum Known {
    /// Bounds of the vectors, and of the parameters of this version.
    Bounds(Bounds, u64),
    /// The optimizer made the vectors.
    Own,
    /// Somebody else may have filled them.
    Nothing,
}

/// All numbers that a step of an optimizer changes.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    pub parameters: AlignedBuffer,
    pub vectors: Vec<AlignedBuffer>,
}

impl OptimizerSlots {
    /// Zeros, for `optimizer` on `program`.
    ///
    /// # Errors
    ///
    /// If the optimizer's settings are out of range, or it keeps more than eight vectors.
    pub fn new(program: &Program, optimizer: &dyn Optimizer) -> Result<Self, EngineError> {
        optimizer.validate()?;
        let found = optimizer.slots().len();
        if found > MOST_SLOTS {
            return Err(EngineError::TooManySlots {
                optimizer: optimizer.name(),
                most: MOST_SLOTS,
                found,
            });
        }
        Ok(Self {
            vectors: vec![AlignedBuffer::zeroed(program.parameters_len); found],
            steps: 0,
            parts: TensorParts::new(program, optimizer),
            bounds: Known::Own,
            spare: None,
        })
    }

    /// Steps done so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Sets the number of steps done, when training is resumed.
    pub fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// The number of the next step; the last number that there is stays.
    pub(super) fn next(&self) -> u64 {
        self.steps.saturating_add(1)
    }

    /// The vectors, in the order of [`Optimizer::slots`].
    pub fn vectors(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.vectors.iter().map(|v| &v[..])
    }

    /// The vectors, to be filled when training is resumed.
    pub fn vectors_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f32]> {
        self.bounds = Known::Nothing;
        self.vectors.iter_mut().map(|v| &mut v[..])
    }

    pub(super) fn check(
        &self,
        program: &Program,
        optimizer: &dyn Optimizer,
    ) -> Result<(), EngineError> {
        let found_len = self
            .vectors
            .first()
            .map_or(program.parameters_len, |v| v.len());
        let expected = optimizer.slots().len();
        if self.vectors.len() == expected && found_len == program.parameters_len {
            return Ok(());
        }
        Err(EngineError::Slots {
            model: program.name,
            optimizer: optimizer.name(),
            expected,
            expected_len: program.parameters_len,
            found: self.vectors.len(),
            found_len,
        })
    }

    /// Sees to it that the parts are those that `optimizer` is to be given.
    pub(super) fn cut_for(&mut self, program: &Program, optimizer: &dyn Optimizer) {
        if !self.parts.fit(program, optimizer) {
            self.parts = TensorParts::new(program, optimizer);
        }
    }

    /// Bounds of all numbers after a step with gradients of up to `gradient`; `None` where they aren't known to be finite.
    pub(super) fn foresee(
        &self,
        optimizer: &dyn Optimizer,
        step: &OptimizerStep,
        gradient: f64,
        store: &Store,
    ) -> Option<Bounds> {
        let after = |before: &Bounds| optimizer.bounds(step, gradient, before);
        match self.bounds {
            Known::Nothing => return None,
            Known::Bounds(before, version) if version == store.parameters_version() => {
                let after = after(&before)?;
                if after.are_finite() {
                    return Some(after);
                }
            }
            // Nobody measures for an optimizer that has no use for it.
            _ => _ = after(&Bounds::default())?,
        }
        // Bounds widen from step to step; the numbers themselves may be far smaller.
        let measured = Bounds::measured(store.parameters(), self.vectors());
        after(&measured).filter(Bounds::are_finite)
    }

    /// The vectors to be changed, and what the optimizer is given at a time.
    pub(super) fn in_place(&mut self) -> (&mut [AlignedBuffer], &TensorParts) {
        (&mut self.vectors, &self.parts)
    }

    /// Counts a step that was made in place and left all numbers within `bounds`.
    pub(super) fn count(&mut self, bounds: Bounds, store: &Store) {
        self.steps = self.next();
        self.bounds = Known::Bounds(bounds, store.parameters_version());
    }

    /// Room for all numbers after a step, with zeros between the tensors; the vectors as they are, and what the optimizer is
    /// given at a time.
    pub(super) fn beside(
        &mut self,
        program: &Program,
    ) -> (Numbers, &[AlignedBuffer], &TensorParts) {
        let len = program.parameters_len;
        let fits = |spare: &Numbers| {
            spare.parameters.len() == len && spare.vectors.len() == self.vectors.len()
        };
        let spare = self.spare.take().filter(fits);
        let room = spare.unwrap_or_else(|| Numbers {
            parameters: AlignedBuffer::zeroed(len),
            vectors: vec![AlignedBuffer::zeroed(len); self.vectors.len()],
        });
        (room, &self.vectors, &self.parts)
    }

    /// Counts a step that was made beside the numbers of before: they change places.
    pub(super) fn exchange(&mut self, mut after: Numbers, store: &mut Store, keep_room: bool) {
        std::mem::swap(store.parameters_mut(), &mut after.parameters);
        std::mem::swap(&mut self.vectors, &mut after.vectors);
        self.steps = self.next();
        self.bounds = Known::Own;
        self.spare = keep_room.then_some(after);
    }
}
