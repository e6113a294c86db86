//! The row of logits that the cross-entropies share: `ln Σ exp`, and the softmax for the gradient.

use crate::kernels::math;
use crate::link::Link;
use crate::losses::LossError;
use crate::simd::{self, Kernel, Simd};

/// Numbers that are worked on at a time.
const PIECE: usize = 64;

/// `ln Σ exp(x)`, without overflow.
pub(crate) fn log_sum_exp(row: &[f32]) -> f64 {
    let largest = simd::dispatch(Largest(row));
    let mut exponentials = [0.0; PIECE];
    let mut sum = 0.0;
    for xs in row.chunks(PIECE) {
        let exponentials = &mut exponentials[..xs.len()];
        simd::dispatch(Exp {
            xs,
            largest,
            exponentials,
        });
        sum += add_up(exponentials);
    }
    f64::from(largest) + sum.ln()
}

/// The same, and `softmax(x)` in `probabilities`.
pub(crate) fn log_sum_exp_and_softmax(row: &[f32], probabilities: &mut [f32]) -> f64 {
    // Pieces as above, so that the value has the same bits with and without the gradient.
    let largest = simd::dispatch(Largest(row));
    let mut sum = 0.0;
    for (xs, exponentials) in row.chunks(PIECE).zip(probabilities.chunks_mut(PIECE)) {
        simd::dispatch(Exp {
            xs,
            largest,
            exponentials,
        });
        sum += add_up(exponentials);
    }
    let inverse = (1.0 / sum) as f32;
    for probability in probabilities {
        *probability *= inverse;
    }
    f64::from(largest) + sum.ln()
}

fn add_up(numbers: &[f32]) -> f64 {
    numbers.iter().copied().map(f64::from).sum()
}

/// The largest number of a row; NaN is passed over, and comes back in [`Exp`].
struct Largest<'a>(&'a [f32]);

impl Kernel for Largest<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f32 {
        let mut largest = simd.splat(f32::NEG_INFINITY);
        let mut parts = self.0.chunks_exact(S::LANES);
        for part in &mut parts {
            largest = simd.max(simd.load(part), largest);
        }
        let rest = parts.remainder().iter().copied();
        rest.fold(simd.largest(largest), f32::max)
    }
}

/// `exp(x - largest)`.
struct Exp<'a> {
    xs: &'a [f32],
    largest: f32,
    exponentials: &'a mut [f32],
}

impl Kernel for Exp<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let largest = simd.splat(self.largest);
        let xs = self.xs.chunks(S::LANES);
        for (xs, to) in xs.zip(self.exponentials.chunks_mut(S::LANES)) {
            let x = simd.load_partial(xs);
            simd.store_partial(math::exp(simd, simd.sub(x, largest)), to);
        }
    }
}

/// Cross-entropy starts from logits: the value before a softmax, or a plain output.
pub(crate) fn check_link(loss: &'static str, link: Link) -> Result<(), LossError> {
    super::check::link(
        loss,
        link,
        &[Link::Softmax, Link::LogSoftmax, Link::Plain],
        "`Softmax`, `LogSoftmax` and plain outputs (as logits)",
    )
}
