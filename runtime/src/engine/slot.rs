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
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its region.
    pub region: Region,
    /// Its offset, in bytes; for regions with rows, that of a plan for one row.
    pub offset: usize,
    /// Its length, in elements; for regions with rows, that of a row.
    pub len: usize,
    /// What its elements are.
    pub element: Element,
}

impl Slot {
    const fn floats(region: Region, offset: usize, len: usize) -> Self {
        let element = Element::F32;
        Self {
            region,
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

    /// A buffer kept for the whole batch, of `f32`.
    pub const fn kept(offset: usize, len: usize) -> Self {
        Self::floats(Region::Kept, offset, len)
    }

    /// What a chunk leaves for a reduction over the batch, of `f32`.
    pub const fn partial(offset: usize, len: usize) -> Self {
        Self::floats(Region::Partial, offset, len)
    }

    /// A gradient that the lane adds up, of `f32`.
    pub const fn lane(offset: usize, len: usize) -> Self {
        Self::floats(Region::Lane, offset, len)
    }

    /// The same buffer with other elements.
    pub const fn holding(self, element: Element) -> Self {
        Self { element, ..self }
    }

    /// The bytes of `rows` rows, the first of them row number `first`, in a region of `bytes` bytes in which every
    /// buffer has room for `room` rows.
    ///
    /// # Panics
    ///
    /// If they lie outside the region or between two elements: a mistake in the plan, not in the data.
    pub(super) fn range(
        &self,
        room: usize,
        first: usize,
        rows: usize,
        bytes: usize,
    ) -> Range<usize> {
        let size = self.element.bytes();
        // All overflows are looked at once: this runs for every buffer of every layer.
        let (row, a) = self.len.overflowing_mul(size);
        let (offset, b) = self.offset.overflowing_mul(room);
        let (before, c) = row.overflowing_mul(first);
        let (len, d) = row.overflowing_mul(rows);
        let (start, e) = offset.overflowing_add(before);
        let (end, f) = start.overflowing_add(len);
        if a | b | c | d | e | f | (end > bytes) | !start.is_multiple_of(size) {
            outside(self, bytes);
        }
        start..end
    }
}

#[cold]
fn outside(slot: &Slot, bytes: usize) -> ! {
    panic!("buffer {slot:?} lies outside its region of {bytes} bytes")
}
