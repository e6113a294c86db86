//! AVX-512: 16 lanes, 32 registers, masked loads and stores.

use core::arch::x86_64::*;

use super::Simd;

/// The token of AVX-512 (F, VL, DQ, BW).
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Avx512 {
    /// The proof that the machine has it.
    ///
    /// # Safety
    /// The machine must have AVX-512 F, VL, DQ and BW.
    #[inline(always)]
    pub unsafe fn new() -> Self {
        Self(())
    }
}

/// The lowest `count` bits.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    debug_assert!(count <= 16);
    ((1u32 << count) - 1) as __mmask16
}

/// Methods that are one expression of intrinsics on registers.
macro_rules! register_operations {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty = $body:expr;)*) => {$(
        #[inline(always)]
        fn $name(self, $($argument: $type),*) -> $result {
            // SAFETY: the token proves that the machine has the instructions; they touch no memory.
            unsafe { $body }
        }
    )*};
}

impl Simd for Avx512 {
    type F = __m512;
    type I = __m512i;
    type M = __mmask16;
    const LANES: usize = 16;
    const REGISTERS: usize = 32;

    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> __m512 {
        // SAFETY: the caller's promise.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_first_at(self, from: *const f32, count: usize) -> __m512 {
        // SAFETY: the caller's promise; masked lanes are not touched.
        unsafe { _mm512_maskz_loadu_ps(first(count), from) }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: a prefetch reads nothing that the program can see, and faults at no address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }

    // Registers are numbered: `i` counts fours of rows, `j` columns of four.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    unsafe fn transpose(self, from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
        // SAFETY: the caller's promise; the token proves that the machine has the instructions.
        unsafe {
            let mut rows = [_mm512_setzero_ps(); 16];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = _mm512_loadu_ps(from.add(r * from_row));
            }
            // Pairs of rows, then fours: `fours[4 * i + j]` holds columns j, j + 4, j + 8, j + 12 of rows 4 * i on.
            let mut pairs = rows;
            for i in 0..8 {
                pairs[2 * i] = _mm512_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
                pairs[2 * i + 1] = _mm512_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
            }
            let mut fours = pairs;
            for i in 0..4 {
                for half in 0..2 {
                    let low = _mm512_castps_pd(pairs[4 * i + half]);
                    let high = _mm512_castps_pd(pairs[4 * i + half + 2]);
                    let four = 4 * i + 2 * half;
                    fours[four] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
                    fours[four + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
                }
            }
            for j in 0..4 {
                let even = _mm512_shuffle_f32x4::<0x88>(fours[j], fours[j + 4]);
                let odd = _mm512_shuffle_f32x4::<0xdd>(fours[j], fours[j + 4]);
                let even_below = _mm512_shuffle_f32x4::<0x88>(fours[j + 8], fours[j + 12]);
                let odd_below = _mm512_shuffle_f32x4::<0xdd>(fours[j + 8], fours[j + 12]);
                let columns = [
                    _mm512_shuffle_f32x4::<0x88>(even, even_below),
                    _mm512_shuffle_f32x4::<0x88>(odd, odd_below),
                    _mm512_shuffle_f32x4::<0xdd>(even, even_below),
                    _mm512_shuffle_f32x4::<0xdd>(odd, odd_below),
                ];
                for (i, column) in columns.into_iter().enumerate() {
                    _mm512_storeu_ps(to.add((4 * i + j) * to_row), column);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn store_at(self, to: *mut f32, x: __m512) {
        // SAFETY: the caller's promise.
        unsafe { _mm512_storeu_ps(to, x) }
    }

    #[inline(always)]
    unsafe fn store_first_at(self, to: *mut f32, count: usize, x: __m512) {
        // SAFETY: the caller's promise; masked lanes are not touched.
        unsafe { _mm512_mask_storeu_ps(to, first(count), x) }
    }

    register_operations! {
        splat(x: f32) -> __m512 = _mm512_set1_ps(x);
        add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
        sub(a: __m512, b: __m512) -> __m512 = _mm512_sub_ps(a, b);
        mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
        div(a: __m512, b: __m512) -> __m512 = _mm512_div_ps(a, b);
        fma(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fmadd_ps(a, b, c);
        max(a: __m512, b: __m512) -> __m512 = _mm512_max_ps(a, b);
        min(a: __m512, b: __m512) -> __m512 = _mm512_min_ps(a, b);
        sqrt(a: __m512) -> __m512 = _mm512_sqrt_ps(a);
        round(a: __m512) -> __m512 = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
        greater(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, b);
        greater_equal(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(a, b);
        equal(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b);
        select(mask: __mmask16, yes: __m512, no: __m512) -> __m512 = _mm512_mask_blend_ps(mask, no, yes);
        int_splat(x: i32) -> __m512i = _mm512_set1_epi32(x);
        int_iota() -> __m512i = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        int_add(a: __m512i, b: __m512i) -> __m512i = _mm512_add_epi32(a, b);
        int_sub(a: __m512i, b: __m512i) -> __m512i = _mm512_sub_epi32(a, b);
        int_mul(a: __m512i, b: __m512i) -> __m512i = _mm512_mullo_epi32(a, b);
        int_and(a: __m512i, b: __m512i) -> __m512i = _mm512_and_si512(a, b);
        int_or(a: __m512i, b: __m512i) -> __m512i = _mm512_or_si512(a, b);
        int_xor(a: __m512i, b: __m512i) -> __m512i = _mm512_xor_si512(a, b);
        int_shl(a: __m512i, by: u32) -> __m512i = _mm512_sllv_epi32(a, _mm512_set1_epi32(by as i32));
        int_shr(a: __m512i, by: u32) -> __m512i = _mm512_srlv_epi32(a, _mm512_set1_epi32(by as i32));
        int_greater(a: __m512i, b: __m512i) -> __mmask16 = _mm512_cmpgt_epi32_mask(a, b);
        to_int(a: __m512) -> __m512i = _mm512_cvtps_epi32(a);
        to_float(a: __m512i) -> __m512 = _mm512_cvtepi32_ps(a);
        bits(a: __m512) -> __m512i = _mm512_castps_si512(a);
        from_bits(a: __m512i) -> __m512 = _mm512_castsi512_ps(a);
        sum(a: __m512) -> f32 = _mm512_reduce_add_ps(a);
        largest(a: __m512) -> f32 = _mm512_reduce_max_ps(a);
    }
}
