//! The buffers one chunk may touch, handed out as plain slices by name.

use std::marker::PhantomData;

use shapeflow_terms::Element;

use super::keep::{Keep, allows};
use super::parallel::Shared;
use super::slot::{Region, Slot};

/// A region as one chunk sees it: where it begins, how far an offset is scaled, and which rows are the chunk's.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Where the region begins, on a cache line.
    pub base: *mut u8,
    /// Bytes of one row of the region.
    pub row_bytes: usize,
    /// The rows that every buffer has room for, by which a slot's offset is multiplied.
    pub room: usize,
    /// The chunk's first row and number of rows; a region without rows has one.
    pub first: usize,
    pub rows: usize,
}

impl Window {
    /// All of a region without rows.
    pub(super) fn whole(region: &mut [f32]) -> Self {
        Self {
            base: region.as_mut_ptr().cast(),
            row_bytes: size_of_val(region),
            room: 1,
            first: 0,
            rows: 1,
        }
    }

    /// All of a region that chunks share.
    pub(super) fn shared(region: &Shared<f32>) -> Self {
        Self {
            base: region.base().cast(),
            row_bytes: region.len() * size_of::<f32>(),
            room: 1,
            first: 0,
            rows: 1,
        }
    }

    /// `rows` rows from row `first` on, of a region that has `room` rows of `row_bytes` each.
    pub(super) fn rows(self, row_bytes: usize, room: usize, first: usize, rows: usize) -> Self {
        let end = row_bytes.checked_mul(room);
        // Of rows without bytes, as where nothing is left for a reduction, there may be any number.
        let rows_end = first.checked_add(rows);
        let inside = row_bytes == 0 || rows_end.is_some_and(|end| end <= room);
        // `Slot::range` builds on both.
        assert!(
            end.is_some_and(|end| end <= self.row_bytes) && inside,
            "rows {first} and {rows} more of {room} of {row_bytes} bytes lie outside a region of {} bytes",
            self.row_bytes
        );
        Self {
            row_bytes,
            room,
            first,
            rows,
            ..self
        }
    }
}

/// The elements of a buffer, of whichever kind it holds.
#[derive(Debug)]
pub enum Numbers<'a> {
    /// Floating point.
    F32(&'a mut [f32]),
    /// Whole numbers.
    U32(&'a mut [u32]),
}

impl<'a> Numbers<'a> {
    /// The elements of a buffer of `f32`.
    ///
    /// # Panics
    ///
    /// If the buffer holds something else.
    #[track_caller]
    pub fn f32(self) -> &'a mut [f32] {
        match self {
            Numbers::F32(numbers) => numbers,
            Numbers::U32(_) => panic!("this buffer holds u32, but is read as f32"),
        }
    }

    /// The elements of a buffer of `u32`.
    ///
    /// # Panics
    ///
    /// If the buffer holds something else.
    #[track_caller]
    pub fn u32(self) -> &'a mut [u32] {
        match self {
            Numbers::U32(numbers) => numbers,
            Numbers::F32(_) => panic!("this buffer holds f32, but is read as u32"),
        }
    }
}

/// The tables of the regions that chunks share, and the stage that they run.
#[derive(Clone, Copy, Default)]
pub(super) struct Tables {
    pub kept: &'static [Keep],
    pub partial: &'static [Keep],
    pub stage: usize,
}

impl Tables {
    /// Panics if a chunk may not touch the buffer in this stage, by the table of its region.
    #[inline(never)]
    fn check(&self, table: &[Keep], slot: &Slot) {
        let stage = self.stage;
        assert!(
            allows(table, slot, stage),
            "buffer {slot:?} is none that a chunk may touch in stage {stage}"
        );
    }
}

/// The buffers of one chunk.
pub struct Buffers<'a> {
    windows: [Window; 5],
    tables: &'a Tables,
    _owner: PhantomData<&'a mut [f32]>,
}

impl<'a> Buffers<'a> {
    /// `windows` are in the order of [`Region`].
    ///
    /// # Safety
    ///
    /// For `'a`, each window's region must be valid. That of a chunk, scratch and lane is touched through this value alone. In
    /// those of `kept` and `partial`, no other chunk that runs at the same time has a window with the same rows; all have the same
    /// regions, rooms and tables, and the tables have been [checked](super::keep::check).
    pub(super) unsafe fn new(windows: [Window; 5], tables: &'a Tables) -> Self {
        Self {
            windows,
            tables,
            _owner: PhantomData,
        }
    }

    /// Where the chunk's rows of a buffer begin, and their length in bytes: within the region, and such that all its
    /// elements are aligned.
    ///
    #[inline]
    fn range(&self, slot: &Slot) -> (*mut u8, usize) {
        match slot.region {
            Region::Kept => self.tables.check(self.tables.kept, slot),
            Region::Partial => self.tables.check(self.tables.partial, slot),
            Region::Chunk | Region::Scratch | Region::Lane => {}
        }
        let window = &self.windows[slot.region as usize];
        let range = slot.range(window.room, window.first, window.rows, window.row_bytes);
        // SAFETY: the range lies within the region (`Slot::range`), which is valid (the caller of `new`).
        (unsafe { window.base.add(range.start) }, range.len())
    }

    /// The same for a buffer of `f32`.
    #[inline]
    fn range_of_floats(&self, slot: &Slot) -> (*mut u8, usize) {
        assert!(
            slot.element == Element::F32,
            "buffer {slot:?} is read as f32"
        );
        self.range(slot)
    }

    /// The buffers at `slots`, all at once.
    ///
    /// # Panics
    ///
    /// If two of them overlap, or one lies outside its region or doesn't hold `f32`: a mistake in the plan, not in the
    /// data.
    #[inline]
    pub fn get<const N: usize>(&mut self, slots: [Slot; N]) -> [&mut [f32]; N] {
        let ranges = std::array::from_fn(|i| self.range_of_floats(&slots[i]));
        assert_apart(&slots, &ranges);
        // SAFETY: each range is valid and aligned (`range`), none overlaps another, they borrow `self` mutably, other chunks
        // have other rows of the same buffers of the table, which lie apart, and any bits are an `f32`.
        std::array::from_fn(|i| unsafe { numbers(ranges[i]) })
    }

    /// The buffers at `slots`, all at once, each with the elements that it holds.
    ///
    /// # Panics
    ///
    /// If two of them overlap or one lies outside its region: a mistake in the plan, not in the data.
    #[inline]
    pub fn get_mixed<const N: usize>(&mut self, slots: [Slot; N]) -> [Numbers<'_>; N] {
        let ranges = std::array::from_fn(|i| self.range(&slots[i]));
        assert_apart(&slots, &ranges);
        std::array::from_fn(|i| match slots[i].element {
            // SAFETY: as in `get`.
            Element::F32 => Numbers::F32(unsafe { numbers(ranges[i]) }),
            // SAFETY: as in `get`; any bits are a `u32` too.
            Element::U32 => Numbers::U32(unsafe { numbers(ranges[i]) }),
            other => unreachable!("no buffer holds {other}"),
        })
    }
}

/// Panics if two of the ranges overlap.
#[inline]
fn assert_apart<const N: usize>(slots: &[Slot; N], ranges: &[(*mut u8, usize); N]) {
    for i in 1..N {
        for j in 0..i {
            let (a, a_len) = (ranges[i].0 as usize, ranges[i].1);
            let (b, b_len) = (ranges[j].0 as usize, ranges[j].1);
            assert!(
                a + a_len <= b || b + b_len <= a,
                "buffers {:?} and {:?} overlap",
                slots[i],
                slots[j]
            );
        }
    }
}

/// The bytes of a range as numbers.
///
/// # Safety
///
/// They must be valid for `'a` and borrowed by nobody else, aligned for `T`, and `T` a plain number.
#[inline]
unsafe fn numbers<'a, T>((base, bytes): (*mut u8, usize)) -> &'a mut [T] {
    // SAFETY: as the caller promises.
    unsafe { std::slice::from_raw_parts_mut(base.cast(), bytes / size_of::<T>()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::aligned::AlignedBuffer;

    /// Buffers of a chunk of 2 examples, the second and third of a batch of 4.
    fn with_buffers(run: impl FnOnce(&mut Buffers<'_>)) {
        let mut arenas: [AlignedBuffer; 5] = std::array::from_fn(|_| AlignedBuffer::zeroed(256));
        let [chunk, scratch, kept, partial, lane] = &mut arenas;
        let windows = [
            Window::whole(chunk).rows(512, 2, 0, 2),
            Window::whole(scratch),
            Window::whole(kept).rows(256, 4, 1, 2),
            Window::whole(partial).rows(340, 3, 2, 1),
            Window::whole(lane),
        ];
        let tables = Tables {
            kept: &KEPT,
            partial: &PARTIAL,
            stage: 1,
        };
        // SAFETY: the arenas outlive the buffers and are touched through them alone.
        run(&mut unsafe { Buffers::new(windows, &tables) });
    }

    static KEPT: [Keep; 3] = [
        Keep::new(Slot::kept(0, 64, 2), 0, 1),
        Keep::new(Slot::kept(1, 1 << 62, 1), 0, 1),
        Keep::new(Slot::kept(2, 0, 2), 0, 0),
    ];
    static PARTIAL: [Keep; 1] = [Keep::new(Slot::partial(0, 516, 516), 0, 9)];

    #[test]
    fn whole_numbers_lie_beside_floats() {
        with_buffers(|buffers| {
            let tokens = Slot::chunk(0, 3).holding(Element::U32);
            let [a, b, c] = buffers.get_mixed([tokens, Slot::chunk(64, 5), Slot::kept(0, 64, 2)]);
            let (a, b, c) = (a.u32(), b.f32(), c.f32());
            assert_eq!((a.len(), b.len(), c.len()), (6, 10, 4));
            a.fill(u32::MAX);
            b.fill(1.5);
            c.fill(2.5);
            let [a] = buffers.get_mixed([tokens]);
            assert_eq!(a.u32(), [u32::MAX; 6]);
            let [b, c] = buffers.get([Slot::chunk(64, 5), Slot::kept(0, 64, 2)]);
            assert_eq!((b[9], c[3]), (1.5, 2.5));
        });
    }

    fn refused(slots: [Slot; 2]) -> String {
        let mut text = String::new();
        with_buffers(|buffers| {
            let get = std::panic::AssertUnwindSafe(|| buffers.get(slots).map(|b| b.len()));
            let panic = std::panic::catch_unwind(get).expect_err("refused");
            text = panic.downcast_ref::<String>().expect("a text").clone();
        });
        text
    }

    #[test]
    fn wrong_addresses_are_refused() {
        let good = Slot::scratch(1);
        for far in [usize::MAX, usize::MAX / 2 + 1, 1 << 62, 1024, 516] {
            for slot in [
                Slot::chunk(far, 1),
                Slot::chunk(0, far),
                Slot::lane(far, 256),
            ] {
                let text = refused([good, slot]);
                assert!(text.contains("lies outside its region of "), "{text}");
            }
        }
        for slot in [Slot::kept(1, 1 << 62, 1), Slot::partial(0, 516, 516)] {
            let text = refused([good, slot]);
            assert!(text.contains("lies outside its region of "), "{text}");
        }
        assert!(refused([good, Slot::lane(2, 1)]).contains("outside"));
        assert!(refused([good, Slot::scratch(3)]).contains("overlap"));
        // Not in the table, of another length, or of another stage.
        for slot in [
            Slot::kept(3, 0, 1),
            Slot::kept(0, 64, 1),
            Slot::kept(2, 0, 2),
            Slot::partial(0, 0, 1),
        ] {
            let text = refused([good, slot]);
            assert!(
                text.contains("none that a chunk may touch in stage 1"),
                "{text}"
            );
        }
        let tokens = Slot::chunk(0, 1).holding(Element::U32);
        assert!(refused([good, tokens]).contains("is read as f32"));
    }

    #[test]
    #[should_panic(expected = "this buffer holds u32, but is read as f32")]
    fn whole_numbers_are_not_floats() {
        with_buffers(|buffers| {
            let [tokens] = buffers.get_mixed([Slot::lane(0, 1).holding(Element::U32)]);
            tokens.f32();
        });
    }
}
