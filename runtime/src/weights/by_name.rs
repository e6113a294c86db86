//! A model's tensors by their names.

use ndarray::{ArrayView, ArrayViewD, ArrayViewMut, ArrayViewMutD, IxDyn};

use super::excerpt::excerpt;
use super::nearest::nearest;
use crate::debug_as_display::debug_as_display;
use crate::engine::Network;
use crate::graph::{Graph, TensorInfo};

/// A name that no tensor of a model has.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{model}` has no tensor `{}`{hint}", name.escape_debug())]
#[non_exhaustive]
pub struct UnknownTensor {
    /// The model's name.
    pub model: &'static str,
    /// The name that was asked for.
    pub name: String,
    /// The name most like it.
    pub nearest: Option<&'static str>,
    /// What it may have been, for the message.
    hint: String,
}

debug_as_display!(UnknownTensor);

/// As many names stand in a message.
const NAMED: usize = 8;

impl UnknownTensor {
    fn new(graph: &'static Graph, name: &str) -> Self {
        let names = || graph.tensors.iter().map(|info| info.name);
        let layer = graph.layers.iter().find(|layer| layer.name == name);
        let nearest = nearest(name, names());
        let hint = match (layer, nearest) {
            (Some(layer), _) if !layer.tensors.is_empty() => {
                let tensors = graph.tensors_of(layer).iter().map(|info| info.name);
                format!(", that is a layer: its tensors are {}", listed(tensors))
            }
            (Some(_), _) => ", that is a layer without weights".into(),
            (None, Some(nearest)) => format!("; did you mean `{nearest}`?"),
            (None, None) if graph.tensors.is_empty() => ": it has none".into(),
            (None, None) => format!("; it has {}", listed(names())),
        };
        Self {
            model: graph.name,
            name: name.into(),
            nearest,
            hint,
        }
    }
}

/// The first names, and how many more there are.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let names = names.take(NAMED).map(|name| format!("`{}`", excerpt(name)));
    let names: Vec<String> = names.collect();
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// The tensor `name` of a model.
fn info(network: &dyn Network, name: &str) -> Result<&'static TensorInfo, UnknownTensor> {
    let program = network.program();
    let mut tensors = program.tensors.iter();
    tensors
        .find(|info| info.name == name)
        .ok_or_else(|| UnknownTensor::new(program.graph, name))
}

/// The tensor `name` of a model of which the type isn't known; [`Model::tensor`](crate::model::Model::tensor) where it is.
pub(crate) fn tensor<'a>(
    network: &'a dyn Network,
    name: &str,
) -> Result<ArrayViewD<'a, f32>, UnknownTensor> {
    let info = info(network, name)?;
    let view = ArrayView::from_shape(IxDyn(info.shape), network.store().tensor(info));
    Ok(view.expect("a tensor has as many numbers as its shape says"))
}

/// The same, to be changed.
pub(crate) fn tensor_mut<'a>(
    network: &'a mut dyn Network,
    name: &str,
) -> Result<ArrayViewMutD<'a, f32>, UnknownTensor> {
    let info = info(network, name)?;
    let view = ArrayViewMut::from_shape(IxDyn(info.shape), network.store_mut().tensor_mut(info));
    Ok(view.expect("a tensor has as many numbers as its shape says"))
}

/// What a callback does with the network that it is lent.
impl dyn Network + '_ {
    /// The tensor `name`, such as `conv2d1.weight`.
    ///
    /// # Errors
    /// [`UnknownTensor`], with the nearest name.
    pub fn tensor(&self, name: &str) -> Result<ArrayViewD<'_, f32>, UnknownTensor> {
        tensor(self, name)
    }

    /// The tensor `name`, to be changed.
    ///
    /// # Errors
    /// [`UnknownTensor`], with the nearest name.
    pub fn tensor_mut(&mut self, name: &str) -> Result<ArrayViewMutD<'_, f32>, UnknownTensor> {
        tensor_mut(self, name)
    }
}
