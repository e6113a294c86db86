//! Where a NaN or an infinity began: the first input, tensor or layer that isn't finite.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::program::Program;
use super::store::Store;

/// Where values stopped being finite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Culprit {
    /// An input holds a NaN or an infinity.
    Input {
        /// The input.
        input: &'static str,
        /// The first such example of the batch.
        example: usize,
    },
    /// A tensor holds one.
    Tensor(&'static str),
    /// A layer made one out of finite values.
    Layer {
        /// Its name.
        name: &'static str,
        /// Its kind.
        kind: &'static str,
    },
    /// Every layer is finite: it is the loss itself.
    Loss,
    /// The forward pass is finite: a gradient isn't.
    Gradient(&'static str),
}

impl std::fmt::Display for Culprit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Culprit::Input { input, example } => {
                write!(
                    f,
                    "input `{input}` is not finite in example {example} of the batch; clean the data or drop that example"
                )
            }
            Culprit::Tensor(name) => write!(
                f,
                "it began in the parameters, `{name}` is not finite; a smaller learning rate or gradient clipping helps"
            ),
            Culprit::Layer { name, kind } => write!(
                f,
                "it began in layer `{name}` ({kind}), whose inputs are finite and whose output is not; a smaller learning rate, \
                 gradient clipping or normalised inputs help"
            ),
            Culprit::Loss => write!(
                f,
                "all layers are finite, it began in the loss: the outputs are too large for it (a smaller learning rate, gradient \
                 clipping or normalised targets help), or targets lie outside its range"
            ),
            Culprit::Gradient(name) => write!(
                f,
                "the forward pass is finite, it began in the gradient of `{name}`; gradient clipping or a smaller learning rate helps"
            ),
        }
    }
}

/// Watches a run for the first layer that isn't finite.
pub struct Watch {
    first: AtomicUsize,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self {
            first: AtomicUsize::new(usize::MAX),
        }
    }

    pub(super) fn look(&self, layer: usize, values: &[f32]) {
        if layer < self.first.load(Ordering::Relaxed) && !all_finite(values) {
            self.first.fetch_min(layer, Ordering::Relaxed);
        }
    }

    pub(super) fn layer(&self, program: &Program) -> Option<Culprit> {
        let layer = program.layers.get(self.first.load(Ordering::Relaxed))?;
        Some(Culprit::Layer {
            name: layer.name,
            kind: layer.kind,
        })
    }
}

pub(super) fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|x| x.is_finite())
}

/// The first input example or tensor that isn't finite.
pub(super) fn inputs_and_tensors(
    program: &Program,
    store: &Store,
    inputs: &[&[f32]],
) -> Option<Culprit> {
    for (port, values) in program.inputs.iter().zip(inputs) {
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
