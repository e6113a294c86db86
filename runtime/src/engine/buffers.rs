//! The buffers one chunk may touch, handed out as plain slices by name.

use std::marker::PhantomData;

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
    /// Its offset, in floats; for regions with rows, that of one example's plan.
    pub offset: usize,
    /// Its length, in floats; for regions with rows, that of a row.
    pub len: usize,
}

impl Slot {
    /// A buffer of the chunk.
    pub const fn chunk(offset: usize, len: usize) -> Self {
        Self {
            region: Region::Chunk,
            offset,
            len,
        }
    }

    /// A scratch buffer.
    pub const fn scratch(len: usize) -> Self {
        Self {
            region: Region::Scratch,
            offset: 0,
            len,
        }
    }

    /// A buffer kept for the whole batch.
    pub const fn kept(offset: usize, len: usize) -> Self {
        Self {
            region: Region::Kept,
            offset,
            len,
        }
    }

    /// What a chunk leaves for a reduction over the batch.
    pub const fn partial(offset: usize, len: usize) -> Self {
        Self {
            region: Region::Partial,
            offset,
            len,
        }
    }

    /// A gradient that the lane adds up.
    pub const fn lane(offset: usize, len: usize) -> Self {
        Self {
            region: Region::Lane,
            offset,
            len,
        }
    }
}

/// A region as one chunk sees it: where it begins, how far an offset is scaled, and which rows are the chunk's.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub base: *mut f32,
    /// Floats in the region.
    pub len: usize,
    /// What a slot's offset is multiplied by.
    pub scale: usize,
    /// The chunk's first row and number of rows; a region without rows has one.
    pub first: usize,
    pub rows: usize,
}

impl Window {
    pub(super) fn new(base: *mut f32, len: usize, scale: usize, first: usize, rows: usize) -> Self {
        Self {
            base,
            len,
            scale,
            first,
            rows,
        }
    }
}

/// The buffers of one chunk.
pub struct Buffers<'a> {
    windows: [Window; 5],
    _owner: PhantomData<&'a mut [f32]>,
}

impl<'a> Buffers<'a> {
    /// # Safety
    ///
    /// For `'a`, each window's rows must be valid and touched through this value alone: no other chunk running at the
    /// same time may have a window with the same rows of the same memory.
    pub(super) unsafe fn new(windows: [Window; 5]) -> Self {
        Self {
            windows,
            _owner: PhantomData,
        }
    }

    fn range(&self, slot: Slot) -> (*mut f32, usize) {
        let window = &self.windows[slot.region as usize];
        let start = slot.offset * window.scale + slot.len * window.first;
        let len = slot.len * window.rows;
        assert!(
            start + len <= window.len,
            "buffer {slot:?} ends beyond its region of {} floats",
            window.len
        );
        // SAFETY: `start + len` lies within the region, which the caller of `new` vouched for.
        (unsafe { window.base.add(start) }, len)
    }

    /// The buffers at `slots`, all at once.
    ///
    /// # Panics
    ///
    /// If two of them overlap or one lies outside its region: a mistake in the plan, not in the data.
    #[inline]
    pub fn get<const N: usize>(&mut self, slots: [Slot; N]) -> [&mut [f32]; N] {
        let ranges: [(*mut f32, usize); N] = std::array::from_fn(|i| self.range(slots[i]));
        for i in 1..N {
            for j in 0..i {
                let (a, a_len) = (ranges[i].0 as usize, ranges[i].1 * size_of::<f32>());
                let (b, b_len) = (ranges[j].0 as usize, ranges[j].1 * size_of::<f32>());
                assert!(
                    a + a_len <= b || b + b_len <= a,
                    "buffers {:?} and {:?} overlap",
                    slots[i],
                    slots[j]
                );
            }
        }
        // SAFETY: each range is valid (`range`), none overlaps another, and they borrow `self` mutably.
        std::array::from_fn(|i| unsafe { std::slice::from_raw_parts_mut(ranges[i].0, ranges[i].1) })
    }
}
