//! A buffer as those of the engine are.

/// A buffer that begins at a cache line, as those of the engine do.
pub struct Buffer(Vec<f32>, usize);

impl Buffer {
    pub fn new(len: usize, mut value: impl FnMut(usize) -> f32) -> Self {
        let mut numbers = vec![0.0; len + 16];
        let skip = numbers.as_ptr().align_offset(64);
        for (i, number) in numbers[skip..skip + len].iter_mut().enumerate() {
            *number = value(i);
        }
        Self(numbers, skip)
    }

    pub fn random(len: usize) -> Self {
        let mut state = 1u64;
        Self::new(len, |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
    }

    pub fn zeros(len: usize) -> Self {
        Self::new(len, |_| 0.0)
    }
}

impl std::ops::Deref for Buffer {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        &self.0[self.1..self.0.len() - 16 + self.1]
    }
}

impl std::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        let end = self.0.len() - 16 + self.1;
        &mut self.0[self.1..end]
    }
}
