//! The address of a buffer: its region, its place there, and what its numbers are.

use std::ops::Range;

use shapeflow_terms::Element;

/// Where a buffer lives and how it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// In the thread's arena, a row for each example of the chunk.
    Chunk,
    /// In the thread's arena, of fixed length.
    Scratch,
    /// Kept for the whole batch, a row for each example.
    Kept,
    /// Kept for the whole batch, a row for each chunk.
    Partial,
    /// The lane's gradients.
    Lane,
}

/// The address of a buffer: its region, its offset there and its length (of one row, where it has rows).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub(super) region: Region,
    /// Its number in the table of a region that chunks share ([`Keep`](super::Keep)).
    pub(super) number: u32,
    /// Its offset, in bytes; for regions with rows, that of a plan for one row.
    pub(super) offset: usize,
    /// Its length, in elements; for regions with rows, that of a row.
    pub(super) len: usize,
    pub(super) element: Element,
}

impl Slot {
    const fn floats(region: Region, offset: usize, len: usize) -> Self {
        let element = Element::F32;
        Self {
            region,
            number: 0,
            offset,
            len,
            element,
        }
    }

    /// A buffer of the chunk, of `f32`.
    pub const fn chunk(offset: usize, len: usize) -> Self {
        Self::floats(Region::Chunk, offset, len)
    }

    /// A scratch buffer of `f32`.
    pub const fn scratch(len: usize) -> Self {
        Self::floats(Region::Scratch, 0, len)
    }

    /// Number `number` of the buffers kept for the whole batch, of `f32`.
    pub const fn kept(number: u32, offset: usize, len: usize) -> Self {
        let slot = Self::floats(Region::Kept, offset, len);
        Self { number, ..slot }
    }

    /// Number `number` of what a chunk leaves for reductions over the batch, of `f32`.
    pub const fn partial(number: u32, offset: usize, len: usize) -> Self {
        let slot = Self::floats(Region::Partial, offset, len);
        Self { number, ..slot }
    }

    /// A gradient that the lane adds up, of `f32`.
    pub const fn lane(offset: usize, len: usize) -> Self {
        Self::floats(Region::Lane, offset, len)
    }

    /// The same buffer with other elements.
    pub const fn holding(self, element: Element) -> Self {
        Self { element, ..self }
    }

    /// Where its `rows` rows from row `first` on lie, in bytes, in a region of `room` rows of `row_bytes` each.
    ///
    /// Where `first + rows <= room` and the region is so long, what comes out lies within it: the buffer's own row lies within
    /// one of the region's, so that no product below is longer than the region. It is checked like that, with two comparisons,
    /// since this runs for every buffer of every layer.
    ///
    /// # Panics
    ///
    /// If it lies outside the region or between two elements: a mistake in the plan, not in the data.
    #[inline(always)]
    pub(super) fn range(
        &self,
        room: usize,
        first: usize,
        rows: usize,
        row_bytes: usize,
    ) -> Range<usize> {
        debug_assert!(first + rows <= room, "rows {first}.. of {room}");
        let size = self.element.bytes();
        let inside = self.offset <= row_bytes && self.len <= (row_bytes - self.offset) / size;
        if !inside || !self.offset.is_multiple_of(size) {
            outside(self, row_bytes);
        }
        let row = self.len * size;
        let start = self.offset * room + row * first;
        start..start + row * rows
    }
}

#[cold]
fn outside(slot: &Slot, row_bytes: usize) -> ! {
    panic!("buffer {slot:?} lies outside its region of {row_bytes} bytes a row")
}
