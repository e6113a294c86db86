//! The gradients of values while the graph is walked backwards: which buffer holds each, and who else reads it.

use crate::id::{BufferId, ValueId};

/// The gradients of values.
#[derive(Debug)]
pub struct Gradients {
    /// The buffer that holds each value's gradient so far.
    held: Vec<Option<BufferId>>,
    /// For each value, whether anything trained lies before it.
    wanted: Vec<bool>,
    /// The gradient of the operation at hand, before its activation.
    current: BufferId,
    /// Buffers that a step at the very end still reads, so that nothing may change them before.
    frozen: Vec<BufferId>,
    /// Values whose gradient is held as it is before the activation that made them.
    undone: Vec<ValueId>,
}

impl Gradients {
    /// None yet; `wanted` says for each value whether anything trained lies before it.
    pub fn new(wanted: Vec<bool>) -> Self {
        Self {
            held: vec![None; wanted.len()],
            wanted,
            current: 0,
            frozen: Vec::new(),
            undone: Vec::new(),
        }
    }

    /// Whether the gradient of a value leads to anything trained.
    pub fn is_wanted(&self, value: ValueId) -> bool {
        self.wanted[value]
    }

    /// The gradient of a value, once something has been put there.
    pub fn of(&self, value: ValueId) -> Option<BufferId> {
        self.held[value]
    }

    /// Makes `buffer` the gradient of `value`, or tells which buffer already is.
    pub fn take_over(&mut self, value: ValueId, buffer: BufferId) -> Option<BufferId> {
        let before = self.held[value];
        if before.is_none() {
            self.held[value] = Some(buffer);
        }
        before
    }

    /// Makes `buffer` the gradient of `value`.
    pub fn replace(&mut self, value: ValueId, buffer: BufferId) {
        self.held[value] = Some(buffer);
    }

    /// Whether `buffer` is the gradient of one value alone and nobody reads it later, so that it may be changed.
    pub fn is_free(&self, buffer: BufferId) -> bool {
        self.held
            .iter()
            .filter(|&&held| held == Some(buffer))
            .count()
            == 1
            && !self.frozen.contains(&buffer)
    }

    /// Keeps `buffer` from being changed from now on.
    pub fn freeze(&mut self, buffer: BufferId) {
        self.frozen.push(buffer);
    }

    /// From now on the gradient of `value` is the one before its activation.
    pub fn undo_activation(&mut self, value: ValueId) {
        self.undone.push(value);
    }

    /// Whether the gradient of `value` is the one before its activation.
    pub fn is_undone(&self, value: ValueId) -> bool {
        self.undone.contains(&value)
    }

    /// Forgets the gradient of a value whose producer is done with it.
    pub fn release(&mut self, value: ValueId) {
        self.held[value] = None;
    }

    pub fn begin(&mut self, gradient: BufferId) {
        self.current = gradient;
    }

    pub fn current(&self) -> BufferId {
        self.current
    }
}
