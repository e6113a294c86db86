//! A flat buffer of `f32` whose first element lies on a cache line.

use std::ops::{Deref, DerefMut};

/// Floats per cache line; every buffer and every tensor starts at a multiple of it.
pub(super) const LINE: usize = shapeflow_terms::plan::LINE / size_of::<f32>();

/// The number of floats that `len` of them take when the next buffer shall start on a cache line.
pub const fn padded(len: usize) -> usize {
    len.div_ceil(LINE) * LINE
}

/// The number of floats that hold `bytes` bytes.
pub const fn floats(bytes: usize) -> usize {
    bytes.div_ceil(size_of::<f32>())
}

/// A heap buffer of `f32`, zeroed, aligned to 64 bytes.
pub struct AlignedBuffer {
    storage: Vec<f32>,
    start: usize,
    len: usize,
}

impl AlignedBuffer {
    /// A buffer of `len` zeros.
    pub fn zeroed(len: usize) -> Self {
        // `vec![0.0; n]` asks the system for zeroed pages, which cost nothing until they are written.
        let storage = vec![0.0; len.saturating_add(LINE)];
        let start = storage.as_ptr().align_offset(LINE * size_of::<f32>());
        Self {
            storage,
            start,
            len,
        }
    }
}

impl Clone for AlignedBuffer {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.len);
        copy.copy_from_slice(self);
        copy
    }
}

impl Deref for AlignedBuffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.storage[self.start..self.start + self.len]
    }
}

impl DerefMut for AlignedBuffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.storage[self.start..self.start + self.len]
    }
}

impl std::fmt::Debug for AlignedBuffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AlignedBuffer({} floats)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_on_a_cache_line_and_is_zero() {
        for len in [0, 1, 15, 16, 1000] {
            let buffer = AlignedBuffer::zeroed(len);
            assert_eq!(buffer.as_ptr() as usize % 64, 0);
            assert_eq!(buffer.len(), len);
            assert!(buffer.iter().all(|&x| x == 0.0));
        }
    }

    #[test]
    fn a_clone_is_aligned_too() {
        let mut buffer = AlignedBuffer::zeroed(20);
        buffer[19] = 3.0;
        let copy = buffer.clone();
        assert_eq!(copy.as_ptr() as usize % 64, 0);
        assert_eq!(&copy[..], &buffer[..]);
    }
}
