//! What an optimizer is given to change: a tensor, or some of its elements; and several that lie one behind the other.

use std::ops::Range;

/// A trained tensor, or some of its elements, with the gradient and what the optimizer remembers of it.
///
/// `values`, `gradient` and each of `slots` hold the same elements of the tensor, in row-major order.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::{Optimizer, Sgd, OptimizerStep, TensorPart};
/// let (mut values, mut momentum) = ([1.0, -1.0], [0.0, 0.0]);
/// let part = TensorPart {
///     name: "dense1.bias",
///     shape: &[2],
///     elements: 0..2,
///     values: &mut values,
///     gradient: &[1.0, 2.0],
///     slots: &mut [&mut momentum],
/// };
/// let optimizer = Sgd::new(0.5).momentum(0.9);
/// optimizer.update(&OptimizerStep::new(&optimizer, 1, 0.5), part);
/// assert_eq!((values, momentum), ([0.5, -2.0], [1.0, 2.0]));
/// ```
#[derive(Debug)]
pub struct TensorPart<'a> {
    /// The tensor's full name, such as `basic3.conv2d1.weight`.
    pub name: &'a str,
    /// The lengths of the axes of the whole tensor.
    pub shape: &'a [usize],
    /// Which of its elements these are: all of them, where [`Optimizer::needs_whole`](super::Optimizer::needs_whole)
    /// asked for it.
    pub elements: Range<usize>,
    /// The elements, to be changed.
    pub values: &'a mut [f32],
    /// Their gradient, after clipping.
    pub gradient: &'a [f32],
    /// What is remembered of them, in the order of [`Optimizer::slots`](super::Optimizer::slots).
    pub slots: &'a mut [&'a mut [f32]],
}

/// A tensor, or some of its elements, in a flat buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpan {
    /// The tensor's full name.
    pub name: &'static str,
    /// The lengths of the axes of the whole tensor.
    pub shape: &'static [usize],
    /// Which of its elements these are.
    pub elements: Range<usize>,
    /// Where they begin in the flat buffer.
    pub offset: usize,
}

/// Several tensors or parts of tensors, one behind the other, with gaps of zeros between them.
#[derive(Debug)]
pub struct TensorRun<'a> {
    /// What lies where, in order.
    pub spans: &'a [TensorSpan],
    /// From the first span's elements to the last one's, to be changed.
    pub values: &'a mut [f32],
    /// Their gradient, after clipping.
    pub gradient: &'a [f32],
    /// What is remembered of them, in the order of [`Optimizer::slots`](super::Optimizer::slots).
    pub slots: &'a mut [&'a mut [f32]],
}

/// The most vectors that an optimizer may remember.
pub(crate) const MOST_SLOTS: usize = 8;

impl TensorRun<'_> {
    /// Hands out each part alone.
    ///
    /// # Panics
    /// If there are more than eight slots, or a span lies outside of the values, the gradient or a slot.
    pub fn each(self, mut update: impl FnMut(TensorPart<'_>)) {
        let start = self.spans.first().map_or(0, |span| span.offset);
        let count = self.slots.len();
        assert!(
            count <= MOST_SLOTS,
            "{count} slots, at most {MOST_SLOTS} are possible"
        );
        for span in self.spans {
            let from = span.offset - start;
            let at = from..from + span.elements.len();
            let mut slots: [&mut [f32]; MOST_SLOTS] = Default::default();
            for (slot, all) in slots.iter_mut().zip(self.slots.iter_mut()) {
                *slot = &mut all[at.clone()];
            }
            update(TensorPart {
                name: span.name,
                shape: span.shape,
                elements: span.elements.clone(),
                values: &mut self.values[at.clone()],
                gradient: &self.gradient[at],
                slots: &mut slots[..count],
            });
        }
    }
}
