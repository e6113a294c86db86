//! Results that are made again where they are read rather than kept: one cheap pass over what is kept anyway costs less than to
//! write a result to memory, hold it through the step and read it back.

use super::Stage;
use crate::id::{BufferId, TensorId};
use crate::step::{Access, Extent, Operand, Step, Steps, What};

/// Puts a copy of each step that may run again into every other stage that reads its result, where that saves memory: the
/// result then lives in the chunks of these stages and isn't kept for the whole batch.
pub fn make_again(steps: &mut Steps, stages: &mut [Stage], weights: &mut [(TensorId, Vec<usize>)]) {
    let mut again = Again::new(steps, stages);
    let chosen: Vec<usize> = (0..steps.steps.len())
        .filter(|&number| again.choose(steps, number))
        .collect();
    // Readers first, so that a copy's own reads are seen when what it reads is copied.
    let mut copies = Vec::new();
    for number in chosen.into_iter().rev() {
        again.copy(steps, number, &mut copies);
    }
    insert(copies, steps, stages, weights);
}

/// A copy that will stand right before the step of number `before`, in its stage.
struct Copy {
    before: usize,
    stage: usize,
    step: Step,
}

/// What is known of steps and buffers while copies are chosen.
struct Again {
    /// The stage of each step over a chunk; none of the others.
    stage: Vec<Option<usize>>,
    /// Of each buffer: the numbers of the steps that read it, and that write or change it.
    readers: Vec<Vec<usize>>,
    writers: Vec<Vec<usize>>,
    /// Until which stage each buffer could be had if those that are made again weren't kept.
    until: Vec<usize>,
    /// Whether a buffer is made again.
    made: Vec<bool>,
}

impl Again {
    fn new(steps: &Steps, stages: &[Stage]) -> Self {
        let count = steps.buffers.len();
        let mut again = Again {
            stage: vec![None; steps.steps.len()],
            readers: vec![Vec::new(); count],
            writers: vec![Vec::new(); count],
            until: vec![0; count],
            made: vec![false; count],
        };
        let mut ends = vec![stages.len(); steps.steps.len()];
        for (index, stage) in stages.iter().enumerate() {
            for &number in &stage.chunk {
                again.stage[number] = Some(index);
            }
            for &number in stage.chunk.iter().chain(&stage.between) {
                ends[number] = index;
            }
        }
        for (number, step) in steps.steps.iter().enumerate() {
            for (buffer, access) in step.buffers() {
                let list = match access {
                    Access::Read => &mut again.readers,
                    Access::Write | Access::Update => &mut again.writers,
                };
                list[buffer].push(number);
                again.until[buffer] = again.until[buffer].max(ends[number]);
            }
        }
        for (buffer, until) in steps.buffers.iter().zip(&mut again.until) {
            if buffer.extent != Extent::Rows {
                *until = stages.len();
            }
        }
        again
    }

    /// Whether the step of this number is run again for the other stages that read its result.
    fn choose(&mut self, steps: &Steps, number: usize) -> bool {
        let step = &steps.steps[number];
        let (Some(own), true) = (self.stage[number], step.again) else {
            return false;
        };
        let mut buffers = step.buffers().filter(|(_, access)| *access != Access::Read);
        let (Some((result, Access::Write)), None) = (buffers.next(), buffers.next()) else {
            return false;
        };
        let buffer = &steps.buffers[result];
        if buffer.extent != Extent::Rows || buffer.lasting || self.writers[result] != [number] {
            return false;
        }
        // A reader outside of the stages' chunks wants it of the whole batch.
        let stages = self.readers[result]
            .iter()
            .map(|&reader| self.stage[reader]);
        let Some(last) = stages
            .collect::<Option<Vec<usize>>>()
            .and_then(|all| all.into_iter().max())
        else {
            return false;
        };
        let rows = |&buffer: &BufferId| steps.buffers[buffer].extent == Extent::Rows;
        let there = |&buffer: &BufferId| {
            let unchanged = self.writers[buffer].iter().all(|&writer| writer < number);
            unchanged && self.until[buffer] >= last
        };
        let from: Vec<BufferId> = reads(step).filter(rows).collect();
        // Else one would be made again from another made again, and so on back to the beginning.
        let branches = from.len() > 1 && from.iter().any(|&buffer| self.made[buffer]);
        if last == own || branches || !reads(step).all(|buffer| there(&buffer)) {
            return false;
        }
        let shortest = reads(step).map(|buffer| self.until[buffer]).min();
        self.until[result] = shortest.unwrap_or(self.until[result]);
        self.made[result] = true;
        true
    }

    /// Copies the step for each other stage that reads its result, and lets that stage read the copy's.
    fn copy(&mut self, steps: &mut Steps, number: usize, copies: &mut Vec<Copy>) {
        let step = steps.steps[number].clone();
        let Some((result, _)) = step.buffers().find(|(_, access)| *access == Access::Write) else {
            return;
        };
        let mut fresh: Vec<(usize, BufferId, usize)> = Vec::new();
        let mut readers: Vec<(Option<usize>, usize)> = self.readers[result]
            .iter()
            .map(|&reader| (None, reader))
            .collect();
        for (index, copy) in copies.iter().enumerate() {
            if reads(&copy.step).any(|buffer| buffer == result) {
                readers.push((Some(index), copy.before));
            }
        }
        for (copy, reader) in readers {
            let Some(stage) = self.stage[reader].filter(|&stage| Some(stage) != self.stage[number])
            else {
                continue;
            };
            let known = fresh.iter_mut().find(|(of, ..)| *of == stage);
            let buffer = match known {
                Some((_, buffer, first)) => {
                    *first = reader.min(*first);
                    *buffer
                }
                None => {
                    let mut buffer = steps.buffers[result].clone();
                    buffer.label = format!("{} again", buffer.label);
                    steps.buffers.push(buffer);
                    fresh.push((stage, steps.buffers.len() - 1, reader));
                    steps.buffers.len() - 1
                }
            };
            let operands = match copy {
                Some(index) => &mut copies[index].step.operands,
                None => &mut steps.steps[reader].operands,
            };
            redirect(operands, result, buffer);
        }
        for (stage, buffer, before) in fresh {
            let mut step = step.clone();
            let told = step.purpose.trim_start_matches("again: ");
            step.purpose = format!("made again: {told}");
            redirect(&mut step.operands, result, buffer);
            copies.push(Copy {
                before,
                stage,
                step,
            });
        }
    }
}

/// The buffers that a step reads.
fn reads(step: &Step) -> impl Iterator<Item = BufferId> {
    step.buffers()
        .filter(|(_, access)| *access == Access::Read)
        .map(|(buffer, _)| buffer)
}

fn redirect(operands: &mut [Operand], from: BufferId, to: BufferId) {
    for operand in operands {
        if let What::Buffer(buffer, _) = &mut operand.what
            && *buffer == from
        {
            *buffer = to;
        }
    }
}

/// Puts the copies before the steps that they are for; every step gets the number of its new place.
fn insert(
    mut copies: Vec<Copy>,
    steps: &mut Steps,
    stages: &mut [Stage],
    weights: &mut [(TensorId, Vec<usize>)],
) {
    if copies.is_empty() {
        return;
    }
    // Of those for the same step the latest made is read by the ones before it.
    copies.reverse();
    copies.sort_by_key(|copy| copy.before);
    let mut copies = copies.into_iter().peekable();
    let old = std::mem::take(&mut steps.steps);
    let mut place = Vec::with_capacity(old.len());
    let mut added = Vec::new();
    for (number, step) in old.into_iter().enumerate() {
        while let Some(copy) = copies.next_if(|copy| copy.before == number) {
            added.push((copy.stage, steps.steps.len()));
            steps.steps.push(copy.step);
        }
        place.push(steps.steps.len());
        steps.steps.push(step);
    }
    let lists = stages
        .iter_mut()
        .flat_map(|stage| [&mut stage.chunk, &mut stage.between])
        .chain(weights.iter_mut().map(|(_, numbers)| numbers));
    for number in lists.flatten() {
        *number = place[*number];
    }
    for rerun in &mut steps.reruns {
        for range in [&mut rerun.forward, &mut rerun.backward] {
            let end = range.end.checked_sub(1).map_or(0, |last| place[last] + 1);
            *range = place.get(range.start).map_or(end, |&start| start)..end;
        }
    }
    for (stage, number) in added {
        let list = &mut stages[stage].chunk;
        let at = list.partition_point(|&other| other < number);
        list.insert(at, number);
    }
}
