//! A model's tensors to a file and back.

use super::{Differences, Metadata, NamedTensor, WeightsError, WeightsFile, write};
use crate::engine::{Network, Store, TensorInfo};
use std::path::Path;

/// In names of tensors that belong to training and not to the model: no name in a model has a slash.
pub(crate) const FOREIGN: char = '/';

/// Saves all parameters and state (running statistics) of a model as safetensors.
///
/// The file is written beside its destination and then renamed; the same values give the same bytes.
///
/// # Errors
/// [`WeightsError::Write`]; what stood at `path` before is then still there.
pub fn save(network: &dyn Network, path: impl AsRef<Path>) -> Result<(), WeightsError> {
    write(
        path,
        &model_tensors(network),
        &Metadata::new(network.program().name),
    )
}

/// Loads all parameters and state of a model from a safetensors file, that of a training checkpoint included.
///
/// Names and shapes must be the same in file and model; F64, F16 and BF16 become `f32`.
///
/// # Errors
/// A [`WeightsError`]: the file can't be read, is damaged, or differs from the model, with a list of all differences.
/// The model is then unchanged.
pub fn load(network: &mut dyn Network, path: impl AsRef<Path>) -> Result<(), WeightsError> {
    load_file(network, &WeightsFile::open(path)?)
}

/// What [`load_partial`] did.
#[derive(Clone, Debug, PartialEq)]
pub struct PartialLoad {
    /// The tensors that were loaded, in the model's order.
    pub loaded: Vec<&'static str>,
    /// What differs: the model's tensors that kept their values, and the file's that weren't used.
    pub differences: Differences,
}

/// Loads those tensors whose name and shape are the same in file and model, and leaves the others: transfer learning.
///
/// # Errors
/// A [`WeightsError`]: the file can't be read or is damaged, or no tensor fits. The model is then unchanged.
pub fn load_partial(
    network: &mut dyn Network,
    path: impl AsRef<Path>,
) -> Result<PartialLoad, WeightsError> {
    let file = WeightsFile::open(path)?;
    let differences = compare(network, &file);
    let differs = |info: &TensorInfo| {
        differences
            .iter()
            .any(|difference| difference.name() == info.name)
    };
    let fitting: Vec<&'static TensorInfo> = network
        .program()
        .tensors
        .iter()
        .filter(|info| !differs(info))
        .collect();
    if fitting.is_empty() {
        return Err(WeightsError::NothingFits {
            path: file.path().into(),
            model: network.program().name.into(),
            differences,
        });
    }
    let values = read(&file, &fitting)?;
    copy(network.store_mut(), &fitting, &values);
    Ok(PartialLoad {
        loaded: fitting.iter().map(|info| info.name).collect(),
        differences,
    })
}

/// Loads an opened file.
pub(crate) fn load_file(network: &mut dyn Network, file: &WeightsFile) -> Result<(), WeightsError> {
    check(network, file)?;
    let all: Vec<&'static TensorInfo> = network.program().tensors.iter().collect();
    let values = read(file, &all)?;
    copy(network.store_mut(), &all, &values);
    Ok(())
}

/// Compares all names and shapes.
pub(crate) fn check(network: &dyn Network, file: &WeightsFile) -> Result<(), WeightsError> {
    let differences = compare(network, file);
    if differences.is_empty() {
        return Ok(());
    }
    let model = network.program().name;
    let written_by = file
        .metadata()
        .map(|metadata| metadata.model.clone())
        .filter(|name| name != model);
    Err(WeightsError::Mismatch {
        path: file.path().into(),
        model: model.into(),
        written_by,
        differences,
    })
}

/// All tensors of a model, ready to be written.
pub(crate) fn model_tensors(network: &dyn Network) -> Vec<NamedTensor<'_>> {
    let store = network.store();
    let tensor = |info: &'static TensorInfo| NamedTensor {
        name: info.name,
        shape: info.shape,
        values: store.tensor(info),
    };
    network.program().tensors.iter().map(tensor).collect()
}

fn compare(network: &dyn Network, file: &WeightsFile) -> Differences {
    let expected = network
        .program()
        .tensors
        .iter()
        .map(|info| (info.name, info.shape));
    let found = file.tensors().map(|(name, tensor)| (name, tensor.shape()));
    Differences::between(expected, found.filter(|(name, _)| !name.contains(FOREIGN)))
}

/// The values of tensors that the file has, all read before any is used.
fn read(file: &WeightsFile, infos: &[&TensorInfo]) -> Result<Vec<Vec<f32>>, WeightsError> {
    // A name without tensor can't come here: `compare` would have listed it.
    let present = infos
        .iter()
        .filter_map(|info| file.tensor(info.name).map(|tensor| (info.name, tensor)));
    present
        .map(|(name, tensor)| file.values(name, tensor))
        .collect()
}

fn copy(store: &mut Store, infos: &[&'static TensorInfo], values: &[Vec<f32>]) {
    for (info, values) in infos.iter().zip(values) {
        store.tensor_mut(info).copy_from_slice(values);
    }
}
