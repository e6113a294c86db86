//! Four lanes in plain Rust, which the compiler turns into SSE2 or NEON.

use super::Simd;

/// The token of what every machine has.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

const LANES: usize = 4;

/// Applies an expression lane by lane.
macro_rules! lanes {
    ($($name:ident),+ => $body:expr) => {{
        let mut result = [Default::default(); LANES];
        for lane in 0..LANES {
            $(let $name = $name[lane];)+
            result[lane] = $body;
        }
        result
    }};
}

/// Methods that work lane by lane.
macro_rules! lane_operations {
    ($($name:ident($($argument:ident: $type:ty),+) -> $result:ty = $body:expr;)*) => {$(
        #[inline(always)]
        fn $name(self, $($argument: [$type; LANES]),+) -> [$result; LANES] {
            lanes!($($argument),+ => $body)
        }
    )*};
}

impl Simd for Portable {
    type F = [f32; LANES];
    type I = [i32; LANES];
    type M = [bool; LANES];
    const LANES: usize = LANES;
    const REGISTERS: usize = if cfg!(target_arch = "aarch64") {
        32
    } else {
        16
    };

    #[inline(always)]
    fn splat(self, x: f32) -> [f32; LANES] {
        [x; LANES]
    }

    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> [f32; LANES] {
        // SAFETY: the caller's promise; unaligned reads are allowed here.
        unsafe { from.cast::<[f32; LANES]>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn load_first_at(self, from: *const f32, count: usize) -> [f32; LANES] {
        let mut result = [0.0; LANES];
        for (lane, value) in result.iter_mut().enumerate() {
            if lane < count {
                // SAFETY: the caller's promise for the first `count`.
                *value = unsafe { *from.add(lane) };
            }
        }
        result
    }

    #[inline(always)]
    unsafe fn store_at(self, to: *mut f32, x: [f32; LANES]) {
        // SAFETY: the caller's promise; unaligned writes are allowed here.
        unsafe { to.cast::<[f32; LANES]>().write_unaligned(x) }
    }

    #[inline(always)]
    unsafe fn store_first_at(self, to: *mut f32, count: usize, x: [f32; LANES]) {
        for (lane, value) in x.into_iter().enumerate() {
            if lane < count {
                // SAFETY: the caller's promise for the first `count`.
                unsafe { *to.add(lane) = value };
            }
        }
    }

    lane_operations! {
        add(a: f32, b: f32) -> f32 = a + b;
        sub(a: f32, b: f32) -> f32 = a - b;
        mul(a: f32, b: f32) -> f32 = a * b;
        div(a: f32, b: f32) -> f32 = a / b;
        fma(a: f32, b: f32, c: f32) -> f32 = if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
            a.mul_add(b, c)
        } else {
            a * b + c
        };
        max(a: f32, b: f32) -> f32 = if a > b { a } else { b };
        min(a: f32, b: f32) -> f32 = if a < b { a } else { b };
        sqrt(a: f32) -> f32 = a.sqrt();
        round(a: f32) -> f32 = if a.abs() < 8_388_608.0 {
            // Adding 2²³ leaves no room for a fraction.
            ((a.abs() + 8_388_608.0) - 8_388_608.0).copysign(a)
        } else {
            a
        };
        greater(a: f32, b: f32) -> bool = a > b;
        greater_equal(a: f32, b: f32) -> bool = a >= b;
        equal(a: f32, b: f32) -> bool = a == b;
        int_add(a: i32, b: i32) -> i32 = a.wrapping_add(b);
        int_sub(a: i32, b: i32) -> i32 = a.wrapping_sub(b);
        int_mul(a: i32, b: i32) -> i32 = a.wrapping_mul(b);
        int_and(a: i32, b: i32) -> i32 = a & b;
        int_or(a: i32, b: i32) -> i32 = a | b;
        int_xor(a: i32, b: i32) -> i32 = a ^ b;
        int_greater(a: i32, b: i32) -> bool = a > b;
        to_float(a: i32) -> f32 = a as f32;
        bits(a: f32) -> i32 = a.to_bits().cast_signed();
        from_bits(a: i32) -> f32 = f32::from_bits(a.cast_unsigned());
    }

    #[inline(always)]
    fn select(self, mask: [bool; LANES], yes: [f32; LANES], no: [f32; LANES]) -> [f32; LANES] {
        lanes!(mask, yes, no => if mask { yes } else { no })
    }

    #[inline(always)]
    fn int_splat(self, x: i32) -> [i32; LANES] {
        [x; LANES]
    }

    #[inline(always)]
    fn int_iota(self) -> [i32; LANES] {
        [0, 1, 2, 3]
    }

    #[inline(always)]
    fn int_shl(self, a: [i32; LANES], by: u32) -> [i32; LANES] {
        lanes!(a => a << by)
    }

    #[inline(always)]
    fn int_shr(self, a: [i32; LANES], by: u32) -> [i32; LANES] {
        lanes!(a => (a.cast_unsigned() >> by).cast_signed())
    }

    #[inline(always)]
    fn to_int(self, a: [f32; LANES]) -> [i32; LANES] {
        let rounded = self.round(a);
        lanes!(rounded => rounded as i32)
    }

    #[inline(always)]
    fn sum(self, a: [f32; LANES]) -> f32 {
        (a[0] + a[2]) + (a[1] + a[3])
    }

    #[inline(always)]
    fn largest(self, a: [f32; LANES]) -> f32 {
        a[0].max(a[1]).max(a[2].max(a[3]))
    }
}
