//! Finding where a NaN or an infinity began: the first input, tensor or layer that isn't finite.

use super::culprit::Culprit;
use super::error::EngineError;
use super::finite_watch::FiniteWatch;
use super::inputs::{Elements, InputArrays};
use super::port::OutputPort;
use super::program::Program;
use super::store::Store;
use crate::simd::all_finite;

/// The first layer that the watch saw not finite.
pub(super) fn layer(program: &Program, watch: &FiniteWatch) -> Option<Culprit> {
    let layer = program.graph.layers.get(watch.first()?)?;
    Some(Culprit::Layer {
        name: layer.name,
        kind: layer.kind,
    })
}

/// The first input example or tensor that isn't finite.
pub(super) fn inputs_and_tensors(
    program: &Program,
    store: &Store,
    inputs: InputArrays<'_>,
) -> Option<Culprit> {
    for (number, port) in program.inputs.iter().enumerate() {
        let Elements::F32(values) = inputs.get(number) else {
            continue;
        };
        if let Some(index) = values.iter().position(|x| !x.is_finite()) {
            return Some(Culprit::Input {
                input: port.name,
                example: index / port.size().max(1),
            });
        }
    }
    let tensor = program
        .tensors
        .iter()
        .find(|info| !all_finite(store.tensor(info)))?;
    Some(Culprit::Tensor(tensor.name))
}

/// The first tensor whose gradient isn't finite.
pub(super) fn gradients(program: &Program, gradients: &[f32]) -> Option<Culprit> {
    let trained = program.tensors.iter().filter(|info| info.trained);
    let info = trained
        .into_iter()
        .find(|info| !all_finite(&gradients[info.offset..info.offset + info.len()]))?;
    Some(Culprit::Gradient(info.name))
}

/// The first tensor of the state that isn't finite.
pub(super) fn state(program: &Program, store: &Store) -> Option<Culprit> {
    if all_finite(store.state()) {
        return None;
    }
    let mut state = program.tensors.iter().filter(|info| !info.trained);
    let info = state.find(|info| !all_finite(store.tensor(info)))?;
    Some(Culprit::State(info.name))
}

/// An error for the first example of an input that isn't finite.
pub(super) fn inputs(
    program: &'static Program,
    inputs: InputArrays<'_>,
) -> Result<(), EngineError> {
    for (number, port) in program.inputs.iter().enumerate() {
        let Elements::F32(values) = inputs.get(number) else {
            continue;
        };
        if let Some((example, value)) = not_finite(values, port.size()) {
            let (model, input) = (program.name, port.name);
            return Err(EngineError::InputNotFinite {
                model,
                input,
                example,
                value,
            });
        }
    }
    Ok(())
}

/// An error for the first example of an output that isn't finite.
pub(super) fn predictions(
    program: &'static Program,
    store: &Store,
    port: &OutputPort,
    values: &[f32],
) -> Result<(), EngineError> {
    let Some((example, value)) = not_finite(values, port.size()) else {
        return Ok(());
    };
    let mut tensors = program.tensors.iter();
    let broken = tensors.find(|info| !all_finite(store.tensor(info)));
    Err(EngineError::Prediction {
        model: program.name,
        output: port.name,
        example,
        value,
        tensor: broken.map(|info| info.name),
    })
}

/// The first example with a number that isn't finite, and the number.
fn not_finite(values: &[f32], size: usize) -> Option<(usize, f32)> {
    if all_finite(values) {
        return None;
    }
    let index = values.iter().position(|x| !x.is_finite())?;
    Some((index / size.max(1), values[index]))
}
