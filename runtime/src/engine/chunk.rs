//! What generated code sees while it runs: a chunk of the batch, the whole batch between stages, a tile of a weight.

use std::ops::Range;

use super::buffers::{Buffers, Slot};
use super::inspect::Watch;
use super::plan::padded;
use super::program::{OutputPort, Port};
use super::split::{Span, Split};
use crate::losses::{OutputLoss, TargetsView};

/// The batch's inputs, as one chunk sees them.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub(super) batch: &'a [&'a [f32]],
    pub(super) ports: &'static [Port],
    pub(super) span: Span,
}

impl<'a> Inputs<'a> {
    /// The rows of input `index` that belong to the chunk.
    #[inline]
    pub fn get(&self, index: usize) -> &'a [f32] {
        let size = self.ports[index].size();
        &self.batch[index][self.span.first * size..(self.span.first + self.span.len) * size]
    }

    /// All rows of input `index`.
    pub fn whole(&self, index: usize) -> &'a [f32] {
        self.batch[index]
    }
}

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
    pub(super) loss: Option<LossContext<'a>>,
    pub(super) loss_sum: f64,
    pub(super) watch: Option<&'a Watch>,
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
        let sum =
            context.losses[index].forward_backward(spec, outputs, targets, scale, Some(gradients));
        self.loss_sum += sum * f64::from(scale);
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

/// The whole batch, between two stages.
pub struct Whole<'a> {
    /// Examples in each chunk, in the order of [`Whole::partials`].
    pub chunk_examples: &'a [usize],
    /// The flat buffer of parameters.
    pub parameters: &'a [f32],
    /// The flat buffer of state.
    pub state: &'a mut [f32],
    /// The flat buffer of gradients.
    pub gradients: &'a mut [f32],
    /// What reductions over the batch produce.
    pub shared: &'a mut [f32],
    pub(super) partial: &'a [f32],
    pub(super) most_chunks: usize,
    pub(super) examples: usize,
}

impl<'a> Whole<'a> {
    /// What the chunks left at `slot`, one row for each chunk.
    pub fn partials(&self, slot: Slot) -> &'a [f32] {
        let start = slot.offset * self.most_chunks;
        &self.partial[start..start + slot.len * self.chunk_examples.len()]
    }

    /// Number of examples in the batch.
    pub fn examples(&self) -> usize {
        self.examples
    }
}

/// Some rows of a weight whose gradient is a product over the whole batch.
pub struct WeightTile<'a> {
    /// Which rows.
    pub rows: Range<usize>,
    /// Their gradient, which is to be set.
    pub gradient: &'a mut [f32],
    /// Number of examples in the batch.
    pub examples: usize,
    /// Inputs.
    pub inputs: Inputs<'a>,
    pub(super) kept: &'a [f32],
    pub(super) scale: usize,
    pub(super) scratch: &'a mut [f32],
}

impl<'a> WeightTile<'a> {
    /// All rows of a buffer kept for the whole batch.
    pub fn kept(&self, slot: Slot) -> &'a [f32] {
        let start = slot.offset * self.scale;
        &self.kept[start..start + slot.len * self.examples]
    }

    /// The gradient of the tile, and `len` floats of the thread's scratch.
    pub fn gradient_and_scratch(&mut self, len: usize) -> (&mut [f32], &mut [f32]) {
        (self.gradient, &mut self.scratch[..len])
    }
}

/// Number of floats in one thread's arena for a cut.
pub(super) const fn arena_len(
    chunk_len: usize,
    scratch_len: usize,
    chunk_examples: usize,
) -> usize {
    padded(chunk_len * chunk_examples) + padded(scratch_len)
}

/// The chunk sizes of a cut, written into `sizes` without allocating beyond its capacity.
pub(super) fn chunk_sizes(split: &Split, sizes: &mut Vec<usize>) {
    sizes.clear();
    for lane in 0..split.lanes {
        for index in 0..split.chunks_of(lane) {
            sizes.push(split.chunk(lane, index).len);
        }
    }
}
