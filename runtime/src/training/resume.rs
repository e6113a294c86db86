//! A training run in a file, and back: exact resume.
//!
//! A checkpoint is a safetensors file of weights with more in it: `optimizer/<slot>/<tensor>` are the optimizer's slots,
//! `callback/<number>/<name>` what callbacks set aside, and the header's metadata holds the rest as JSON.

use super::options::Options;
use super::{CallbackState, History, TrainError};
use crate::engine::{Network, OptimizerSlots, TensorInfo};
use crate::weights::network::{check, load_file, model_tensors};
use crate::weights::{Metadata, NamedTensor, WeightsFile, write};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The key of the JSON among the metadata's entries.
const ENTRY: &str = "training";

/// Everything but arrays.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    steps: u64,
    run: Settings,
    schedule_state: serde_json::Value,
    callbacks: Vec<SavedCallback>,
    history: History,
}

/// What must be the same after a resume.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    optimizer: String,
    schedule: Option<String>,
    seed: u64,
    shuffle: bool,
    batch_size: usize,
    examples: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedCallback {
    name: String,
    values: serde_json::Value,
}

impl Settings {
    fn new(options: &Options<'_>, examples: usize) -> Self {
        Self {
            optimizer: options.optimizer.name().into(),
            schedule: options
                .schedule
                .as_ref()
                .map(|schedule| schedule.name().into()),
            seed: options.seed,
            shuffle: options.shuffle,
            batch_size: options.batch_size,
            examples,
        }
    }

    /// What differs from the settings of a checkpoint, one line each.
    fn differences(&self, saved: &Self) -> Vec<String> {
        let schedule = |settings: &Self| settings.schedule.clone().unwrap_or_else(|| "none".into());
        let both = [
            ("optimizer", saved.optimizer.clone(), self.optimizer.clone()),
            ("schedule", schedule(saved), schedule(self)),
            ("seed", saved.seed.to_string(), self.seed.to_string()),
            (
                "shuffle",
                saved.shuffle.to_string(),
                self.shuffle.to_string(),
            ),
            (
                "batch size",
                saved.batch_size.to_string(),
                self.batch_size.to_string(),
            ),
            (
                "training examples",
                saved.examples.to_string(),
                self.examples.to_string(),
            ),
        ];
        let differing = both.into_iter().filter(|(_, saved, now)| saved != now);
        differing
            .map(|(what, saved, now)| {
                format!("{what}: {saved} in the checkpoint, {now} in this run")
            })
            .collect()
    }
}

/// Writes a checkpoint.
pub(super) fn save(
    path: &Path,
    network: &dyn Network,
    slots: &OptimizerSlots,
    options: &Options<'_>,
    examples: usize,
    history: &History,
) -> Result<(), TrainError> {
    let states: Vec<CallbackState> = options
        .callbacks
        .iter()
        .map(|callback| callback.state())
        .collect();
    let trained = || network.program().tensors.iter().filter(|info| info.trained);

    let mut names: Vec<String> = Vec::new();
    let mut arrays: Vec<(&[usize], &[f32])> = Vec::new();
    for (slot, vector) in options.optimizer.slots().iter().zip(slots.vectors()) {
        for info in trained() {
            names.push(slot_name(slot, info));
            arrays.push((info.shape, &vector[info.offset..info.offset + info.len()]));
        }
    }
    let lengths: Vec<Vec<[usize; 1]>> = states
        .iter()
        .map(|state| {
            state
                .tensors
                .iter()
                .map(|(_, values)| [values.len()])
                .collect()
        })
        .collect();
    for (index, (state, lengths)) in states.iter().zip(&lengths).enumerate() {
        for ((name, values), length) in state.tensors.iter().zip(lengths) {
            names.push(format!("callback/{index}/{name}"));
            arrays.push((length, values));
        }
    }
    let mut tensors = model_tensors(network);
    tensors.extend(
        names
            .iter()
            .zip(&arrays)
            .map(|(name, &(shape, values))| NamedTensor {
                name,
                shape,
                values,
            }),
    );

    let callbacks = options
        .callbacks
        .iter()
        .zip(&states)
        .map(|(callback, state)| SavedCallback {
            name: callback.name().into(),
            values: state.values.clone(),
        });
    let saved = Saved {
        steps: slots.steps(),
        run: Settings::new(options, examples),
        schedule_state: options
            .schedule
            .as_ref()
            .map_or(serde_json::Value::Null, |schedule| schedule.state()),
        callbacks: callbacks.collect(),
        history: history.clone(),
    };
    let json =
        serde_json::to_value(&saved).map_err(|error| TrainError::write(path, error.into()))?;
    let mut metadata = Metadata::new(network.program().name);
    metadata.entries.insert(ENTRY.into(), json);
    Ok(write(path, &tensors, &metadata)?)
}

/// Continues from a checkpoint: fills weights, slots, schedule and callbacks, and returns the history.
///
/// Network and slots are changed only if everything in the file fits them.
pub(super) fn load(
    path: &Path,
    network: &mut dyn Network,
    slots: &mut OptimizerSlots,
    options: &mut Options<'_>,
    examples: usize,
) -> Result<History, TrainError> {
    let refuse = |reason: String| TrainError::Resume {
        path: path.into(),
        reason,
    };
    let file = WeightsFile::open(path)?;
    let Some(json) = file
        .metadata()
        .and_then(|metadata| metadata.entries.get(ENTRY))
    else {
        return Err(refuse(
            "it holds weights, but no state of training; write it with `Checkpoint`".into(),
        ));
    };
    let saved: Saved = Saved::deserialize(json)
        .map_err(|error| refuse(format!("its state of training is damaged: {error}")))?;
    check(network, &file)?;
    let differences = Settings::new(options, examples).differences(&saved.run);
    if !differences.is_empty() {
        return Err(refuse(format!(
            "the run is another one:\n  {}",
            differences.join("\n  ")
        )));
    }
    let vectors = read_slots(&file, network, options).map_err(refuse)?;
    if let Some(schedule) = &mut options.schedule {
        schedule.restore(&saved.schedule_state)?;
    }
    restore_callbacks(&file, saved.callbacks, options)?;

    load_file(network, &file)?;
    let infos = network.program().tensors.iter().filter(|info| info.trained);
    for (slot, values) in slots.vectors_mut().zip(&vectors) {
        for (info, values) in infos.clone().zip(values) {
            slot[info.offset..info.offset + info.len()].copy_from_slice(values);
        }
    }
    slots.set_steps(saved.steps);
    Ok(saved.history)
}

fn slot_name(slot: &str, info: &TensorInfo) -> String {
    format!("optimizer/{slot}/{}", info.name)
}

/// For each slot, the values of each trained tensor.
fn read_slots(
    file: &WeightsFile,
    network: &dyn Network,
    options: &Options<'_>,
) -> Result<Vec<Vec<Vec<f32>>>, String> {
    let tensor = |slot: &str, info: &TensorInfo| {
        let name = slot_name(slot, info);
        let stored = file
            .tensor(&name)
            .ok_or_else(|| format!("`{name}` is missing"))?;
        if stored.shape() != info.shape {
            return Err(format!(
                "`{name}` has shape {:?}, expected {:?}",
                stored.shape(),
                info.shape
            ));
        }
        file.values(&name, stored)
            .map_err(|error| error.to_string())
    };
    let trained = network.program().tensors.iter().filter(|info| info.trained);
    let slots = options.optimizer.slots().iter();
    slots
        .map(|slot| trained.clone().map(|info| tensor(slot, info)).collect())
        .collect()
}

/// Gives each callback the state of the saved one of its name; those that are new begin afresh.
fn restore_callbacks(
    file: &WeightsFile,
    mut saved: Vec<SavedCallback>,
    options: &mut Options<'_>,
) -> Result<(), TrainError> {
    let mut numbers: Vec<usize> = (0..saved.len()).collect();
    for callback in &mut options.callbacks {
        let Some(at) = saved.iter().position(|saved| saved.name == callback.name()) else {
            continue;
        };
        let (values, number) = (saved.remove(at).values, numbers.remove(at));
        let prefix = format!("callback/{number}/");
        let mut tensors = Vec::new();
        for (name, tensor) in file.tensors() {
            if let Some(name) = name.strip_prefix(&prefix) {
                tensors.push((name.to_string(), file.values(name, tensor)?));
            }
        }
        callback
            .restore(CallbackState { values, tensors })
            .map_err(|source| TrainError::Callback {
                callback: callback.name().into(),
                moment: "when it was resumed".into(),
                source,
            })?;
    }
    Ok(())
}
