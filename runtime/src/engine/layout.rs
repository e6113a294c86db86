//! Addresses in flat buffers: where each tensor lies, and slices of several of them at once.

use super::plan::padded;
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

/// Bytes of activations that one chunk may hold, so that they stay in the second-level cache.
const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of matrices beyond which a chunk should hold many examples, since every chunk reads them all.
const LARGE_MATRICES: usize = 256 << 10;

/// Examples in one chunk: as many as keep its activations (`chunk_len` floats each) in the cache, but enough to pay
/// for reading the matrices (`matrix_len` floats) once for each chunk.
pub const fn chunk_examples(chunk_len: usize, matrix_len: usize, lane_examples: usize) -> usize {
    let fitting = CHUNK_BYTES / (4 * if chunk_len == 0 { 1 } else { chunk_len });
    let least = if 4 * matrix_len > LARGE_MATRICES {
        4
    } else {
        1
    };
    let wanted = if fitting < least { least } else { fitting };
    if wanted > lane_examples {
        lane_examples
    } else {
        wanted
    }
}

/// Examples that share one accumulation of gradients: few where activations outweigh the matrices, so that many
/// threads find work; many where matrices outweigh activations or a lane's gradients are large.
pub const fn lane_examples(chunk_len: usize, matrix_len: usize, lane_len: usize) -> usize {
    if matrix_len > 4 * chunk_len || lane_len > 1 << 20 {
        32
    } else {
        8
    }
}
