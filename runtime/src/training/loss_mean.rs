//! The mean loss of a pass: for each output the weighted losses over their weights.

use crate::engine::LossSum;

/// `Σ_outputs (Σ w · l / Σ w)` over the examples of all batches so far.
///
/// The mean of the batches' means is another number where batches weigh differently: the last one has fewer examples, and
/// with class weights every batch has a weight of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LossMean {
    /// For each output.
    sums: Vec<LossSum>,
}

impl LossMean {
    pub(super) fn new(outputs: usize) -> Self {
        Self {
            sums: vec![LossSum::default(); outputs],
        }
    }

    /// Forgets all batches.
    pub(super) fn reset(&mut self) {
        self.sums.fill(LossSum::default());
    }

    /// More losses of an output.
    pub(super) fn add(&mut self, output: usize, sum: LossSum) {
        self.sums[output] += sum;
    }

    /// A batch, with the sum of each output.
    pub(super) fn add_batch(&mut self, sums: &[LossSum]) {
        for (all, &sum) in self.sums.iter_mut().zip(sums) {
            *all += sum;
        }
    }

    /// The first output whose examples so far have no weight.
    pub(super) fn weightless(&self) -> Option<usize> {
        self.sums.iter().position(|sum| sum.weight == 0.0)
    }

    /// The mean so far; 0 for an output whose examples have no weight.
    pub(super) fn mean(&self) -> f64 {
        self.sums.iter().map(|sum| sum.mean()).sum()
    }

    /// The sums as bits, for a checkpoint: JSON has no infinities.
    pub(super) fn bits(&self) -> Vec<[u64; 2]> {
        let bits = |sum: &LossSum| [sum.sum.to_bits(), sum.weight.to_bits()];
        self.sums.iter().map(bits).collect()
    }

    /// The sums that [`bits`](Self::bits) gave; `None` if they aren't those of so many outputs, or not finite.
    pub(super) fn from_bits(outputs: usize, bits: &[[u64; 2]]) -> Option<Self> {
        let sums: Vec<LossSum> = bits
            .iter()
            .map(|&[sum, weight]| LossSum {
                sum: f64::from_bits(sum),
                weight: f64::from_bits(weight),
            })
            .collect();
        let fits = sums.len() == outputs
            && sums.iter().all(|LossSum { sum, weight }| {
                sum.is_finite() && weight.is_finite() && *weight >= 0.0
            });
        fits.then_some(Self { sums })
    }
}
