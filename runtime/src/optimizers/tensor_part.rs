//! What an optimizer is given to change: a tensor, or some of its elements.

use std::ops::Range;

/// A trained tensor, or some of its elements, with the gradient and what the optimizer remembers of it.
///
/// `values`, `gradient` and each of `slots` hold the same elements of the tensor, in row-major order.
///
/// ```
/// use shapeflow_runtime::optimizers::{Optimizer, Sgd, Step, TensorPart};
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
/// optimizer.update(&Step::new(&optimizer, 1, 0.5), part);
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
