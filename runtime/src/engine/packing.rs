//! Packing weights into the order that their kernels read.

use super::memory::{Memory, Pack};
use super::store::Store;
use crate::tasks::{Cut, for_each_part};
use crate::trace::{Phase, phase};

/// Packs the weights whose turn begins with a stage.
pub(super) fn pack(memory: &Memory, stage: usize, store: &Store, packed: &mut [f32], serial: bool) {
    let first = memory.packs.partition_point(|pack| pack.stage < stage);
    let packs = &memory.packs[first..];
    let packs = &packs[..packs.partition_point(|pack| pack.stage == stage)];
    let Some(first) = packs.first() else {
        return;
    };
    phase(Phase::Packing);
    let all = Packed {
        packs,
        start: first.offset,
        floats: &mut packed[first.offset..],
    };
    for_each_part(all, packs.len(), serial, &|index, part: Packed<'_>| {
        let pack = packs[index];
        let floats = &mut part.floats[pack.offset - part.start..][..pack.len];
        (memory.pack)(pack.number, store.parameters(), store.state(), floats);
    });
    phase(Phase::Other);
}

/// The packed weights from float `start` on.
struct Packed<'a> {
    packs: &'static [Pack],
    start: usize,
    floats: &'a mut [f32],
}

impl Cut for Packed<'_> {
    fn cut(self, pack: usize) -> (Self, Self) {
        // Those of a turn lie one after the other (`in_turns`).
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
