//! A model's tensors to a file and back.

use super::architecture::{architecture, difference};
use super::file::{BYTES, index};
use super::source::Source;
use super::written::serialize;
use super::{
    Differences, Extras, Layout, Metadata, NamedTensor, WeightsError, WeightsFile, pytorch, write,
};
use crate::engine::{Network, Store};
use std::path::Path;

/// In names of tensors that belong to training and not to the model: no name in a model has a slash.
pub(crate) const FOREIGN: char = '/';

/// Saves all parameters and state (running statistics) of a model as safetensors.
///
/// The file is written beside its destination and then renamed; the same values give the same bytes.
///
/// # Errors
/// [`WeightsError::Write`], and [`WeightsError::Tensor`] if a weight is NaN or infinite; what stood at `path` before is then still there.
pub fn save(network: &dyn Network, path: impl AsRef<Path>) -> Result<(), WeightsError> {
    save_with(network, path, &Extras::new())
}

/// The same with what belongs to the weights, such as names of classes and normalisers; [`load_with`] and [`read_extras`] give it back.
///
/// # Errors
/// As [`save`], and [`WeightsError::Extra`] if the number of classes isn't that of the model's output.
pub fn save_with(
    network: &dyn Network,
    path: impl AsRef<Path>,
    extras: &Extras,
) -> Result<(), WeightsError> {
    let path = path.as_ref();
    write(
        path,
        &model_tensors(network, path)?,
        &metadata(network, extras)?,
    )
}

/// What [`save_with`] would write, as bytes.
///
/// # Errors
/// As [`save_with`].
pub fn to_bytes(network: &dyn Network, extras: &Extras) -> Result<Vec<u8>, WeightsError> {
    let path = Path::new(BYTES);
    serialize(
        path,
        &model_tensors(network, path)?,
        &metadata(network, extras)?,
    )
}

/// Loads all parameters and state of a model from a file that Shapeflow wrote, a training checkpoint included.
///
/// Names and shapes must be the same in file and model, and so must be the layers that stand between them: a file of a model with
/// `Tanh` doesn't load into one with `Relu`. Dropout, initial weights and the model's name don't count. F64, F16 and BF16 become `f32`.
/// For files of other programs see [`load_from`].
///
/// # Errors
/// A [`WeightsError`]: the file can't be read, is damaged, wasn't written by Shapeflow, differs from the model, with a list of all
/// differences, or holds NaN, infinity or a negative variance. The model is then unchanged.
pub fn load(network: &mut dyn Network, path: impl AsRef<Path>) -> Result<(), WeightsError> {
    load_file(network, &WeightsFile::open(path)?)
}

/// Loads all parameters and state of a model from a file whose tensors lie in the given [`Layout`]: one of PyTorch's, or any.
///
/// # Errors
/// As [`load`], and [`WeightsError::Layout`] if the model can't be filled from a file of this layout.
pub fn load_from(
    network: &mut dyn Network,
    path: impl AsRef<Path>,
    layout: Layout,
) -> Result<(), WeightsError> {
    WeightsFile::open(path)?.load_from(network, layout)
}

/// The same as [`load`], and gives back what [`save_with`] got; nothing, if the file was written by [`save`].
///
/// # Errors
/// As [`load`].
pub fn load_with(
    network: &mut dyn Network,
    path: impl AsRef<Path>,
) -> Result<Extras, WeightsError> {
    WeightsFile::open(path)?.load_with(network)
}

/// What [`save_with`] got, without the weights.
///
/// # Errors
/// A [`WeightsError`]: the file can't be read or is damaged.
pub fn read_extras(path: impl AsRef<Path>) -> Result<Extras, WeightsError> {
    Ok(WeightsFile::open(path)?.extras())
}

impl WeightsFile {
    /// As [`load`], from this file.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(&self, network: &mut dyn Network) -> Result<(), WeightsError> {
        load_file(network, self)
    }

    /// As [`load_with`], from this file.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load_with(&self, network: &mut dyn Network) -> Result<Extras, WeightsError> {
        let extras = self.extras();
        extras.check(network.program())?;
        load_file(network, self)?;
        Ok(extras)
    }

    /// As [`load_from`], from this file.
    ///
    /// # Errors
    /// As [`load_from`].
    pub fn load_from(&self, network: &mut dyn Network, layout: Layout) -> Result<(), WeightsError> {
        let sources = sources(network, self, layout)?;
        let differences = compare(network, self, &sources);
        refuse_differences(network, self, differences)?;
        fill(network, self, &sources)
    }
}

/// Loads an opened file.
pub(crate) fn load_file(network: &mut dyn Network, file: &WeightsFile) -> Result<(), WeightsError> {
    check(network, file)?;
    let sources = same(network);
    fill(network, file, &sources)?;
    let names = file.metadata().map(|data| data.names.clone());
    *network.store_mut().names_mut() = names.unwrap_or_default();
    Ok(())
}

/// Compares all that can be compared without reading values: names, shapes and layers.
pub(crate) fn check(network: &dyn Network, file: &WeightsFile) -> Result<(), WeightsError> {
    known_layout(network, file)?;
    refuse_differences(network, file, compare(network, file, &same(network)))?;
    let program = network.program();
    let theirs = file.metadata().map_or(&[][..], |data| &data.architecture);
    if theirs.is_empty() {
        return Ok(());
    }
    match difference(theirs, &architecture(program.graph)) {
        None => Ok(()),
        Some(lines) => Err(WeightsError::Architecture {
            path: file.path().into(),
            model: program.name.into(),
            differences: lines.to_string(),
        }),
    }
}

/// All tensors of a model, ready to be written.
pub(crate) fn model_tensors<'a>(
    network: &'a dyn Network,
    path: &Path,
) -> Result<Vec<NamedTensor<'a>>, WeightsError> {
    let store = network.store();
    let tensors = network.program().tensors.iter().map(|info| {
        let values = store.tensor(info);
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(WeightsError::Tensor {
                path: path.into(),
                tensor: info.name.into(),
                reason: format!(
                    "is {:?} at {:?}, and a model with that predicts nothing",
                    values[at],
                    index(info.shape, at)
                ),
            });
        }
        Ok(NamedTensor {
            name: info.name,
            shape: info.shape,
            values,
        })
    });
    tensors.collect()
}

fn metadata(network: &dyn Network, extras: &Extras) -> Result<Metadata, WeightsError> {
    extras.check(network.program())?;
    Ok(Metadata {
        extras: extras.clone(),
        ..Metadata::of(network)
    })
}

/// A file without Shapeflow's mark may have any layout.
pub(super) fn known_layout(network: &dyn Network, file: &WeightsFile) -> Result<(), WeightsError> {
    match file.metadata() {
        Some(_) => Ok(()),
        None => Err(WeightsError::UnknownLayout {
            path: file.path().into(),
            model: network.program().name.into(),
        }),
    }
}

pub(super) fn same(network: &dyn Network) -> Vec<Source> {
    network.program().tensors.iter().map(Source::same).collect()
}

/// Where each tensor stands in a file of this layout.
pub(super) fn sources(
    network: &dyn Network,
    file: &WeightsFile,
    layout: Layout,
) -> Result<Vec<Source>, WeightsError> {
    let program = network.program();
    let refuse = |reason: String| WeightsError::Layout {
        path: file.path().into(),
        model: program.name.into(),
        reason,
    };
    let epsilon = match layout {
        Layout::Shapeflow => return Ok(same(network)),
        Layout::PyTorch => None,
        Layout::PyTorchEpsilon(epsilon) => Some(epsilon),
    };
    if file.metadata().is_some() {
        return Err(refuse(
            "Shapeflow wrote it; load it without a layout, or with `Layout::Shapeflow`".into(),
        ));
    }
    pytorch::sources(program.graph, epsilon).map_err(refuse)
}

pub(super) fn compare(
    network: &dyn Network,
    file: &WeightsFile,
    sources: &[Source],
) -> Differences {
    let graph = network.program().graph;
    // A file of another program may have slashes and counters.
    let needed = |name: &str| match file.metadata() {
        Some(_) => !name.contains(FOREIGN),
        None => !pytorch::is_unneeded(graph, name),
    };
    let expected = sources
        .iter()
        .map(|source| (source.name.as_str(), source.shape.as_slice()));
    let found = file.tensors().map(|(name, tensor)| (name, tensor.shape()));
    Differences::between(expected, found.filter(|(name, _)| needed(name)))
}

fn refuse_differences(
    network: &dyn Network,
    file: &WeightsFile,
    differences: Differences,
) -> Result<(), WeightsError> {
    if differences.is_empty() {
        return Ok(());
    }
    let model = network.program().name;
    let written_by = file.metadata().map(|metadata| metadata.model.clone());
    Err(WeightsError::Mismatch {
        path: file.path().into(),
        model: model.into(),
        written_by: written_by.filter(|name| name != model),
        differences,
    })
}

/// Reads tensors that the file has, all before any is used.
pub(super) fn fill(
    network: &mut dyn Network,
    file: &WeightsFile,
    sources: &[Source],
) -> Result<(), WeightsError> {
    let values = sources.iter().map(|source| values(file, source));
    let values = values.collect::<Result<Vec<Vec<f32>>, WeightsError>>()?;
    let store: &mut Store = network.store_mut();
    for (source, values) in sources.iter().zip(&values) {
        store.tensor_mut(source.info).copy_from_slice(values);
    }
    Ok(())
}

fn values(file: &WeightsFile, source: &Source) -> Result<Vec<f32>, WeightsError> {
    let tensor = file.tensor(&source.name)?;
    let values = file.values(&source.name, tensor)?;
    if source.info.name.ends_with(".running_variance")
        && let Some(at) = values.iter().position(|&value| value < 0.0)
    {
        let (found, expected) = (values[at].into(), "a variance, 0 or more");
        return Err(file.wrong_value(&source.name, tensor, at, found, expected));
    }
    Ok(source.arranged(&values))
}
