//! Running the chunks of a lane, one after the other, on the memory of a workspace.

use super::buffers::{Buffers, Tables, Window};
use super::chunk::{Chunk, LossContext};
use super::finite_watch::FiniteWatch;
use super::inputs::{InputArrays, Inputs};
use super::memory::Memory;
use super::parallel::Shared;
use super::port::Port;
use super::split::Split;
use super::store::Store;
use crate::kernels::team::Team;

/// What all chunks of a batch read, and the memory that they share by turns.
pub(super) struct Chunks<'a> {
    pub memory: &'static Memory,
    pub ports: &'static [Port],
    pub split: Split,
    /// The examples that the workspace has room for.
    pub capacity: usize,
    /// The chunks that it has room for.
    pub most_chunks: usize,
    pub store: &'a Store,
    pub inputs: InputArrays<'a>,
    pub packed: &'a [f32],
    pub shared: &'a [f32],
    pub stage: usize,
    pub key: u64,
    pub loss: Option<LossContext<'a>>,
    pub watch: Option<&'a FiniteWatch>,
    pub kept: Shared<f32>,
    pub partial: Shared<f32>,
}

impl Chunks<'_> {
    /// Runs `body` on every chunk of a lane, in `arena`, perhaps with a `team`; `losses` has room for as many sums for each.
    ///
    /// # Safety
    ///
    /// No lane may run twice at the same time, `kept` and `partial` must be borrowed for the lanes alone, and the tables of
    /// `memory` must have been [checked](Memory::check).
    #[inline]
    pub(super) unsafe fn run_lane(
        &self,
        lane: usize,
        arena: &mut [f32],
        gradients: &mut [f32],
        losses: &mut [f64],
        mut team: Team<'_>,
        body: impl Fn(&mut Chunk<'_>),
    ) {
        let memory = self.memory;
        let room = memory.chunk_examples.min(self.capacity);
        let scratch_start = memory.scratch_start(room);
        let first_chunk = self.split.first_chunk(lane);
        let tables = Tables {
            kept: memory.kept,
            partial: memory.partial,
            stage: self.stage,
        };
        let count = self.split.chunks_of(lane);
        let sums = losses.len() / count.max(1);
        for index in 0..count {
            let (rows, number) = (self.split.chunk(lane, index), first_chunk + index);
            let (activations, scratch) = arena.split_at_mut(scratch_start);
            let windows = [
                Window::whole(activations).rows(memory.chunk_bytes, room, 0, rows.len),
                Window::whole(scratch),
                Window::shared(&self.kept).rows(
                    memory.kept_bytes,
                    self.capacity,
                    rows.first,
                    rows.len,
                ),
                Window::shared(&self.partial).rows(
                    memory.partial_bytes,
                    self.most_chunks,
                    number,
                    1,
                ),
                Window::whole(gradients),
            ];
            let mut chunk = Chunk {
                examples: rows.len,
                first: rows.first,
                inputs: Inputs {
                    batch: self.inputs,
                    ports: self.ports,
                    rows,
                },
                parameters: self.store.parameters(),
                state: self.store.state(),
                packed: self.packed,
                shared: self.shared,
                // SAFETY: the arena and the gradients are this lane's. Chunks hold disjoint examples and have numbers of their own
                // (`Split`), so other rows of `kept` and `partial`, whose tables have been checked (the caller).
                buffers: unsafe { Buffers::new(windows, &tables) },
                key: self.key,
                loss: self.loss,
                team: team.again(),
                loss_sums: &mut losses[index * sums..][..sums],
                watch: self.watch,
            };
            body(&mut chunk);
        }
    }
}
