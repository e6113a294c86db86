//! What generated code sees of a chunk of the batch while it runs.

use super::buffers::Buffers;
use super::finite_watch::FiniteWatch;
use super::inputs::Inputs;
use super::port::OutputPort;
use super::slot::Slot;
use crate::kernels::team::Team;
use crate::losses::{OutputLoss, TargetsView};

/// The losses of a step, with what they need.
#[derive(Clone, Copy)]
pub(super) struct LossContext<'a> {
    pub losses: &'a [&'a dyn OutputLoss],
    pub targets: &'a [TargetsView<'a>],
    pub outputs: &'static [OutputPort],
    /// One over each output's total weight.
    pub scales: &'a [f32],
    /// Examples in the batch.
    pub examples: usize,
}

/// One chunk of a batch.
pub struct Chunk<'a> {
    /// Number of examples in it.
    pub examples: usize,
    /// Index of its first example in the batch.
    pub first: usize,
    /// Inputs.
    pub inputs: Inputs<'a>,
    /// The flat buffer of parameters.
    pub parameters: &'a [f32],
    /// The flat buffer of state, such as running means.
    pub state: &'a [f32],
    /// Packed weights.
    pub packed: &'a [f32],
    /// What reductions over the batch produced.
    pub shared: &'a [f32],
    /// Activations, gradients and scratch.
    pub buffers: Buffers<'a>,
    /// Random key of this step; each `Dropout` mixes its own number into it.
    pub key: u64,
    /// The threads that kernels may share their work with.
    pub team: Team<'a>,
    pub(super) loss: Option<LossContext<'a>>,
    /// The sum of the chunk's losses, for each output.
    pub(super) loss_sums: &'a mut [f64],
    pub(super) watch: Option<&'a FiniteWatch>,
}

impl Chunk<'_> {
    /// The loss of output `index`: reads its values before the link from `outputs` and sets their gradient in `gradients`.
    pub fn loss(&mut self, index: usize, outputs: Slot, gradients: Slot) {
        let Some(context) = self.loss else { return };
        let [outputs, gradients] = self.buffers.get([outputs, gradients]);
        let all = context.targets[index];
        let per_example = all.len() / context.examples;
        let targets =
            all.slice(self.first * per_example..(self.first + self.examples) * per_example);
        let scale = context.scales[index];
        let spec = context.outputs[index].spec();
        // What lies there is of another layer or another chunk: a loss that sets nothing has no gradient.
        gradients.fill(0.0);
        let sum =
            context.losses[index].forward_backward(spec, outputs, targets, scale, Some(gradients));
        self.loss_sums[index] += sum;
    }

    /// Called after each layer: notes the first one whose values stopped being finite, when somebody asked.
    #[inline]
    pub fn watch(&mut self, layer: usize, values: Slot) {
        if let Some(watch) = self.watch {
            let [values] = self.buffers.get([values]);
            watch.look(layer, values);
        }
    }

    /// A random key for layer `index` in this step.
    #[inline]
    pub fn key(&self, index: u64) -> u64 {
        mix(self.key ^ mix(index.wrapping_add(0x9e37_79b9_7f4a_7c15)))
    }
}

/// Spreads the bits of `x` over the whole word (the finaliser of SplitMix64, Steele et al. 2014).
pub(super) const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
