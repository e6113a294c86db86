//! Steps to a plan: stages cut where the whole batch must meet, what is made again in place of being kept, and a place for each
//! buffer.

mod again;
mod layout;
mod stages;

use crate::id::{BufferId, TensorId};
use crate::step::{Buffer, Call, Extent, Mode, Step, Steps, What};

pub use layout::{Layout, Placed};

/// The steps of one mode in stages, with where every buffer lies. What a target prints.
#[derive(Debug)]
pub struct Plan {
    pub mode: Mode,
    pub steps: Steps,
    pub stages: Vec<Stage>,
    /// Weight gradients over the whole batch, by tensor: the steps of its uses.
    pub weights: Vec<(TensorId, Vec<usize>)>,
    /// For each of them, the stage behind which it is taken; at the end where there is none.
    pub weight_ends: Vec<Option<usize>>,
    pub positions: Vec<Position>,
    /// In the thread's arena: buffers alive for some steps of one stage.
    pub chunk: Layout,
    /// Kept for the whole batch: buffers alive for some stages.
    pub kept: Layout,
    /// Where something is recomputed, the arena as it would be without, and what lies there. A batch is cut by that one, so
    /// that recomputing changes no bit of a result.
    pub cut: Option<(Layout, Vec<Buffer>)>,
    /// What chunks leave for a reduction over the batch.
    pub partial: Vec<BufferId>,
    /// What such reductions produce.
    pub shared: Vec<BufferId>,
    /// For each packed weight, the stages that read it first and last.
    pub packs: Vec<[usize; 2]>,
    /// Tensors whose gradients lanes add up, and those that steps between stages add to.
    pub lane: Vec<TensorId>,
    pub whole: Vec<TensorId>,
}

/// One stage: the numbers of the steps that every chunk runs, then of those that run once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    pub chunk: Vec<usize>,
    pub between: Vec<usize>,
}

/// Where a buffer lies, with its number in the list of its region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Chunk(usize),
    Kept(usize),
    Partial(usize),
    Shared(usize),
    /// The model's input.
    Input(usize),
    /// Touched by no step.
    Nowhere,
}

impl Plan {
    /// The steps of these numbers.
    pub fn run(&self, numbers: &[usize]) -> impl Iterator<Item = &Step> {
        numbers.iter().map(|&number| &self.steps.steps[number])
    }
}

/// Cuts `steps` into stages and places every buffer.
pub fn plan(mut steps: Steps, mode: Mode) -> Plan {
    let (mut stages, mut weights) = stages::cut(&steps);
    let weight_ends = stages::ends(&steps, &stages, &weights);
    again::make_again(&mut steps, &mut stages, &mut weights);
    let (mut lane, mut whole) = (Vec::new(), Vec::new());
    for operand in steps.steps.iter().flat_map(|step| &step.operands) {
        let (list, tensor) = match operand.what {
            What::Gradient(tensor) => (&mut lane, tensor),
            What::WholeGradient(tensor) => (&mut whole, tensor),
            _ => continue,
        };
        if !list.contains(&tensor) {
            list.push(tensor);
        }
    }
    let packs = packs_read(&steps, &stages);
    let mut plan = Plan {
        mode,
        positions: vec![Position::Nowhere; steps.buffers.len()],
        stages,
        weights,
        weight_ends,
        cut: None,
        chunk: Layout::default(),
        kept: Layout::default(),
        partial: Vec::new(),
        shared: Vec::new(),
        packs,
        lane,
        whole,
        steps,
    };
    place(&mut plan);
    plan
}

/// For each packed weight, the stages whose chunks read it first and last.
fn packs_read(steps: &Steps, stages: &[Stage]) -> Vec<[usize; 2]> {
    let mut read: Vec<Option<[usize; 2]>> = vec![None; steps.packs.len()];
    for (index, stage) in stages.iter().enumerate() {
        let calls = stage
            .chunk
            .iter()
            .flat_map(|&number| steps.steps[number].calls());
        for pack in calls.flat_map(Call::packs) {
            read[pack].get_or_insert([index, index])[1] = index;
        }
    }
    read.into_iter().map(Option::unwrap_or_default).collect()
}

/// Which steps and stages touch a buffer.
#[derive(Clone, Copy)]
struct Touch {
    steps: (usize, usize),
    stages: (usize, usize),
    late: bool,
}

/// When each buffer is touched, counting steps in the order in which they run.
fn touches(plan: &Plan) -> Vec<Option<Touch>> {
    let mut touches: Vec<Option<Touch>> = vec![None; plan.steps.buffers.len()];
    let mut touch = |step: &Step, number: usize, stage: usize, late: bool| {
        for (buffer, _) in step.buffers() {
            let touch = touches[buffer].get_or_insert(Touch {
                steps: (number, number),
                stages: (stage, stage),
                late,
            });
            touch.steps.1 = touch.steps.1.max(number);
            touch.stages.1 = touch.stages.1.max(stage);
            touch.late |= late;
        }
    };
    let mut number = 0;
    for (index, stage) in plan.stages.iter().enumerate() {
        for step in plan.run(&stage.chunk).chain(plan.run(&stage.between)) {
            touch(step, number, index, false);
            number += 1;
        }
    }
    for ((_, steps), end) in plan.weights.iter().zip(&plan.weight_ends) {
        let stage = end.unwrap_or(plan.stages.len());
        plan.run(steps)
            .for_each(|step| touch(step, number, stage, true));
    }
    touches
}

/// Gives every buffer that is touched its region, and each region its layout.
fn place(plan: &mut Plan) {
    let (mut chunk, mut kept) = (Vec::new(), Vec::new());
    let end = plan.stages.len();
    for (id, touch) in touches(plan).into_iter().enumerate() {
        let Some(Touch {
            steps,
            stages,
            late,
        }) = touch
        else {
            continue;
        };
        let buffer = &plan.steps.buffers[id];
        let placed = |(first, last)| Placed {
            buffer: id,
            first,
            last,
        };
        plan.positions[id] = match buffer.extent {
            Extent::Input(index) => Position::Input(index),
            Extent::Partial => Position::Partial(append(&mut plan.partial, id)),
            Extent::Shared => Position::Shared(append(&mut plan.shared, id)),
            Extent::Rows if stages.0 == stages.1 && !late && !buffer.lasting => {
                Position::Chunk(append(&mut chunk, placed(steps)))
            }
            Extent::Rows => {
                let last = if buffer.lasting { end } else { stages.1 };
                Position::Kept(append(&mut kept, placed((stages.0, last))))
            }
        };
    }
    plan.chunk = Layout::new(chunk, &plan.steps.buffers);
    plan.kept = Layout::new(kept, &plan.steps.buffers);
}

/// The number of the item in the list.
fn append<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}

#[cfg(test)]
mod tests;
