//! Where steps are cut into stages.

use std::collections::HashMap;

use super::Stage;
use crate::id::{BufferId, TensorId};
use crate::step::{Access, Site, Steps};

/// The stages, and the weight gradients that are taken at the end.
pub fn cut(steps: &Steps) -> (Vec<Stage>, Vec<(TensorId, Vec<usize>)>) {
    let mut stages = vec![Stage::default()];
    let mut weights: Vec<(TensorId, Vec<usize>)> = Vec::new();
    for (number, (step, level)) in steps.steps.iter().zip(levels(steps)).enumerate() {
        if !matches!(step.site, Site::Weight(_)) {
            stages.resize(stages.len().max(level + 1), Stage::default());
        }
        match step.site {
            Site::Chunk => stages[level].chunk.push(number),
            Site::Between => stages[level].between.push(number),
            Site::Weight(tensor) => match weights.iter_mut().find(|(known, _)| *known == tensor) {
                Some((_, numbers)) => numbers.push(number),
                None => weights.push((tensor, vec![number])),
            },
        }
    }
    (stages, weights)
}

/// The first stage in which a chunk, and in which a step between stages, may touch a buffer.
#[derive(Clone, Copy, Default)]
struct From {
    chunk: usize,
    between: usize,
}

/// The stage of each step: as early as what it reads allows. A chunk sees what a step between stages made from the
/// next stage on.
fn levels(steps: &Steps) -> Vec<usize> {
    let mut written: HashMap<BufferId, From> = HashMap::new();
    let mut touched: HashMap<BufferId, From> = HashMap::new();
    let mut levels = Vec::with_capacity(steps.steps.len());
    for step in &steps.steps {
        let mut level = 0;
        for (buffer, access) in step.buffers() {
            let before = match access {
                Access::Read => &written,
                Access::Write | Access::Update => &touched,
            };
            if let Some(from) = before.get(&buffer) {
                level = level.max(match step.site {
                    Site::Chunk => from.chunk,
                    Site::Between | Site::Weight(_) => from.between,
                });
            }
        }
        let chunk = level + usize::from(step.site == Site::Between);
        let after = From {
            chunk,
            between: level,
        };
        for (buffer, access) in step.buffers() {
            if access != Access::Read {
                written.insert(buffer, after);
            }
            let from = touched.entry(buffer).or_default();
            from.chunk = from.chunk.max(after.chunk);
            from.between = from.between.max(after.between);
        }
        levels.push(level);
    }
    levels
}
