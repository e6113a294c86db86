//! AVX2 with FMA: 8 lanes, 16 registers.

use core::arch::x86_64::*;

use super::Simd;

/// The token of AVX2 with FMA.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    /// The proof that the machine has it.
    ///
    /// # Safety
    /// The machine must have AVX2 and FMA.
    #[inline(always)]
    pub unsafe fn new() -> Self {
        Self(())
    }
}

/// Eight lanes of ones, then eight of zeros: a window of it is a mask of the first lanes.
static MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

/// The mask of the first `count` lanes.
///
/// # Safety
/// The machine must have AVX2, and `count <= 8`.
#[inline(always)]
unsafe fn first(count: usize) -> __m256i {
    debug_assert!(count <= 8);
    // SAFETY: the window of eight ends at 16 - count.
    unsafe { _mm256_loadu_si256(MASKS.as_ptr().add(8 - count).cast()) }
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

impl Simd for Avx2 {
    type F = __m256;
    type I = __m256i;
    type M = __m256;
    const LANES: usize = 8;
    const REGISTERS: usize = 16;

    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> __m256 {
        // SAFETY: the caller's promise.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_first_at(self, from: *const f32, count: usize) -> __m256 {
        // SAFETY: the caller's promise; masked lanes are not touched.
        unsafe { _mm256_maskload_ps(from, first(count)) }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: a prefetch reads nothing that the program can see, and faults at no address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
    }

    #[inline(always)]
    unsafe fn transpose(self, from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
        // SAFETY: the caller's promise; the token proves that the machine has the instructions.
        unsafe {
            let mut rows = [_mm256_setzero_ps(); 8];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = _mm256_loadu_ps(from.add(r * from_row));
            }
            let mut pairs = rows;
            for i in 0..4 {
                pairs[2 * i] = _mm256_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
                pairs[2 * i + 1] = _mm256_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
            }
            // Columns j and j + 4 of rows 4 * i on.
            let mut fours = pairs;
            for i in 0..2 {
                for half in 0..2 {
                    let (low, high) = (pairs[4 * i + half], pairs[4 * i + half + 2]);
                    fours[4 * i + 2 * half] = _mm256_shuffle_ps::<0x44>(low, high);
                    fours[4 * i + 2 * half + 1] = _mm256_shuffle_ps::<0xee>(low, high);
                }
            }
            for j in 0..4 {
                let (above, below) = (fours[j], fours[j + 4]);
                let left = _mm256_permute2f128_ps::<0x20>(above, below);
                let right = _mm256_permute2f128_ps::<0x31>(above, below);
                _mm256_storeu_ps(to.add(j * to_row), left);
                _mm256_storeu_ps(to.add((j + 4) * to_row), right);
            }
        }
    }

    #[inline(always)]
    unsafe fn store_at(self, to: *mut f32, x: __m256) {
        // SAFETY: the caller's promise.
        unsafe { _mm256_storeu_ps(to, x) }
    }

    #[inline(always)]
    unsafe fn store_first_at(self, to: *mut f32, count: usize, x: __m256) {
        // SAFETY: the caller's promise; masked lanes are not touched.
        unsafe { _mm256_maskstore_ps(to, first(count), x) }
    }

    register_operations! {
        splat(x: f32) -> __m256 = _mm256_set1_ps(x);
        add(a: __m256, b: __m256) -> __m256 = _mm256_add_ps(a, b);
        sub(a: __m256, b: __m256) -> __m256 = _mm256_sub_ps(a, b);
        mul(a: __m256, b: __m256) -> __m256 = _mm256_mul_ps(a, b);
        div(a: __m256, b: __m256) -> __m256 = _mm256_div_ps(a, b);
        fma(a: __m256, b: __m256, c: __m256) -> __m256 = _mm256_fmadd_ps(a, b, c);
        max(a: __m256, b: __m256) -> __m256 = _mm256_max_ps(a, b);
        min(a: __m256, b: __m256) -> __m256 = _mm256_min_ps(a, b);
        sqrt(a: __m256) -> __m256 = _mm256_sqrt_ps(a);
        round(a: __m256) -> __m256 = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a);
        greater(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_GT_OQ>(a, b);
        greater_equal(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_GE_OQ>(a, b);
        equal(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_EQ_OQ>(a, b);
        select(mask: __m256, yes: __m256, no: __m256) -> __m256 = _mm256_blendv_ps(no, yes, mask);
        int_splat(x: i32) -> __m256i = _mm256_set1_epi32(x);
        int_iota() -> __m256i = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        int_add(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi32(a, b);
        int_sub(a: __m256i, b: __m256i) -> __m256i = _mm256_sub_epi32(a, b);
        int_mul(a: __m256i, b: __m256i) -> __m256i = _mm256_mullo_epi32(a, b);
        int_and(a: __m256i, b: __m256i) -> __m256i = _mm256_and_si256(a, b);
        int_or(a: __m256i, b: __m256i) -> __m256i = _mm256_or_si256(a, b);
        int_xor(a: __m256i, b: __m256i) -> __m256i = _mm256_xor_si256(a, b);
        int_shl(a: __m256i, by: u32) -> __m256i = _mm256_sllv_epi32(a, _mm256_set1_epi32(by as i32));
        int_shr(a: __m256i, by: u32) -> __m256i = _mm256_srlv_epi32(a, _mm256_set1_epi32(by as i32));
        int_greater(a: __m256i, b: __m256i) -> __m256 = _mm256_castsi256_ps(_mm256_cmpgt_epi32(a, b));
        to_int(a: __m256) -> __m256i = _mm256_cvtps_epi32(a);
        to_float(a: __m256i) -> __m256 = _mm256_cvtepi32_ps(a);
        bits(a: __m256) -> __m256i = _mm256_castps_si256(a);
        from_bits(a: __m256i) -> __m256 = _mm256_castsi256_ps(a);
        sum(a: __m256) -> f32 = {
            let x = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)))
        };
        largest(a: __m256) -> f32 = {
            let x = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
            let x = _mm_max_ps(x, _mm_movehl_ps(x, x));
            _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)))
        };
    }
}
