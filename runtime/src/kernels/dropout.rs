//! Dropout: elements set to zero at random in training, the others scaled up to make good for them.
//!
//! There is no generator and no stored mask. Whether element `i` of a batch is kept is a hash of `(key, i)`, so that
//! the backward pass finds the same mask again, and a batch has the same one however it is cut into chunks.
//! Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".

/// Keeps each element with probability `1 - rate`, scaled by `1 / (1 - rate)`; the others become 0.
///
/// `key` is new for every layer and step; `first` is the index in the whole batch of this chunk's first element.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0` or the lengths differ.
pub fn forward(rate: f32, key: u64, first: u64, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "dropout: length of x");
    let mask = Mask::new(rate, key);
    for (k, (y, &x)) in y.iter_mut().zip(x).enumerate() {
        *y = mask.apply(first + k as u64, x);
    }
}

/// [`forward`] on values that it replaces.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0`.
pub fn forward_in_place(rate: f32, key: u64, first: u64, x: &mut [f32]) {
    let mask = Mask::new(rate, key);
    for (k, x) in x.iter_mut().enumerate() {
        *x = mask.apply(first + k as u64, *x);
    }
}

/// `dx = dy` scaled where [`forward`] with the same `rate`, `key` and `first` kept the element, else 0.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0` or the lengths differ.
pub fn backward(rate: f32, key: u64, first: u64, dy: &[f32], dx: &mut [f32]) {
    forward(rate, key, first, dy, dx);
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0`.
pub fn backward_in_place(rate: f32, key: u64, first: u64, d: &mut [f32]) {
    forward_in_place(rate, key, first, d);
}

/// Whether [`forward`] keeps element `index` of the batch.
///
/// # Panics
/// If `rate` isn't in `0.0..1.0`.
pub fn keeps(rate: f32, key: u64, index: u64) -> bool {
    Mask::new(rate, key).apply(index, 1.0) != 0.0
}

/// A rate and key, prepared.
#[derive(Clone, Copy)]
struct Mask {
    key: u64,
    threshold: u32,
    scale: f32,
}

impl Mask {
    fn new(rate: f32, key: u64) -> Self {
        assert!(
            (0.0..1.0).contains(&rate),
            "dropout: the rate must be in 0.0..1.0, got {rate}"
        );
        // `as` stops at u32::MAX.
        Mask {
            key,
            threshold: (f64::from(rate) * 4_294_967_296.0).round() as u32,
            scale: 1.0 / (1.0 - rate),
        }
    }

    fn apply(self, index: u64, x: f32) -> f32 {
        let [before, between] = round_keys(self.key, index >> 32);
        if hash(index as u32, before, between) >= self.threshold {
            self.scale * x
        } else {
            0.0
        }
    }
}

/// Two 32-bit keys from the key and the upper half of the index (SplitMix64's finaliser).
fn round_keys(key: u64, block: u64) -> [u32; 2] {
    let mut z = key.wrapping_add((block + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    [z as u32, (z >> 32) as u32]
}

/// The lower half of the index, mixed: the rounds of Chris Wellons' `lowbias32`, keyed before and between.
fn hash(index: u32, before: u32, between: u32) -> u32 {
    let mut x = index.wrapping_add(before);
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x ^= between;
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}
