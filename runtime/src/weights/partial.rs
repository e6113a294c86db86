//! What fits of a file into a model that isn't the one that wrote it: transfer learning.

use super::architecture::{architecture, lines_of};
use super::network::{compare, fill, known_layout, sources};
use super::source::Source;
use super::{Difference, Differences, Layout, WeightsError, WeightsFile};
use crate::engine::Network;
use crate::graph::{Graph, Layer};
use std::collections::HashSet;
use std::path::Path;

/// What [`load_partial`] did.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it tells which tensors kept their values"]
pub struct PartialLoad {
    /// The tensors that were loaded, in the model's order.
    pub loaded: Vec<&'static str>,
    /// What differs: the model's tensors that kept their values, and the file's that weren't used.
    pub differences: Differences,
}

/// Loads the layers that are the same in file and model, and leaves the others: transfer learning.
///
/// A tensor is loaded if its name and shape are the same, and if its layer is: of the same kind and settings, and reading what it read in
/// the network that wrote the file. A convolution with another stride, or the layer behind a `Tanh` that was a `Relu`, keeps its values
/// and stands among the differences. To let names and shapes alone decide, use [`load_partial_from`] with [`Layout::Shapeflow`].
///
/// # Errors
/// A [`WeightsError`]: the file can't be read or is damaged, wasn't written by Shapeflow (see [`load_partial_from`]), or no tensor
/// fits. The model is then unchanged.
pub fn load_partial(
    network: &mut dyn Network,
    path: impl AsRef<Path>,
) -> Result<PartialLoad, WeightsError> {
    let file = WeightsFile::open(path)?;
    known_layout(network, &file)?;
    let theirs = file.metadata().map_or(&[][..], |data| &data.architecture);
    let others = other_layers(network.program().graph, theirs);
    partial(network, &file, Layout::Shapeflow, others)
}

/// Loads those tensors whose name and shape are the same in the model and in a file of the given [`Layout`], and leaves the others.
///
/// # Errors
/// As [`load_partial`], and [`WeightsError::Layout`].
pub fn load_partial_from(
    network: &mut dyn Network,
    path: impl AsRef<Path>,
    layout: Layout,
) -> Result<PartialLoad, WeightsError> {
    partial(network, &WeightsFile::open(path)?, layout, Vec::new())
}

/// A layer that is another one in the file.
type Other = (&'static Layer, Difference);

/// The layers with tensors for which the file's lines, if it has any, aren't the model's.
fn other_layers(graph: &'static Graph, theirs: &[String]) -> Vec<Other> {
    if theirs.is_empty() {
        return Vec::new();
    }
    let ours = architecture(graph);
    let layers = graph
        .layers
        .iter()
        .filter(|layer| !layer.tensors.is_empty());
    let other = |layer: &'static Layer| {
        let (expected, found) = (lines_of(&ours, layer.name), lines_of(theirs, layer.name));
        (expected != found).then(|| {
            let (name, expected, found) =
                (layer.name.into(), expected.join(", "), found.join(", "));
            let difference = Difference::Layer {
                name,
                expected,
                found,
            };
            (layer, difference)
        })
    };
    layers.filter_map(other).collect()
}

fn partial(
    network: &mut dyn Network,
    file: &WeightsFile,
    layout: Layout,
    others: Vec<Other>,
) -> Result<PartialLoad, WeightsError> {
    let graph = network.program().graph;
    let sources = sources(network, file, layout)?;
    let mut differences = compare(network, file, &sources);
    let differing: HashSet<String> = differences.iter().map(|d| d.name().to_owned()).collect();
    let mut fitting: Vec<Source> = sources
        .into_iter()
        .filter(|source| !differing.contains(source.name.as_str()))
        .collect();
    for (layer, difference) in others {
        let tensors = graph.tensors_of(layer);
        let before = fitting.len();
        fitting.retain(|source| tensors.iter().all(|info| info.name != source.info.name));
        // Where no tensor would fit, that has been said.
        if fitting.len() < before {
            differences.push(difference);
        }
    }
    if fitting.is_empty() {
        return Err(WeightsError::NothingFits {
            path: file.path().into(),
            model: network.program().name.into(),
            differences,
        });
    }
    fill(network, file, &fitting)?;
    Ok(PartialLoad {
        loaded: fitting.iter().map(|source| source.info.name).collect(),
        differences,
    })
}
