//! What an optimizer is given at a time: tensors or parts of them, in tasks of about the same length.

use std::ops::Range;

use super::pieces::PIECE;
use super::program::Program;
use crate::graph::TensorInfo;
use crate::optimizers::{Optimizer, TensorSpan};

/// The trained tensors of a model cut for an optimizer, once: large ones into parts of a [`PIECE`] where the optimizer
/// works on parts, small ones several to a task.
#[derive(Clone, Debug)]
pub(super) struct TensorParts {
    tensors: &'static [TensorInfo],
    /// For each tensor, whether the optimizer needs it whole.
    whole: Vec<bool>,
    spans: Vec<TensorSpan>,
    /// Which parts each task takes.
    tasks: Vec<Range<usize>>,
}

impl TensorParts {
    /// The tensors of `program`, cut for `optimizer`.
    ///
    /// # Panics
    ///
    /// If tensors of the program lie over one another.
    pub(super) fn new(program: &Program, optimizer: &dyn Optimizer) -> Self {
        let tensors = program.tensors;
        let mut all = Self {
            tensors,
            whole: needs_whole(tensors, optimizer).collect(),
            spans: Vec::new(),
            tasks: Vec::new(),
        };
        let (mut end, mut filled) = (0, 0);
        for (tensor, info) in tensors.iter().enumerate() {
            if !info.trained {
                continue;
            }
            assert!(info.offset >= end, "`{}` lies over another", info.name);
            end = info
                .offset
                .checked_add(info.len())
                .expect("no offset is so large");
            let most = if all.whole[tensor] { info.len() } else { PIECE };
            for start in (0..info.len()).step_by(most.max(1)) {
                let elements = start..info.len().min(start + most);
                filled += elements.len();
                let number = all.spans.len();
                match all.tasks.last_mut() {
                    Some(task) if filled <= PIECE => task.end = number + 1,
                    _ => {
                        filled = elements.len();
                        all.tasks.push(number..number + 1);
                    }
                }
                all.spans.push(TensorSpan {
                    name: info.name,
                    shape: info.shape,
                    offset: info.offset + elements.start,
                    elements,
                });
            }
        }
        all
    }

    /// Whether these are the parts of `program` for `optimizer`.
    pub(super) fn fit(&self, program: &Program, optimizer: &dyn Optimizer) -> bool {
        std::ptr::eq(self.tensors, program.tensors)
            && needs_whole(self.tensors, optimizer).eq(self.whole.iter().copied())
    }

    /// Number of tasks.
    pub(super) fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// From the first to the last number of task number `task`.
    pub(super) fn floats(&self, task: usize) -> Range<usize> {
        let Range { start, end } = self.tasks[task];
        let last = &self.spans[end - 1];
        self.spans[start].offset..last.offset + last.elements.len()
    }

    /// The parts of task number `task`.
    pub(super) fn of(&self, task: usize) -> &[TensorSpan] {
        &self.spans[self.tasks[task].clone()]
    }
}

/// For each tensor, whether the optimizer needs it whole.
fn needs_whole(
    tensors: &'static [TensorInfo],
    optimizer: &dyn Optimizer,
) -> impl Iterator<Item = bool> {
    tensors
        .iter()
        .map(|info| info.trained && optimizer.needs_whole(info.name, info.shape))
}
