//! Vectors of `f32` chosen for the machine at run time.
//!
//! A loop is written once, as a [`Kernel`] that is generic over [`Simd`], and [`dispatch`] runs the copy of it that was
//! compiled for the best instruction set of the machine: AVX-512, AVX2 with FMA, or a portable one of four lanes,
//! which the compiler turns into SSE2 or NEON. No `target-cpu` flag is needed. Results on one of them are the same bits
//! everywhere, but not those of another ([`Isa`]).
//!
//! ```
//! # use shapeflow_runtime as shapeflow;
//! use shapeflow::simd::{Kernel, Simd, dispatch};
//!
//! /// `Σ x²`
//! struct SquaredNorm<'a>(&'a [f32]);
//!
//! impl Kernel for SquaredNorm<'_> {
//!     type Output = f32;
//!     #[inline(always)]
//!     fn run<S: Simd>(self, simd: S) -> f32 {
//!         let mut sum = simd.splat(0.0);
//!         let mut parts = self.0.chunks_exact(S::LANES);
//!         for part in &mut parts {
//!             let x = simd.load(part);
//!             sum = simd.fma(x, x, sum);
//!         }
//!         let x = simd.load_partial(parts.remainder());
//!         simd.sum(simd.fma(x, x, sum))
//!     }
//! }
//!
//! assert_eq!(dispatch(SquaredNorm(&[1.0; 37])), 37.0);
//! ```
//!
//! Whatever `run` calls with vectors in hand must be `#[inline(always)]` too, or it is compiled without the
//! instruction set. That rules out closures that take vectors; a small struct with a method does instead.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod finite;
mod isa;
mod peak;
mod portable;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512;
pub use finite::all_finite;
#[cfg(test)]
pub use isa::on_every_isa;
pub use isa::{Isa, IsaError, dispatch};
pub use peak::peak_flops;
pub use portable::Portable;

/// A computation that is compiled once for each instruction set; see the [module](self) for an example.
pub trait Kernel {
    /// What it returns.
    type Output;
    /// The computation. Mark it `#[inline(always)]`.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// An instruction set: a token that proves that the machine has it, and the operations on its vectors.
///
/// Comparisons with NaN are false. `max` and `min` are what x86 has: the *second* operand if either is NaN, so that
/// `max(zero, x)` lets the NaN of `x` through.
#[allow(clippy::wrong_self_convention)]
pub trait Simd: Copy + Send + Sync + 'static {
    /// A vector of `f32`.
    type F: Copy;
    /// A vector of `i32`, with as many lanes.
    type I: Copy;
    /// A truth value in each lane.
    type M: Copy;
    /// Numbers in a vector.
    const LANES: usize;
    /// Vector registers of the machine, as far as the compiler may use them.
    const REGISTERS: usize;

    /// `x` in every lane.
    fn splat(self, x: f32) -> Self::F;

    /// The numbers at `from` to `from + LANES`, at any alignment.
    ///
    /// # Safety
    /// They must be readable.
    unsafe fn load_at(self, from: *const f32) -> Self::F;

    /// The first `count <= LANES` numbers at `from`, zero in the other lanes.
    ///
    /// # Safety
    /// The `count` numbers must be readable.
    unsafe fn load_first_at(self, from: *const f32, count: usize) -> Self::F;

    /// Asks for the line at `at` to be brought into the cache; any address will do.
    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        let _ = at;
    }

    /// Writes a square of `LANES` by `LANES` numbers with rows and columns exchanged: the number at row `r` and column
    /// `c`, `from[r * from_row + c]`, to `to[c * to_row + r]`.
    ///
    /// # Safety
    /// All of them must be readable and writable.
    #[inline(always)]
    unsafe fn transpose(self, from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
        for r in 0..Self::LANES {
            for c in 0..Self::LANES {
                // SAFETY: the caller's promise.
                unsafe { *to.add(c * to_row + r) = *from.add(r * from_row + c) };
            }
        }
    }

    /// Writes all lanes to `to`, at any alignment.
    ///
    /// # Safety
    /// `LANES` numbers must be writable.
    unsafe fn store_at(self, to: *mut f32, x: Self::F);

    /// Writes the first `count <= LANES` lanes to `to`.
    ///
    /// # Safety
    /// The `count` numbers must be writable.
    unsafe fn store_first_at(self, to: *mut f32, count: usize, x: Self::F);

    /// The first `LANES` numbers of `from`.
    ///
    /// # Panics
    /// If `from` is shorter.
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::F {
        assert!(from.len() >= Self::LANES);
        // SAFETY: the length was checked.
        unsafe { self.load_at(from.as_ptr()) }
    }

    /// The numbers of `from`, at most `LANES` of them, zero in the other lanes.
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::F {
        // SAFETY: no more than the slice's length is read.
        unsafe { self.load_first_at(from.as_ptr(), from.len().min(Self::LANES)) }
    }

    /// Writes the lanes to the first `LANES` places of `to`.
    ///
    /// # Panics
    /// If `to` is shorter.
    #[inline(always)]
    fn store(self, x: Self::F, to: &mut [f32]) {
        assert!(to.len() >= Self::LANES);
        // SAFETY: the length was checked.
        unsafe { self.store_at(to.as_mut_ptr(), x) }
    }

    /// Writes the first lanes to all of `to`, at most `LANES`.
    #[inline(always)]
    fn store_partial(self, x: Self::F, to: &mut [f32]) {
        // SAFETY: no more than the slice's length is written.
        unsafe { self.store_first_at(to.as_mut_ptr(), to.len().min(Self::LANES), x) }
    }

    /// `a + b`
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a - b`
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a * b`
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a / b`
    fn div(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a * b + c`, rounded once where the instruction set can.
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// `if a > b { a } else { b }`
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    /// `if a < b { a } else { b }`
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    /// `√a`
    fn sqrt(self, a: Self::F) -> Self::F;
    /// The whole number that is nearest, ties to even.
    fn round(self, a: Self::F) -> Self::F;

    /// `-a`
    #[inline(always)]
    fn neg(self, a: Self::F) -> Self::F {
        self.from_bits(self.int_xor(self.bits(a), self.int_splat(i32::MIN)))
    }

    /// `|a|`
    #[inline(always)]
    fn abs(self, a: Self::F) -> Self::F {
        self.from_bits(self.int_and(self.bits(a), self.int_splat(i32::MAX)))
    }

    /// `|magnitude|` with the sign of `sign`.
    #[inline(always)]
    fn copysign(self, magnitude: Self::F, sign: Self::F) -> Self::F {
        let sign = self.int_and(self.bits(sign), self.int_splat(i32::MIN));
        self.from_bits(self.int_or(self.bits(self.abs(magnitude)), sign))
    }

    /// `a > b`
    fn greater(self, a: Self::F, b: Self::F) -> Self::M;
    /// `a >= b`
    fn greater_equal(self, a: Self::F, b: Self::F) -> Self::M;
    /// `a == b`
    fn equal(self, a: Self::F, b: Self::F) -> Self::M;
    /// `if mask { yes } else { no }`, lane by lane.
    fn select(self, mask: Self::M, yes: Self::F, no: Self::F) -> Self::F;

    /// `x` in every lane.
    fn int_splat(self, x: i32) -> Self::I;
    /// 0, 1, 2, …
    fn int_iota(self) -> Self::I;
    /// `a + b`, wrapping.
    fn int_add(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a - b`, wrapping.
    fn int_sub(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a * b`, wrapping.
    fn int_mul(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a & b`
    fn int_and(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a | b`
    fn int_or(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a ^ b`
    fn int_xor(self, a: Self::I, b: Self::I) -> Self::I;
    /// `a << by`, for `by < 32`.
    fn int_shl(self, a: Self::I, by: u32) -> Self::I;
    /// `a >> by` with zeros from the left, for `by < 32`.
    fn int_shr(self, a: Self::I, by: u32) -> Self::I;
    /// `a > b`, signed.
    fn int_greater(self, a: Self::I, b: Self::I) -> Self::M;
    /// `if mask { yes } else { no }`, lane by lane.
    #[inline(always)]
    fn int_select(self, mask: Self::M, yes: Self::I, no: Self::I) -> Self::I {
        self.bits(self.select(mask, self.from_bits(yes), self.from_bits(no)))
    }

    /// The nearest whole number, ties to even; unspecified where it is not an `i32`.
    fn to_int(self, a: Self::F) -> Self::I;
    /// The number as a float.
    fn to_float(self, a: Self::I) -> Self::F;
    /// The bits of the floats.
    fn bits(self, a: Self::F) -> Self::I;
    /// The floats that have these bits.
    fn from_bits(self, a: Self::I) -> Self::F;

    /// The lanes added up, in an order that only depends on `LANES`.
    fn sum(self, a: Self::F) -> f32;
    /// The largest lane (unspecified with NaN).
    fn largest(self, a: Self::F) -> f32;
}

#[cfg(test)]
mod tests;
