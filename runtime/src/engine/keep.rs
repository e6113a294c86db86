//! The buffers that chunks share by rows, and why no two chunks that run at the same time touch the same numbers.
//!
//! A chunk has some rows of each buffer, and different chunks have different rows of it. That alone isn't enough: rows of one
//! buffer may lie over other rows of another buffer at the same place. So every such buffer stands in a table, with the stages
//! in which it is touched; [`check`] sees to it that no two of a stage overlap, and [`allows`] that a chunk touches no other.

use super::slot::{Region, Slot};

/// A buffer that chunks share by rows, and the first and the last stage that touches it.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    slot: Slot,
    first: usize,
    last: usize,
}

impl Keep {
    /// The buffer at `slot`, touched in the stages from `first` to `last`.
    pub const fn new(slot: Slot, first: usize, last: usize) -> Self {
        Self { slot, first, last }
    }

    /// Where a row of it ends among all that a row of the region holds; `None` where that can't be counted.
    fn end(&self) -> Option<usize> {
        let bytes = self.slot.len.checked_mul(self.slot.element.bytes())?;
        self.slot.offset.checked_add(bytes)
    }

    fn overlaps(&self, other: &Keep) -> bool {
        let together = self.first <= other.last && other.first <= self.last;
        let over = |a: &Keep, b: &Keep| a.end().is_none_or(|end| b.slot.offset < end);
        together && over(self, other) && over(other, self)
    }
}

/// Checks a table of `region`: numbers are those of the table, and buffers of the same stage lie apart.
///
/// # Panics
///
/// If they don't: a mistake in the plan, not in the data.
pub(super) fn check(table: &[Keep], region: Region) {
    for (number, keep) in table.iter().enumerate() {
        let slot = keep.slot;
        assert!(
            slot.region == region && slot.number as usize == number,
            "buffer {slot:?} stands at place {number} of the table of {region:?}"
        );
        for other in &table[..number] {
            assert!(
                !keep.overlaps(other),
                "buffers {slot:?} and {:?} overlap in the same stage",
                other.slot
            );
        }
    }
}

/// Whether a chunk may touch this buffer in this stage.
#[inline]
pub(super) fn allows(table: &[Keep], slot: &Slot, stage: usize) -> bool {
    let keep = table.get(slot.number as usize);
    keep.is_some_and(|keep| keep.slot == *slot && keep.first <= stage && stage <= keep.last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shapeflow_terms::Element;

    fn kept(number: u32, offset: usize, len: usize, first: usize, last: usize) -> Keep {
        Keep::new(Slot::kept(number, offset, len), first, last)
    }

    #[test]
    fn buffers_of_different_stages_may_lie_over_one_another() {
        check(
            &[
                kept(0, 0, 16, 0, 1),
                kept(1, 64, 8, 0, 3),
                kept(2, 0, 4, 2, 3),
                kept(3, 64, 0, 0, 3),
            ],
            Region::Kept,
        );
    }

    #[test]
    #[should_panic(expected = "overlap in the same stage")]
    fn buffers_of_one_stage_may_not() {
        check(&[kept(0, 0, 16, 0, 2), kept(1, 60, 8, 2, 3)], Region::Kept);
    }

    #[test]
    #[should_panic(expected = "overlap in the same stage")]
    fn a_buffer_too_long_to_be_counted_overlaps_all_behind_it() {
        let last = usize::MAX;
        check(
            &[kept(0, 64, last, 0, 0), kept(1, 640, 8, 0, 0)],
            Region::Kept,
        );
    }

    #[test]
    #[should_panic(expected = "stands at place 0 of the table of Partial")]
    fn a_buffer_of_another_region_is_refused() {
        check(&[kept(0, 0, 16, 0, 2)], Region::Partial);
    }

    #[test]
    fn a_chunk_touches_what_stands_in_the_table_and_only_in_its_stages() {
        let table = [kept(0, 0, 16, 0, 1), kept(1, 64, 8, 1, 3)];
        let may = |slot, stage| allows(&table, &slot, stage);
        assert!(may(Slot::kept(1, 64, 8), 1) && may(Slot::kept(1, 64, 8), 3));
        assert!(!may(Slot::kept(1, 64, 8), 0) && !may(Slot::kept(0, 0, 16), 2));
        for other in [
            Slot::kept(0, 64, 8),
            Slot::kept(1, 64, 4),
            Slot::kept(1, 68, 8),
            Slot::kept(2, 64, 8),
            Slot::partial(1, 64, 8),
            Slot::kept(1, 64, 8).holding(Element::U32),
        ] {
            assert!(!may(other, 1), "{other:?}");
        }
    }
}
