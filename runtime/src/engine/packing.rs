//! Packing weights into the order that their kernels read.

use super::memory::{Memory, Pack};
use super::store::Store;
use crate::tasks::{Cut, for_each_part};

/// Packs all weights of one way of running a model.
pub(super) fn pack(memory: &Memory, store: &Store, packed: &mut [f32], serial: bool) {
    let packs = memory.packs;
    let all = Packed {
        packs,
        start: 0,
        floats: packed,
    };
    for_each_part(all, packs.len(), serial, &|index, part: Packed<'_>| {
        let pack = packs[index];
        let floats = &mut part.floats[pack.offset - part.start..][..pack.len];
        (memory.pack)(index, store.parameters(), store.state(), floats);
    });
}

/// The packed weights from float `start` on.
struct Packed<'a> {
    packs: &'static [Pack],
    start: usize,
    floats: &'a mut [f32],
}

impl Cut for Packed<'_> {
    fn cut(self, pack: usize) -> (Self, Self) {
        // Packs are laid one after the other (`one_after_the_other`).
        let start = self.packs[pack].offset;
        let (floats, rest) = self.floats.split_at_mut(start - self.start);
        let before = Self { floats, ..self };
        let rest = Self {
            start,
            floats: rest,
            ..self
        };
        (before, rest)
    }
}
