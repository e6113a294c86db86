//! Whether numbers are finite, at the speed of memory.

use super::{Kernel, Simd, dispatch};

/// Fewer are looked at where the call stands: choosing the instruction set would take longer.
const FEW: usize = 64;
const EXPONENT: u32 = 0x7f80_0000;

/// Whether none is NaN or infinite.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::simd::all_finite;
///
/// assert!(all_finite(&[0.0, -1.5, f32::MAX, f32::MIN_POSITIVE / 2.0]));
/// assert!(!all_finite(&[0.0, f32::NAN]));
/// ```
#[inline]
pub fn all_finite(values: &[f32]) -> bool {
    if values.len() > FEW {
        return dispatch(AllFinite(values));
    }
    // Without an early end, which the compiler makes vectors of.
    let broken = |x: &f32| u32::from(x.to_bits() & EXPONENT == EXPONENT);
    values.iter().fold(0, |any, x| any | broken(x)) == 0
}

struct AllFinite<'a>(&'a [f32]);

impl Kernel for AllFinite<'_> {
    type Output = bool;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> bool {
        // An exponent of ones plus its lowest bit is the sign's bit, which is then kept: negative lanes saw one.
        let (exponent, lowest) = (simd.int_splat(EXPONENT as i32), simd.int_splat(1 << 23));
        let mut seen = [simd.int_splat(0); 4];
        let mut parts = self.0.chunks_exact(4 * S::LANES);
        for part in &mut parts {
            for (seen, x) in seen.iter_mut().zip(part.chunks_exact(S::LANES)) {
                let x = simd.int_and(simd.bits(simd.load(x)), exponent);
                *seen = simd.int_or(*seen, simd.int_add(x, lowest));
            }
        }
        for part in parts.remainder().chunks(S::LANES) {
            let x = simd.int_and(simd.bits(simd.load_partial(part)), exponent);
            seen[0] = simd.int_or(seen[0], simd.int_add(x, lowest));
        }
        let [a, b, c, d] = seen;
        let seen = simd.int_or(simd.int_or(a, b), simd.int_or(c, d));
        let (zero, one) = (simd.splat(0.0), simd.splat(1.0));
        let broken = simd.select(simd.int_greater(simd.int_splat(0), seen), one, zero);
        simd.largest(broken) == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::all_finite;
    use crate::simd::on_every_isa;

    #[test]
    fn one_broken_number_is_seen_wherever_it_stands() {
        on_every_isa(|isa| {
            for len in [0, 1, 3, 4, 16, 64, 65, 79, 128, 131, 300] {
                let mut values: Vec<f32> = (0..len).map(|i| i as f32 - 7.0).collect();
                let extremes = [f32::MAX, f32::MIN, 1e-45, -0.0];
                values.iter_mut().zip(extremes).for_each(|(v, x)| *v = x);
                assert!(all_finite(&values), "{isa:?}, {len}");
                for place in 0..len {
                    for broken in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                        let fine = std::mem::replace(&mut values[place], broken);
                        assert!(!all_finite(&values), "{isa:?}, {len}, {place}, {broken}");
                        values[place] = fine;
                    }
                }
            }
        });
    }
}
