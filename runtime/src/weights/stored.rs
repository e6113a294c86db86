//! One tensor of a file, in whatever number format the file has.

use safetensors::tensor::Dtype;

/// One tensor of a [`WeightsFile`](super::WeightsFile).
#[derive(Debug)]
pub struct StoredTensor {
    pub(super) shape: Vec<usize>,
    pub(super) format: Dtype,
    pub(super) bytes: Vec<u8>,
}

impl StoredTensor {
    /// The tensor's shape.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values as `f32`, converted from F64, F16 or BF16 where the file has these; `None` for any other format.
    pub fn values(&self) -> Option<Vec<f32>> {
        fn pairs(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
            bytes
                .chunks_exact(2)
                .map(|b| u16::from_le_bytes([b[0], b[1]]))
        }
        let bytes = &self.bytes;
        Some(match self.format {
            Dtype::F32 => bytes
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect(),
            Dtype::F64 => bytes
                .chunks_exact(8)
                .map(|b| {
                    f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32
                })
                .collect(),
            Dtype::BF16 => pairs(bytes)
                .map(|bits| f32::from_bits(u32::from(bits) << 16))
                .collect(),
            Dtype::F16 => pairs(bytes).map(half_to_single).collect(),
            _ => return None,
        })
    }
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
