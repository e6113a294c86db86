//! Blocks that are recomputed: their forward is written once more before their backward, which then reads what that makes.

use std::collections::HashSet;

use super::Lowering;
use crate::id::{BufferId, RecomputeId};
use crate::step::{Access, At, Rerun, Step};

/// What is known of recomputed blocks while backward is written.
#[derive(Debug, Default)]
pub struct Recomputing {
    /// The blocks whose forward has been run again, in the order of [`Steps::reruns`](crate::step::Steps::reruns).
    begun: Vec<RecomputeId>,
    /// What was made in the first run of forward, or around a block, and is kept for backward all the same: who else needs it
    /// has been written before the block that makes it.
    kept: HashSet<BufferId>,
}

/// The buffers that steps read, or change.
fn reads<'s>(steps: impl IntoIterator<Item = &'s Step>) -> impl Iterator<Item = BufferId> {
    let buffers = steps.into_iter().flat_map(Step::buffers);
    let read = buffers.filter(|(_, access)| *access != Access::Write);
    read.map(|(buffer, _)| buffer)
}

impl Lowering<'_> {
    /// Runs the recomputed blocks around a node again, outermost first, where backward comes to one for the first time, with
    /// `gradient`.
    pub(super) fn recompute_around(&mut self, index: usize, gradient: BufferId) {
        let innermost = self.fused.nodes[index].recomputed;
        let around: Vec<RecomputeId> = self.graph.recomputed_around(innermost).collect();
        for block in around.into_iter().rev() {
            if !self.recomputing.begun.contains(&block) {
                self.recompute(block, index, gradient);
            }
        }
    }

    /// Forward of a block once more, up to node `last`.
    fn recompute(&mut self, block: RecomputeId, last: usize, gradient: BufferId) {
        let first = self.sheet.steps.steps.len();
        // A block's nodes stand one after the other.
        let nodes = (0..=last).rev().take_while(|&node| self.is_in(node, block));
        let begin = nodes.last().unwrap_or(last);
        for index in begin..=last {
            let value = self.fused.nodes[index].output;
            let made = self.sheet.value(value);
            let is_kept = self.recomputing.kept.contains(&made);
            if is_kept || self.sheet.steps.buffers[made].lasting {
                continue;
            }
            let (layer, facts) = (self.layer(index), &self.facts[index]);
            let again = self.sheet.rows_like(format!("{} again", facts.name), value);
            self.sheet.values[value].buffer = Some(again);
            layer.recompute(&mut At::forward(facts, &mut self.sheet));
        }
        let steps = &mut self.sheet.steps.steps;
        let end = steps.len();
        for step in &mut steps[first..] {
            step.purpose = format!("again: {}", step.purpose);
        }
        let buffers = steps[first..].iter().flat_map(Step::buffers);
        let written = buffers.filter(|(_, access)| *access != Access::Read);
        let written: HashSet<BufferId> = written.map(|(buffer, _)| buffer).collect();
        let taken = reads(&steps[first..]).filter(|buffer| !written.contains(buffer));
        self.recomputing.kept.extend(taken);
        self.sheet.steps.reruns.push(Rerun {
            of: block,
            forward: first..end,
            backward: end..end,
            gradient,
        });
        self.recomputing.begun.push(block);
    }

    fn is_in(&self, index: usize, block: RecomputeId) -> bool {
        let innermost = self.fused.nodes[index].recomputed;
        let mut around = self.graph.recomputed_around(innermost);
        around.any(|around| around == block)
    }

    /// Notes what the backward of a node, the steps from `first` on, needs of forward, and lets the reruns around the node
    /// reach up to here.
    pub(super) fn end_backward_of(&mut self, index: usize, first: usize) {
        let end = self.sheet.steps.steps.len();
        let read = reads(&self.sheet.steps.steps[first..]);
        self.recomputing.kept.extend(read);
        let innermost = self.fused.nodes[index].recomputed;
        for around in self.graph.recomputed_around(innermost) {
            let mut begun = self.recomputing.begun.iter();
            if let Some(place) = begun.position(|&block| block == around) {
                self.sheet.steps.reruns[place].backward.end = end;
            }
        }
    }
}
