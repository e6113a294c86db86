//! What the lanes of a batch write, each its own part: their gradients, and the losses of their chunks.

use super::split::Split;
use crate::tasks::Cut;

/// The gradients and losses of some lanes.
pub(super) struct Lanes<'a> {
    split: &'a Split,
    /// The first lane, and the number of its first chunk.
    first: usize,
    first_chunk: usize,
    /// Floats of each lane's gradients.
    stride: usize,
    gradients: &'a mut [f32],
    /// Losses of each chunk.
    outputs: usize,
    losses: &'a mut [f64],
}

impl<'a> Lanes<'a> {
    /// All lanes of a batch: their gradients, `stride` floats each, and their chunks' losses, one for each of `outputs`.
    pub(super) fn new(
        split: &'a Split,
        (stride, gradients): (usize, &'a mut [f32]),
        (outputs, losses): (usize, &'a mut [f64]),
    ) -> Self {
        Self {
            split,
            first: 0,
            first_chunk: 0,
            stride,
            gradients,
            outputs,
            losses,
        }
    }

    /// The gradients and losses of the first lane.
    pub(super) fn only(self) -> (&'a mut [f32], &'a mut [f64]) {
        let chunks = self.split.chunks_of(self.first);
        (
            &mut self.gradients[..self.stride],
            &mut self.losses[..chunks * self.outputs],
        )
    }
}

impl Cut for Lanes<'_> {
    fn cut(self, lane: usize) -> (Self, Self) {
        let first_chunk = self.split.first_chunk(lane);
        let at = (lane - self.first) * self.stride;
        let (gradients, gradients_rest) = self.gradients.split_at_mut(at);
        let at = (first_chunk - self.first_chunk) * self.outputs;
        let (losses, losses_rest) = self.losses.split_at_mut(at);
        let before = Self {
            gradients,
            losses,
            ..self
        };
        let rest = Self {
            first: lane,
            first_chunk,
            gradients: gradients_rest,
            losses: losses_rest,
            ..self
        };
        (before, rest)
    }
}
