//! Addresses in flat buffers: where each tensor lies, and slices of several of them at once.

use super::aligned::padded;
use crate::graph::TensorInfo;

/// A part of a flat buffer.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Where it begins, in floats.
    pub offset: usize,
    /// Its length, in floats.
    pub len: usize,
}

impl Field {
    /// The part that a plan, which counts in bytes, gave this offset.
    pub const fn planned(offset_bytes: usize, len: usize) -> Self {
        Self {
            offset: offset_bytes / size_of::<f32>(),
            len,
        }
    }

    /// The part of `buffer`.
    #[inline]
    pub fn of<'a>(&self, buffer: &'a [f32]) -> &'a [f32] {
        &buffer[self.offset..self.offset + self.len]
    }
}

impl TensorInfo {
    /// Its place in its flat buffer.
    pub const fn field(&self) -> Field {
        Field {
            offset: self.offset,
            len: self.len(),
        }
    }
}

/// Several parts of one buffer, to be changed.
///
/// # Panics
///
/// If two of them overlap or one lies outside: a mistake in the plan, not in the data.
pub fn disjoint<const N: usize>(buffer: &mut [f32], fields: [Field; N]) -> [&mut [f32]; N] {
    let ranges = fields.map(|field| field.offset..field.offset + field.len);
    buffer
        .get_disjoint_mut(ranges)
        .expect("the plan's fields lie apart")
}

/// Gives each tensor its offset: parameters one after the other in their buffer, state in its own.
pub const fn layout<const N: usize>(mut tensors: [TensorInfo; N]) -> [TensorInfo; N] {
    let (mut parameters, mut state) = (0, 0);
    let mut i = 0;
    while i < N {
        let len = padded(tensors[i].len());
        if tensors[i].trained {
            tensors[i].offset = parameters;
            parameters += len;
        } else {
            tensors[i].offset = state;
            state += len;
        }
        i += 1;
    }
    tensors
}

/// Length of the flat buffer of parameters (`trained`) or of state.
pub const fn layout_len(tensors: &[TensorInfo], trained: bool) -> usize {
    let mut len = 0;
    let mut i = 0;
    while i < tensors.len() {
        if tensors[i].trained == trained {
            len += padded(tensors[i].len());
        }
        i += 1;
    }
    len
}
