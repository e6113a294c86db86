//! Parts of forward that are run again for backward, in place of being kept.

use std::collections::HashSet;
use std::ops::Range;

use super::{Access, Site, Steps};
use crate::id::{BufferId, RecomputeId};

/// One use of a block whose forward is run again just before its backward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rerun {
    pub of: RecomputeId,
    /// The steps of forward, once more.
    pub forward: Range<usize>,
    /// The steps that come behind, to the last of the block's backward.
    pub backward: Range<usize>,
    /// The gradient with which backward comes to the block: forward waits for it, though it doesn't read it.
    pub gradient: BufferId,
}

impl Steps {
    /// The weight gradients over the whole batch that are taken in the backward of reruns: they end with it, so that what they
    /// read isn't kept any longer.
    pub fn is_weight_of_rerun(&self, step: usize) -> bool {
        let within = |rerun: &Rerun| rerun.backward.contains(&step);
        matches!(self.steps[step].site, Site::Weight(_)) && self.reruns.iter().any(within)
    }

    /// Drops the steps of reruns whose results nobody reads, and reruns of which nothing is left.
    pub fn drop_useless_reruns(&mut self) {
        if self.reruns.is_empty() {
            return;
        }
        let mut read: HashSet<BufferId> = HashSet::new();
        let mut is_useful = vec![true; self.steps.len()];
        for (number, step) in self.steps.iter().enumerate().rev() {
            let again = self.reruns.iter().any(|one| one.forward.contains(&number));
            let written = |(buffer, access)| access != Access::Read && read.contains(&buffer);
            if again && !step.buffers().any(written) {
                is_useful[number] = false;
                continue;
            }
            let reads = step
                .buffers()
                .filter(|(_, access)| *access != Access::Write);
            read.extend(reads.map(|(buffer, _)| buffer));
        }
        // How many steps are left before each.
        let mut left = Vec::with_capacity(is_useful.len() + 1);
        left.push(0);
        for &useful in &is_useful {
            left.push(left[left.len() - 1] + usize::from(useful));
        }
        for rerun in &mut self.reruns {
            for range in [&mut rerun.forward, &mut rerun.backward] {
                *range = left[range.start]..left[range.end];
            }
        }
        self.reruns.retain(|rerun| !rerun.forward.is_empty());
        let mut useful = is_useful.into_iter();
        self.steps.retain(|_| useful.next() == Some(true));
    }
}
