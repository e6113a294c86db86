//! Steps to a schedule: stages cut where the whole batch must meet, and a region and lifetime for each buffer.

use std::collections::HashMap;

use crate::step::{Access, BufferId, Kind, Place, Step, Steps, TensorId, What};

/// Where a buffer lies, with its position in the region's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// In the thread's arena: alive for some steps of one stage.
    Chunk(usize),
    /// Kept for the whole batch: alive for some stages.
    Kept(usize),
    /// A row for each chunk.
    Partial(usize),
    /// The result of a reduction.
    Shared(usize),
    /// The model's input.
    Input(usize),
    /// Touched by no step.
    Nowhere,
}

/// A buffer and when it is alive: steps for `Chunk`, stages for `Kept`.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub buffer: BufferId,
    pub first: usize,
    pub last: usize,
}

/// One stage: what every chunk runs, then what runs once.
#[derive(Debug, Default)]
pub struct Stage {
    pub chunk: Vec<Step>,
    pub between: Vec<Step>,
}

/// Everything that `emit` needs to know.
#[derive(Debug)]
pub struct Schedule {
    pub stages: Vec<Stage>,
    /// Weight gradients over the whole batch, by tensor.
    pub weights: Vec<(TensorId, Vec<Step>)>,
    pub positions: Vec<Position>,
    pub chunk: Vec<Placed>,
    pub kept: Vec<Placed>,
    pub partial: Vec<BufferId>,
    pub shared: Vec<BufferId>,
    /// Tensors whose gradient lanes add up, and those that steps between stages add to.
    pub lane: Vec<TensorId>,
    pub whole: Vec<TensorId>,
}

/// Cuts `steps` into stages and places every buffer.
pub fn plan(steps: &Steps) -> Schedule {
    let levels = levels(steps);
    let count = steps
        .steps
        .iter()
        .zip(&levels)
        .filter(|(step, _)| !matches!(step.place, Place::Weight(_)));
    let count = count.map(|(_, &level)| level + 1).max().unwrap_or(1);
    let mut schedule = Schedule {
        stages: (0..count).map(|_| Stage::default()).collect(),
        weights: Vec::new(),
        positions: vec![Position::Nowhere; steps.buffers.len()],
        chunk: Vec::new(),
        kept: Vec::new(),
        partial: Vec::new(),
        shared: Vec::new(),
        lane: Vec::new(),
        whole: Vec::new(),
    };
    for (step, &level) in steps.steps.iter().zip(&levels) {
        match step.place {
            Place::Chunk => schedule.stages[level].chunk.push(step.clone()),
            Place::Between => schedule.stages[level].between.push(step.clone()),
            Place::Weight(tensor) => {
                match schedule.weights.iter_mut().find(|(t, _)| *t == tensor) {
                    Some((_, steps)) => steps.push(step.clone()),
                    None => schedule.weights.push((tensor, vec![step.clone()])),
                }
            }
        }
        for operand in &step.operands {
            let list = match operand.what {
                What::Gradient(tensor) => Some((&mut schedule.lane, tensor)),
                What::WholeGradient(tensor) => Some((&mut schedule.whole, tensor)),
                _ => None,
            };
            if let Some((list, tensor)) = list
                && !list.contains(&tensor)
            {
                list.push(tensor);
            }
        }
    }
    schedule.place(steps);
    schedule
}

/// The stage of each step: as early as what it reads allows. A chunk sees what a step between stages made from the
/// next stage on.
fn levels(steps: &Steps) -> Vec<usize> {
    #[derive(Clone, Copy, Default)]
    struct Last {
        /// The first stage in which a chunk, and in which a step between stages, may touch the buffer.
        chunk: usize,
        between: usize,
    }
    let mut written: HashMap<BufferId, Last> = HashMap::new();
    let mut touched: HashMap<BufferId, Last> = HashMap::new();
    let mut levels = Vec::with_capacity(steps.steps.len());
    for step in &steps.steps {
        let mut level = 0;
        for (buffer, access) in step.buffers() {
            let before = if access == Access::Read {
                &written
            } else {
                &touched
            };
            if let Some(last) = before.get(&buffer) {
                level = level.max(if step.place == Place::Chunk {
                    last.chunk
                } else {
                    last.between
                });
            }
        }
        let after = match step.place {
            Place::Between => Last {
                chunk: level + 1,
                between: level,
            },
            _ => Last {
                chunk: level,
                between: level,
            },
        };
        for (buffer, access) in step.buffers() {
            if access != Access::Read {
                written.insert(buffer, after);
            }
            let last = touched.entry(buffer).or_default();
            last.chunk = last.chunk.max(after.chunk);
            last.between = last.between.max(after.between);
        }
        levels.push(level);
    }
    levels
}

impl Schedule {
    fn place(&mut self, steps: &Steps) {
        /// Which steps and stages touch a buffer.
        #[derive(Clone, Copy)]
        struct Touch {
            steps: (usize, usize),
            stages: (usize, usize),
            late: bool,
        }
        let mut touches: Vec<Option<Touch>> = vec![None; steps.buffers.len()];
        let mut number = 0;
        let mut touch = |buffer: BufferId, number: usize, stage: usize, late: bool| {
            let touch = touches[buffer].get_or_insert(Touch {
                steps: (number, number),
                stages: (stage, stage),
                late,
            });
            touch.steps.1 = touch.steps.1.max(number);
            touch.stages.1 = touch.stages.1.max(stage);
            touch.late |= late;
        };
        for (index, stage) in self.stages.iter().enumerate() {
            for step in stage.chunk.iter().chain(&stage.between) {
                step.buffers()
                    .for_each(|(buffer, _)| touch(buffer, number, index, false));
                number += 1;
            }
        }
        for (_, late) in &self.weights {
            for step in late {
                step.buffers()
                    .for_each(|(buffer, _)| touch(buffer, number, self.stages.len(), true));
            }
        }
        for (id, buffer) in steps.buffers.iter().enumerate() {
            let Some(touch) = touches[id] else {
                continue;
            };
            self.positions[id] = match buffer.kind {
                Kind::Input(index) => Position::Input(index),
                Kind::Partial => append(&mut self.partial, id, Position::Partial),
                Kind::Shared => append(&mut self.shared, id, Position::Shared),
                Kind::Rows
                    if touch.stages.0 == touch.stages.1 && !touch.late && !buffer.lasting =>
                {
                    let placed = Placed {
                        buffer: id,
                        first: touch.steps.0,
                        last: touch.steps.1,
                    };
                    append(&mut self.chunk, placed, Position::Chunk)
                }
                Kind::Rows => {
                    let last = if buffer.lasting {
                        self.stages.len()
                    } else {
                        touch.stages.1
                    };
                    let placed = Placed {
                        buffer: id,
                        first: touch.stages.0,
                        last,
                    };
                    append(&mut self.kept, placed, Position::Kept)
                }
            };
        }
    }
}

fn append<T>(list: &mut Vec<T>, item: T, position: impl Fn(usize) -> Position) -> Position {
    list.push(item);
    position(list.len() - 1)
}
