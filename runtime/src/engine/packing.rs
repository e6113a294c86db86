//! Packing weights into the order that their kernels read.

use super::memory::Memory;
use super::parallel::{Shared, for_each};
use super::store::Store;

/// Packs all weights of one way of running a model.
pub(super) fn pack(memory: &Memory, store: &Store, packed: &mut [f32], serial: bool) {
    let packed = Shared::new(packed);
    for_each(memory.packs.len(), serial, &|index| {
        let pack = memory.packs[index];
        // SAFETY: packs are laid one after the other (`one_after_the_other`), so they are disjoint.
        (memory.pack)(index, store.parameters(), store.state(), unsafe {
            packed.part(pack.offset, pack.len)
        });
    });
}
