//! Finding where a NaN or an infinity began: the first input, tensor or layer that isn't finite.

use super::culprit::Culprit;
use super::finite_watch::{FiniteWatch, all_finite};
use super::inputs::{Elements, InputArrays};
use super::program::Program;
use super::store::Store;

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
