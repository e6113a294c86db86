//! Lengths of packed weights and of scratch, by Winograd's method where a convolution is computed that way: then they are
//! small, whatever the picture.

use super::spec::Conv2d;
use super::winograd::{self, Correlation};

impl Conv2d {
    /// Length of the weights as [`forward`](super::forward()) wants them.
    pub const fn packed_forward_len(&self) -> usize {
        if winograd::fits(self) {
            Correlation::forward(self).packed_len()
        } else {
            self.direct_packed_forward_len()
        }
    }

    /// Length of the weights as [`backward_input`](super::backward_input()) wants them.
    pub const fn packed_backward_len(&self) -> usize {
        if winograd::fits(self) {
            Correlation::backward(self).packed_len()
        } else {
            self.direct_packed_backward_len()
        }
    }

    /// Length of the scratch that [`forward`](super::forward()) works in.
    pub const fn forward_scratch_len(&self) -> usize {
        if winograd::fits(self) {
            Correlation::forward(self).scratch_len()
        } else {
            self.direct_forward_scratch_len()
        }
    }

    /// Length of the scratch that [`backward_input`](super::backward_input()) works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        if winograd::fits(self) {
            Correlation::backward(self).scratch_len()
        } else {
            self.direct_backward_input_scratch_len()
        }
    }

    /// Length of the scratch that [`backward_weight`](super::backward_weight()) works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        if winograd::fits(self) {
            Correlation::forward(self).gradient_scratch_len()
        } else {
            self.direct_backward_weight_scratch_len()
        }
    }
}
