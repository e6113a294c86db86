//! Two-dimensional convolution on channels-last pictures, without an im2col copy.
//!
//! In `(height, width, channels)` the numbers under one kernel row of a window are contiguous, so a convolution is the
//! product of `tile` with the picture itself as left operand: output pixels are its rows, at a distance
//! of `stride * channels`, and the taps are its depth. Padding above and below is left out of the depth; padding to the
//! left and right is a copy of one picture with zeros beside it.
//!
//! | file | idea |
//! |---|---|
//! | `spec` | the sizes, and what follows from them |
//! | `lengths` | of packed weights and of scratch |
//! | `pack` | weights in panels of 16 output channels |
//! | `axis` | which taps lie in the picture |
//! | `sweep` | a window slid over a picture |
//! | `forward` | the convolution |
//! | `backward_input` | the same over `dy`, by residues of the position modulo the stride |
//! | `backward_weight` | the pixels as depth |
//! | `windows` | what windows read, side by side |
//! | `share` | few pictures on several threads |
//! | `depthwise` | one filter per channel: no sum over channels, vectors along them |
//! | `winograd` | 3×3 filters with a quarter of the multiplications |
//!
//! Source: Zhang, Franchetti, Low: *High Performance Zero-Memory Overhead Direct Convolutions* (ICML 2018).

mod axis;
pub(super) mod backward_input;
mod backward_weight;
pub(super) mod depthwise;
pub(super) mod forward;
mod lengths;
pub(super) mod pack;
pub mod reference;
mod share;
mod spec;
mod sweep;
#[cfg(test)]
mod tests;
mod windows;
mod winograd;

pub use backward_input::backward_input;
pub use backward_weight::{backward_bias, backward_weight, backward_weight_rows};
pub use forward::forward;
pub use pack::{fold_norm, pack_backward, pack_forward};
pub use share::{backward_input_shared, backward_weight_shared, forward_shared};
pub use spec::Conv2d;

pub(in crate::kernels) use share::{InputBands, OutputBands, depthwise_shared};

pub(super) use spec::panels;
pub(super) use windows::Windows;

use super::tile::PANEL;
use spec::Surroundings;

/// Copies rows of `row_len` numbers into rows of `to_row_len`, from place `left` on.
fn copy_rows(from: &[f32], row_len: usize, to: &mut [f32], to_row_len: usize, left: usize) {
    for (from, to) in from
        .chunks_exact(row_len)
        .zip(to.chunks_exact_mut(to_row_len))
    {
        to[left..left + row_len].copy_from_slice(from);
    }
}
