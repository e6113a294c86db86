//! Kernels that take slices alone, and what fills them.

use shapeflow_runtime::init::{self, Init};
use shapeflow_runtime::kernels::activation::{self, Activation};
use shapeflow_runtime::kernels::dropout;
use shapeflow_runtime::kernels::elementwise::{self, Operation};
use shapeflow_runtime::kernels::team::Team;
use shapeflow_runtime::simd::{Kernel, Simd, dispatch};

use super::{LENGTHS, SIZES, attempt, choices, sweep};

#[test]
fn slices_of_unequal_length() {
    sweep(|| {
        for [a, b] in [[0, 1], [1, 0], [17, 34], [34, 17], [2, 2]] {
            let (x, mut y) = (vec![0.5; a], vec![0.5; b]);
            for act in [Activation::Identity, Activation::Relu, Activation::Gelu] {
                attempt!(activation::forward(act, &x, &mut y));
                attempt!(activation::forward_in_place(act, &mut y));
                attempt!(activation::backward(act, &x, &x, &mut y));
                attempt!(activation::backward_in_place(act, &x, &mut y));
                attempt!(Team::with_pool([2, 0], &mut [], |mut team| {
                    activation::backward_in_place_shared(&mut team, act, &x, &mut y);
                }));
                attempt!(activation::value(act, f32::MAX));
                attempt!(activation::derivative(act, f32::NAN));
            }
            for rate in [-1.0, 0.0, 0.5, 1.0, f32::NAN, f32::INFINITY] {
                for first in [0, (1 << 32) - 3, u64::MAX - 3] {
                    attempt!(dropout::forward(rate, 1, first, &x, &mut y));
                    attempt!(dropout::forward_in_place(rate, 1, first, &mut y));
                    attempt!(dropout::backward(rate, 1, first, &x, &mut y));
                    attempt!(dropout::backward_in_place(rate, 1, first, &mut y));
                    attempt!(dropout::keeps(rate, u64::MAX, first));
                }
            }
            for op in [Operation::Add, Operation::Subtract, Operation::Multiply] {
                attempt!(elementwise::forward_in_place(op, &mut y, &x));
            }
            attempt!(elementwise::scale(2.0, &x, &mut y));
            attempt!(elementwise::scale_in_place(2.0, &mut y));
            attempt!(elementwise::affine(2.0, 1.0, &x, &mut y));
            attempt!(elementwise::add_assign(&mut y, &x));
            attempt!(elementwise::copy(&x, &mut y));
        }
    });
}

#[test]
fn initial_weights() {
    sweep(|| {
        for sizes in choices::<3>() {
            attempt!(init::fans(&sizes));
            let fans = (sizes[0], sizes[1]);
            for rule in [Init::GlorotUniform, Init::Orthogonal(1.0), Init::HeNormal] {
                attempt!(init::fill(rule, &sizes, fans, 1, "w", &mut [0.0; 6]));
            }
        }
    });
}

/// Loads from and stores to slices of any length.
struct LoadAndStore<'a>(&'a [f32], &'a mut [f32]);

impl Kernel for LoadAndStore<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let LoadAndStore(x, y) = self;
        attempt!(simd.load_partial(x));
        attempt!(simd.load(x));
        let ones = simd.splat(1.0);
        attempt!(simd.store_partial(ones, y));
        attempt!(simd.store(ones, y));
    }
}

#[test]
fn vectors() {
    sweep(|| {
        for len in LENGTHS
            .into_iter()
            .chain(SIZES.into_iter().filter(|size| *size <= 17))
        {
            dispatch(LoadAndStore(&vec![0.5; len], &mut vec![0.5; len]));
        }
    });
}
