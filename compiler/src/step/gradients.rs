//! The gradients of values while the graph is walked backwards: which buffer holds each, and who else reads it.

use std::collections::{HashMap, HashSet};

use crate::id::{BufferId, ValueId};

/// The gradients of values.
#[derive(Debug)]
pub struct Gradients {
    /// The buffer that holds each value's gradient so far.
    held: Vec<Option<BufferId>>,
    /// How many values' gradient each buffer is.
    holders: HashMap<BufferId, usize>,
    /// For each value, whether anything trained lies before it.
    wanted: Vec<bool>,
    /// The gradient of the operation at hand, before its activation.
    current: BufferId,
    /// Buffers that a step at the very end still reads, so that nothing may change them before.
    frozen: HashSet<BufferId>,
    /// Values whose gradient is held as it is before the activation that made them.
    undone: HashSet<ValueId>,
}

impl Gradients {
    /// None yet; `wanted` says for each value whether anything trained lies before it.
    pub fn new(wanted: Vec<bool>) -> Self {
        Self {
            held: vec![None; wanted.len()],
            holders: HashMap::new(),
            wanted,
            current: 0,
            frozen: HashSet::new(),
            undone: HashSet::new(),
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
            self.hold(value, Some(buffer));
        }
        before
    }

    /// Makes `buffer` the gradient of `value`.
    pub fn replace(&mut self, value: ValueId, buffer: BufferId) {
        self.hold(value, Some(buffer));
    }

    fn hold(&mut self, value: ValueId, buffer: Option<BufferId>) {
        let before = std::mem::replace(&mut self.held[value], buffer);
        if let Some(holders) = before.and_then(|before| self.holders.get_mut(&before)) {
            *holders -= 1;
        }
        if let Some(buffer) = buffer {
            *self.holders.entry(buffer).or_default() += 1;
        }
    }

    /// Whether `buffer` is the gradient of one value alone and nobody reads it later, so that it may be changed.
    pub fn is_free(&self, buffer: BufferId) -> bool {
        self.holders.get(&buffer) == Some(&1) && !self.frozen.contains(&buffer)
    }

    /// Keeps `buffer` from being changed from now on.
    pub fn freeze(&mut self, buffer: BufferId) {
        self.frozen.insert(buffer);
    }

    /// From now on the gradient of `value` is the one before its activation.
    pub fn undo_activation(&mut self, value: ValueId) {
        self.undone.insert(value);
    }

    /// Whether the gradient of `value` is the one before its activation.
    pub fn is_undone(&self, value: ValueId) -> bool {
        self.undone.contains(&value)
    }

    /// Forgets the gradient of a value whose producer is done with it.
    pub fn release(&mut self, value: ValueId) {
        self.hold(value, None);
    }

    pub fn begin(&mut self, gradient: BufferId) {
        self.current = gradient;
    }

    pub fn current(&self) -> BufferId {
        self.current
    }
}
