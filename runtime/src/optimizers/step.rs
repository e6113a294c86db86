//! One step of an optimizer: what is the same for all tensors.

/// One step; made by [`Step::new`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Its number, counted from 1.
    pub number: u64,
    /// What the schedule made of [`Optimizer::learning_rate`](super::Optimizer::learning_rate).
    pub learning_rate: f32,
    /// What [`Optimizer::factors`](super::Optimizer::factors) made of both.
    pub factors: [f32; 4],
}
