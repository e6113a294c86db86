//! The mean loss of a pass: for each output the weighted losses over their weights.

use crate::data::TargetsView;
use crate::engine::OutputPort;
use crate::losses::OutputLoss;

/// `Σ_outputs (Σ w · l / Σ w)` over the examples of all batches so far.
///
/// The mean of the batches' means is another number where batches weigh differently: the last one has fewer examples, and
/// with class weights every batch has a weight of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LossMean {
    /// For each output, the sum of its weighted losses and that of their weights.
    sums: Vec<(f64, f64)>,
}

impl LossMean {
    pub(super) fn new(outputs: usize) -> Self {
        Self {
            sums: vec![(0.0, 0.0); outputs],
        }
    }

    /// Forgets all batches.
    pub(super) fn reset(&mut self) {
        self.sums.fill((0.0, 0.0));
    }

    /// Losses of an output that are added up, and their weights.
    pub(super) fn add(&mut self, output: usize, sum: f64, weight: f64) {
        let (all, weights) = &mut self.sums[output];
        *all += sum;
        *weights += weight;
    }

    /// A batch whose mean loss, over all outputs, is known; `logits` gives each output's values before the link.
    pub(super) fn add_batch<'b>(
        &mut self,
        outputs: &[OutputPort],
        losses: &[&dyn OutputLoss],
        targets: &[TargetsView<'_>],
        examples: usize,
        mean: f64,
        logits: impl Fn(usize) -> &'b [f32],
    ) {
        for (index, (port, &targets)) in outputs.iter().zip(targets).enumerate() {
            let (loss, spec) = (losses[index], port.spec());
            let weight = loss.total_weight(spec, targets, examples);
            // Of several outputs only the sum of their means is known.
            let sum = match outputs.len() {
                1 => mean * weight,
                _ => loss.forward_backward(spec, logits(index), targets, 1.0, None),
            };
            self.add(index, sum, weight);
        }
    }

    /// The mean so far; 0 for an output whose examples have no weight.
    pub(super) fn mean(&self) -> f64 {
        let mean = |&(sum, weight): &(f64, f64)| match (sum, weight) {
            (0.0, 0.0) => 0.0,
            _ => sum / weight,
        };
        self.sums.iter().map(mean).sum()
    }

    /// The sums as bits, for a checkpoint: JSON has no infinities.
    pub(super) fn bits(&self) -> Vec<[u64; 2]> {
        let bits = |&(sum, weight): &(f64, f64)| [sum.to_bits(), weight.to_bits()];
        self.sums.iter().map(bits).collect()
    }

    /// The sums that [`bits`](Self::bits) gave; `None` if they aren't those of so many outputs, or not finite.
    pub(super) fn from_bits(outputs: usize, bits: &[[u64; 2]]) -> Option<Self> {
        let sums: Vec<(f64, f64)> = bits
            .iter()
            .map(|&[sum, weight]| (f64::from_bits(sum), f64::from_bits(weight)))
            .collect();
        let fits = sums.len() == outputs
            && sums
                .iter()
                .all(|(sum, weight)| sum.is_finite() && weight.is_finite() && *weight >= 0.0);
        fits.then_some(Self { sums })
    }
}
