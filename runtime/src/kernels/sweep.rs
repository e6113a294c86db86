//! How vector loops walk over slices: in whole vectors and a rest, from one slice to another or in place.

use std::marker::PhantomData;

use crate::simd::Simd;

/// All lanes of a vector, or the first of them: a loop's body is written once for both.
pub(super) trait Lanes: Copy {
    /// The numbers at `from`, zero in lanes left out.
    ///
    /// # Safety
    /// As many numbers as there are lanes in use must be readable.
    unsafe fn load<S: Simd>(self, simd: S, from: *const f32) -> S::F;

    /// Writes the lanes in use to `to`.
    ///
    /// # Safety
    /// As many numbers as there are lanes in use must be writable.
    unsafe fn store<S: Simd>(self, simd: S, to: *mut f32, x: S::F);

    /// `x` in the lanes in use, `other` in those left out.
    fn or<S: Simd>(self, simd: S, x: S::F, other: S::F) -> S::F;
}

/// A whole vector.
#[derive(Clone, Copy)]
pub(super) struct All;

/// The first lanes of a vector.
#[derive(Clone, Copy)]
pub(super) struct First(pub(super) usize);

impl Lanes for All {
    #[inline(always)]
    unsafe fn load<S: Simd>(self, simd: S, from: *const f32) -> S::F {
        // SAFETY: the caller's promise.
        unsafe { simd.load_at(from) }
    }

    #[inline(always)]
    unsafe fn store<S: Simd>(self, simd: S, to: *mut f32, x: S::F) {
        // SAFETY: the caller's promise.
        unsafe { simd.store_at(to, x) }
    }

    #[inline(always)]
    fn or<S: Simd>(self, _: S, x: S::F, _: S::F) -> S::F {
        x
    }
}

impl Lanes for First {
    #[inline(always)]
    unsafe fn load<S: Simd>(self, simd: S, from: *const f32) -> S::F {
        // SAFETY: the caller's promise.
        unsafe { simd.load_first_at(from, self.0) }
    }

    #[inline(always)]
    unsafe fn store<S: Simd>(self, simd: S, to: *mut f32, x: S::F) {
        // SAFETY: the caller's promise.
        unsafe { simd.store_first_at(to, self.0, x) }
    }

    #[inline(always)]
    fn or<S: Simd>(self, simd: S, x: S::F, other: S::F) -> S::F {
        let in_use = simd.int_greater(simd.int_splat(self.0 as i32), simd.int_iota());
        simd.select(in_use, x, other)
    }
}

/// Runs a body for each vector of `0..length`: `at` is its first index, `lanes` the lanes in use, so that
/// `at..at + lanes` is inside.
macro_rules! sweep {
    ($simd:ident: $length:expr, |$at:ident, $lanes:ident| $body:expr) => {{
        let length: usize = $length;
        let width = $crate::kernels::sweep::width_of($simd);
        let mut $at = 0;
        while $at + width <= length {
            let $lanes = $crate::kernels::sweep::All;
            $body;
            $at += width;
        }
        if $at < length {
            let $lanes = $crate::kernels::sweep::First(length - $at);
            $body;
        }
    }};
}
pub(super) use sweep;

/// Lanes of a vector.
#[inline(always)]
pub(super) fn width_of<S: Simd>(_: S) -> usize {
    S::LANES
}

/// Values that a kernel reads and writes place by place: from one slice into another, or replacing one.
pub(super) struct Flow<'a> {
    from: *const f32,
    to: *mut f32,
    len: usize,
    borrow: PhantomData<&'a mut [f32]>,
}

impl<'a> Flow<'a> {
    /// From `x` into `y`, which must be equally long.
    #[inline(always)]
    pub(super) fn between(x: &'a [f32], y: &'a mut [f32]) -> Self {
        assert_eq!(x.len(), y.len());
        Flow {
            from: x.as_ptr(),
            to: y.as_mut_ptr(),
            len: x.len(),
            borrow: PhantomData,
        }
    }

    /// Replacing `x`.
    #[inline(always)]
    pub(super) fn in_place(x: &'a mut [f32]) -> Self {
        let to = x.as_mut_ptr();
        Flow {
            from: to,
            to,
            len: x.len(),
            borrow: PhantomData,
        }
    }

    /// How many values there are.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where the value at `at` is read.
    ///
    /// # Safety
    /// `at <= len`.
    #[inline(always)]
    pub(super) unsafe fn from(&self, at: usize) -> *const f32 {
        debug_assert!(at <= self.len);
        // SAFETY: the caller's promise.
        unsafe { self.from.add(at) }
    }

    /// Where the value at `at` is written.
    ///
    /// # Safety
    /// `at <= len`.
    #[inline(always)]
    pub(super) unsafe fn to(&self, at: usize) -> *mut f32 {
        debug_assert!(at <= self.len);
        // SAFETY: the caller's promise.
        unsafe { self.to.add(at) }
    }
}
