//! Where steps are cut into stages.

use std::collections::HashMap;

use super::Stage;
use crate::id::{BufferId, TensorId};
use crate::step::{Access, Rerun, Site, Steps};

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

/// For each weight gradient over the whole batch, the stage behind which it is taken: at the end, but in a part that is
/// recomputed right there, so that what it reads isn't kept any longer.
pub fn ends(
    steps: &Steps,
    stages: &[Stage],
    weights: &[(TensorId, Vec<usize>)],
) -> Vec<Option<usize>> {
    let levels = levels(steps);
    let ends = weights.iter().map(|(_, uses)| {
        let within = uses.iter().all(|&step| steps.is_weight_of_rerun(step));
        let last = uses.iter().map(|&step| levels[step]).max();
        last.filter(|&last| within && last + 1 < stages.len())
    });
    ends.collect()
}

/// The first stage in which a chunk, and in which a step between stages, may touch a buffer.
#[derive(Clone, Copy, Default)]
struct From {
    chunk: usize,
    between: usize,
}

/// The stage of each step: as early as what it reads allows. A chunk sees what a step between stages made from the
/// next stage on.
///
/// What is run again waits for the gradient that it is run for. Where weight gradients are taken in its backward, it also waits
/// for those of the reruns before it, so that no two of them keep for the whole batch what they read.
fn levels(steps: &Steps) -> Vec<usize> {
    let mut written: HashMap<BufferId, From> = HashMap::new();
    let mut touched: HashMap<BufferId, From> = HashMap::new();
    let mut levels = Vec::with_capacity(steps.steps.len());
    let is_weight = |step: usize| matches!(steps.steps[step].site, Site::Weight(_));
    let mut waits: Vec<Option<&Rerun>> = vec![None; steps.steps.len()];
    for rerun in &steps.reruns {
        waits[rerun.forward.clone()].fill(Some(rerun));
    }
    // The first stage behind the weight gradients of reruns so far.
    let mut behind_weights = 0;
    for (number, step) in steps.steps.iter().enumerate() {
        let mut level = 0;
        if let Some(rerun) = waits[number] {
            level = written.get(&rerun.gradient).map_or(0, |from| from.chunk);
            if rerun.backward.clone().any(is_weight) {
                level = level.max(behind_weights);
            }
        }
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
        if steps.is_weight_of_rerun(number) {
            behind_weights = behind_weights.max(level + 1);
        }
        levels.push(level);
    }
    levels
}
