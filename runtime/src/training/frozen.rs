//! Tensors that training leaves as they are.

use super::TrainError;
use crate::engine::{Network, Program, TensorInfo};
use crate::optimizers::{Optimizer, OptimizerError, OptimizerStep, TensorPart};
use crate::weights::nearest;

/// The tensors that [`Fit::freeze`](super::Fit::freeze) names.
#[derive(Default)]
pub(super) struct Frozen {
    parameters: Vec<&'static TensorInfo>,
    /// State, with the values that it keeps.
    state: Vec<(&'static TensorInfo, Vec<f32>)>,
}

impl Frozen {
    pub(super) fn new(program: &'static Program, names: &[String]) -> Result<Self, TrainError> {
        let mut frozen = Self::default();
        for name in names {
            if !program.tensors.iter().any(|info| is_of(info, name)) {
                return Err(unknown(program, name));
            }
        }
        let named = |info: &&TensorInfo| names.iter().any(|name| is_of(info, name));
        for info in program.tensors.iter().filter(named) {
            match info.trained {
                true => frozen.parameters.push(info),
                false => frozen.state.push((info, Vec::new())),
            }
        }
        let trained = program.tensors.iter().filter(|info| info.trained);
        if !names.is_empty() && trained.count() == frozen.parameters.len() {
            let expected = "a tensor that is left to train";
            return Err(TrainError::setting("freeze", expected, "all frozen"));
        }
        Ok(frozen)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.state.is_empty()
    }

    /// Keeps in mind what the state is now.
    pub(super) fn keep(&mut self, network: &dyn Network) {
        for (info, values) in &mut self.state {
            *values = network.store().tensor(info).to_vec();
        }
    }

    /// Sets the state back to what it was.
    pub(super) fn restore(&self, network: &mut dyn Network) {
        for (info, values) in &self.state {
            network.store_mut().tensor_mut(info).copy_from_slice(values);
        }
    }

    /// Takes the frozen parameters out of all gradients.
    pub(super) fn clear(&self, gradients: &mut [f32]) {
        for info in &self.parameters {
            gradients[info.offset..][..info.len()].fill(0.0);
        }
    }

    /// An optimizer that leaves the frozen parameters alone.
    pub(super) fn guard<'a>(&self, optimizer: Box<dyn Optimizer + 'a>) -> Box<dyn Optimizer + 'a> {
        if self.parameters.is_empty() {
            return optimizer;
        }
        let names = self.parameters.iter().map(|info| info.name).collect();
        Box::new(Guarded { optimizer, names })
    }
}

/// Whether a tensor has this name or is part of the layer or block that has it.
fn is_of(info: &TensorInfo, name: &str) -> bool {
    let rest = info.name.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn unknown(program: &'static Program, name: &str) -> TrainError {
    let names = program.tensors.iter().map(|info| info.name);
    let all = names.flat_map(|name| {
        let ends = name.match_indices('.').map(|(end, _)| end);
        ends.chain([name.len()]).map(move |end| &name[..end])
    });
    let hint = nearest(name, all).map(|nearest| format!("; did you mean `{nearest}`?"));
    let expected = format!(
        "names of tensors, or of layers and blocks with tensors, of `{}`",
        program.name
    );
    let found = format!("`{}`{}", name.escape_debug(), hint.unwrap_or_default());
    TrainError::setting("freeze", expected, found)
}

/// An optimizer that some parameters are kept from.
struct Guarded<'a> {
    optimizer: Box<dyn Optimizer + 'a>,
    names: Vec<&'static str>,
}

impl Optimizer for Guarded<'_> {
    fn name(&self) -> &'static str {
        self.optimizer.name()
    }

    fn settings(&self) -> String {
        self.optimizer.settings()
    }

    fn learning_rate(&self) -> f32 {
        self.optimizer.learning_rate()
    }

    fn slots(&self) -> &'static [&'static str] {
        self.optimizer.slots()
    }

    fn squares(&self) -> &'static [&'static str] {
        self.optimizer.squares()
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        self.optimizer.validate()
    }

    fn needs_whole(&self, name: &str, shape: &[usize]) -> bool {
        self.optimizer.needs_whole(name, shape)
    }

    fn factors(&self, number: u64, learning_rate: f32) -> [f32; 4] {
        self.optimizer.factors(number, learning_rate)
    }

    fn update(&self, step: &OptimizerStep, part: TensorPart<'_>) {
        if !self.names.contains(&part.name) {
            self.optimizer.update(step, part);
        }
    }
}
