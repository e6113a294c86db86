//! What the kernels' tests share; each kernel's own stand beside it: against its `f64` twin over random sizes on every
//! instruction set, without allocating, and the twin's gradient against finite differences.

pub(super) mod allocations;
pub(super) mod compare;
pub(super) mod gradients;
mod nan;
pub(super) mod products;
