//! Each operation on each instruction set against plain Rust.

use super::*;

/// Applies `Self` lane by lane; the vector form must give the same bits.
trait LaneByLane {
    fn vector<S: Simd>(simd: S, a: S::F, b: S::F) -> S::F;
    fn scalar(a: f32, b: f32) -> f32;
}

struct Check<'a, O>(&'a [f32], &'a [f32], std::marker::PhantomData<O>);

impl<O: LaneByLane> Kernel for Check<'_, O> {
    type Output = Vec<f32>;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<f32> {
        let mut out = vec![f32::NAN; self.0.len()];
        for ((a, b), y) in self
            .0
            .chunks(S::LANES)
            .zip(self.1.chunks(S::LANES))
            .zip(out.chunks_mut(S::LANES))
        {
            let result = O::vector(simd, simd.load_partial(a), simd.load_partial(b));
            simd.store_partial(result, y);
        }
        out
    }
}

fn check<O: LaneByLane>() {
    let interesting = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        1.5,
        2.5,
        -2.5,
        3.7,
        -1e9,
        1e-30,
        123.456,
        -77.5,
        7.999_999_5,
        65_536.5,
        -0.499_999_97,
    ];
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for x in interesting {
        for y in interesting {
            a.push(x);
            b.push(y);
        }
    }
    a.push(2.0);
    b.push(-3.0);
    on_every_isa(|isa| {
        let came = dispatch(Check::<O>(&a, &b, std::marker::PhantomData));
        for i in 0..a.len() {
            let expected = O::scalar(a[i], b[i]);
            assert!(
                came[i].to_bits() == expected.to_bits() || came[i].is_nan() && expected.is_nan(),
                "{} on {isa:?}: ({}, {}) gave {}, expected {expected}",
                std::any::type_name::<O>(),
                a[i],
                b[i],
                came[i],
            );
        }
    });
}

macro_rules! operation_tests {
    ($($name:ident: |$simd:ident, $a:ident, $b:ident| $vector:expr, $scalar:expr;)*) => {$(
        #[test]
        fn $name() {
            struct This;
            impl LaneByLane for This {
                #[inline(always)]
                fn vector<S: Simd>($simd: S, $a: S::F, $b: S::F) -> S::F {
                    let _ = (&$a, &$b);
                    $vector
                }
                fn scalar($a: f32, $b: f32) -> f32 {
                    let _ = (&$a, &$b);
                    $scalar
                }
            }
            check::<This>();
        }
    )*};
}

operation_tests! {
    add: |s, a, b| s.add(a, b), a + b;
    sub: |s, a, b| s.sub(a, b), a - b;
    mul: |s, a, b| s.mul(a, b), a * b;
    div: |s, a, b| s.div(a, b), a / b;
    fma_of_exact_products: |s, a, b| s.fma(a, s.splat(2.0), b), a * 2.0 + b;
    max: |s, a, b| s.max(a, b), if a > b { a } else { b };
    max_lets_the_second_nan_through: |s, a, b| s.max(a, s.add(b, s.splat(f32::NAN))), f32::NAN;
    min: |s, a, b| s.min(a, b), if a < b { a } else { b };
    sqrt: |s, a, b| s.sqrt(a), a.sqrt();
    round: |s, a, b| s.round(a), a.round_ties_even();
    neg: |s, a, b| s.neg(a), -a;
    abs: |s, a, b| s.abs(a), a.abs();
    copysign: |s, a, b| s.copysign(a, b), a.copysign(b);
    select_greater: |s, a, b| s.select(s.greater(a, b), a, s.splat(9.0)), if a > b { a } else { 9.0 };
    select_greater_equal: |s, a, b| s.select(s.greater_equal(a, b), a, s.splat(9.0)), if a >= b { a } else { 9.0 };
    select_equal: |s, a, b| s.select(s.equal(a, b), a, s.splat(9.0)), if a == b { a } else { 9.0 };
    integer_hash: |s, a, b| {
        let x = s.int_mul(s.int_add(s.bits(a), s.int_splat(12345)), s.int_splat(747_796_405));
        let x = s.int_xor(s.int_shr(x, 15), s.int_shl(x, 7));
        let x = s.int_sub(s.int_or(x, s.int_splat(1)), s.bits(b));
        let x = s.int_select(s.int_greater(x, s.int_splat(5)), x, s.int_splat(3));
        s.to_float(x)
    }, {
        let x = (a.to_bits() as i32).wrapping_add(12345).wrapping_mul(747_796_405);
        let x = ((x as u32) >> 15) as i32 ^ (x << 7);
        let x = (x | 1).wrapping_sub(b.to_bits() as i32);
        (if x > 5 { x } else { 3 }) as f32
    };
    to_int: |s, a, b| s.to_float(s.to_int(s.min(s.max(a, s.splat(-1e6)), s.splat(1e6)))), {
        let x = if a > -1e6 { a } else { -1e6 };
        (x.round_ties_even() as i32) as f32
    };
}

#[test]
fn reductions_and_iota() {
    struct Reduce;
    impl Kernel for Reduce {
        type Output = (f32, f32, usize);
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Self::Output {
            let x = simd.to_float(simd.int_iota());
            (simd.sum(x), simd.largest(x), S::LANES)
        }
    }
    on_every_isa(|isa| {
        let (sum, largest, lanes) = dispatch(Reduce);
        assert_eq!(sum, (lanes * (lanes - 1) / 2) as f32, "{isa:?}");
        assert_eq!(largest, (lanes - 1) as f32, "{isa:?}");
    });
}
