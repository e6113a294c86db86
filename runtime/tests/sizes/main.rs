//! Kernels with absurd sizes: each panics with a message or returns, and none touches memory that isn't its own.
//!
//! A fault would end this program; under AddressSanitizer (`.ci/asan`) so does a number read or written outside a slice.

mod convolutions;
mod dense;
mod ledger;
mod listed;
mod moving;
mod norms;
mod pools;
mod rows;
mod slices;

use ledger::{attempt, sweep};

const SIZES: [usize; 10] = [
    0,
    1,
    2,
    3,
    17,
    1 << 31,
    (1 << 32) + 1,
    (1 << 61) + 1,
    1 << 63,
    usize::MAX,
];

/// Lengths of slices: those that wrapped products of the sizes come to are among them.
const LENGTHS: [usize; 7] = [0, 1, 2, 4, 6, 17, 34];

/// All choices of `N` sizes.
fn choices<const N: usize>() -> impl Iterator<Item = [usize; N]> {
    (0..SIZES.len().pow(N as u32)).map(|mut number| {
        std::array::from_fn(|_| {
            let size = SIZES[number % SIZES.len()];
            number /= SIZES.len();
            size
        })
    })
}

/// `base` with one or two of its places exchanged for a size of the list.
fn mutations<const N: usize>(base: [usize; N]) -> impl Iterator<Item = [usize; N]> {
    let places = (0..N).flat_map(|i| (i..N).map(move |j| [i, j]));
    let mutated = places.flat_map(move |[i, j]| {
        choices::<2>().map(move |[a, b]| {
            let mut sizes = base;
            sizes[i] = a;
            sizes[j] = b;
            sizes
        })
    });
    std::iter::once(base).chain(mutated)
}

/// A buffer of the length that the sizes ask for where that is small, else of some other length.
fn fitting(len: usize, other: usize) -> Vec<f32> {
    vec![0.5; if len <= 4096 { len } else { other }]
}
