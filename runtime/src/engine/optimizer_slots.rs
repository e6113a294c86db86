//! What an optimizer remembers between steps.

use super::aligned::AlignedBuffer;
use super::error::EngineError;
use super::program::Program;
use super::tensor_parts::TensorParts;
use crate::optimizers::{MOST_SLOTS, Optimizer};

/// The optimizer's memory: so many vectors as long as the flat buffer of parameters, and the number of steps done.
#[derive(Clone, Debug)]
pub struct OptimizerSlots {
    vectors: Vec<AlignedBuffer>,
    steps: u64,
    /// What the optimizer is given at a time.
    parts: TensorParts,
}

impl OptimizerSlots {
    /// Zeros, for `optimizer` on `program`.
    ///
    /// # Errors
    ///
    /// If the optimizer's settings are out of range.
    pub fn new(program: &Program, optimizer: &dyn Optimizer) -> Result<Self, EngineError> {
        optimizer.validate()?;
        let count = optimizer.slots().len();
        assert!(
            count <= MOST_SLOTS,
            "{} keeps {count} vectors, at most {MOST_SLOTS} are possible",
            optimizer.name()
        );
        Ok(Self {
            vectors: vec![AlignedBuffer::zeroed(program.parameters_len); count],
            steps: 0,
            parts: TensorParts::new(program, optimizer),
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

    /// The vectors, in the order of [`Optimizer::slots`].
    pub fn vectors(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.vectors.iter().map(|v| &v[..])
    }

    /// The vectors, to be filled when training is resumed.
    pub fn vectors_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f32]> {
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

    /// Counts a step of `optimizer`; returns the number of the step, the vectors, and what the optimizer is given at a
    /// time.
    pub(super) fn next_step(
        &mut self,
        program: &Program,
        optimizer: &dyn Optimizer,
    ) -> (u64, &mut [AlignedBuffer], &TensorParts) {
        self.steps += 1;
        if !self.parts.fit(program, optimizer) {
            self.parts = TensorParts::new(program, optimizer);
        }
        (self.steps, &mut self.vectors, &self.parts)
    }
}
