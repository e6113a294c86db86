//! What generated code sees of the whole batch: between two stages, and for a weight whose gradient is one product.

use std::ops::Range;

use shapeflow_terms::Element;

use super::inputs::Inputs;
use super::slot::Slot;

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
    ///
    /// # Panics
    ///
    /// If they lie outside their region: a mistake in the plan, not in the data.
    pub fn partials(&self, slot: Slot) -> &'a [f32] {
        rows(
            self.partial,
            slot,
            self.most_chunks,
            self.chunk_examples.len(),
        )
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
    pub(super) capacity: usize,
    pub(super) scratch: &'a mut [f32],
}

impl<'a> WeightTile<'a> {
    /// All rows of a buffer kept for the whole batch.
    ///
    /// # Panics
    ///
    /// If they lie outside their region or don't hold `f32`: a mistake in the plan, not in the data.
    pub fn kept(&self, slot: Slot) -> &'a [f32] {
        rows(self.kept, slot, self.capacity, self.examples)
    }

    /// The gradient of the tile, and `len` floats of the thread's scratch.
    pub fn gradient_and_scratch(&mut self, len: usize) -> (&mut [f32], &mut [f32]) {
        (self.gradient, &mut self.scratch[..len])
    }
}

/// The first `count` rows of a buffer of `f32`, in a region in which each buffer has room for `room`.
fn rows(region: &[f32], slot: Slot, room: usize, count: usize) -> &[f32] {
    assert!(
        slot.element == Element::F32,
        "buffer {slot:?} is read as f32"
    );
    let bytes = slot.range(room, 0, count, size_of_val(region) / room.max(1));
    &region[bytes.start / size_of::<f32>()..bytes.end / size_of::<f32>()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_at_their_offset_in_bytes() {
        let region: Vec<f32> = (0..96).map(|x| x as f32).collect();
        assert_eq!(
            rows(&region, Slot::kept(0, 64, 2), 3, 2),
            [48.0, 49.0, 50.0, 51.0]
        );
    }

    #[test]
    #[should_panic(expected = "lies outside its region of 192 bytes a row")]
    fn an_offset_too_large_to_multiply_is_refused() {
        rows(&[0.0; 96], Slot::kept(0, usize::MAX / 2 + 1, 1), 2, 1);
    }
}
