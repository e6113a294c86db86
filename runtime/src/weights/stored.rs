//! One tensor of a file, in whatever number format the file has.

use safetensors::tensor::Dtype;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One tensor of a [`WeightsFile`](super::WeightsFile).
pub struct StoredTensor {
    pub(super) shape: Vec<usize>,
    pub(super) format: Dtype,
    /// The bytes of the whole file, and where this tensor lies among them.
    pub(super) file: Arc<Vec<u8>>,
    pub(super) range: Range<usize>,
}

impl fmt::Debug for StoredTensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.format, self.shape)
    }
}

impl StoredTensor {
    /// The tensor's shape.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values as `f32`, whatever they are, NaN too; F16 and BF16 are exact, F64 is rounded to the nearest (to infinity what no `f32`
    /// holds). `None` for any other format.
    pub fn values(&self) -> Option<Vec<f32>> {
        let bytes = &self.file[self.range.clone()];
        Some(match self.format {
            Dtype::F32 => words(bytes).map(f32::from_le_bytes).collect(),
            Dtype::F64 => words(bytes)
                .map(|word| f64::from_le_bytes(word) as f32)
                .collect(),
            Dtype::BF16 => words(bytes)
                .map(|word| f32::from_bits(u32::from(u16::from_le_bytes(word)) << 16))
                .collect(),
            Dtype::F16 => words(bytes)
                .map(|word| half_to_single(u16::from_le_bytes(word)))
                .collect(),
            _ => return None,
        })
    }

    /// The value at `index` of an F64 tensor before it is rounded.
    pub(super) fn double(&self, index: usize) -> Option<f64> {
        let bytes = &self.file[self.range.clone()];
        match self.format {
            Dtype::F64 => words(bytes).nth(index).map(f64::from_le_bytes),
            _ => None,
        }
    }
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    // `as_chunks` leaves a rest that isn't there: a tensor has whole numbers.
    bytes.as_chunks::<N>().0.iter().copied()
}

/// IEEE 754 half precision to single precision, exact.
fn half_to_single(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff) / 1024.0;
    match exponent {
        0 => sign * fraction * 2f32.powi(-14),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1.0 + fraction) * 2f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_converted_exactly() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x0001, 2f32.powi(-24)),
            (0x7bff, 65504.0),
            (0x3555, 0.333_251_95),
        ] {
            assert_eq!(half_to_single(bits), value);
        }
        assert_eq!(half_to_single(0x7c00), f32::INFINITY);
        assert!(half_to_single(0x7e00).is_nan());
    }
}
