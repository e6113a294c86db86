//! A training run in a file: what a checkpoint holds, and how it is written.
//!
//! A checkpoint is a safetensors file of weights with more in it: `optimizer/<slot>/<tensor>` are the optimizer's slots,
//! `callback/<number>/<name>` what callbacks set aside, `training/<tensor>` the weights from which training goes on where those
//! of the file are the best epoch's, `epoch/<output>` predictions of an epoch that was broken off, and the header's metadata
//! holds the rest as JSON.

use super::options::Options;
use super::place::{Place, SavedPlace};
use super::run_settings::RunSettings;
use super::{CallbackState, History, TrainError};
use crate::engine::{Network, OptimizerSlots, TensorInfo};
use crate::simd::Isa;
use crate::weights::network::model_tensors;
use crate::weights::{Metadata, NamedTensor, write};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The key of the JSON among the metadata's entries.
pub(super) const ENTRY: &str = "training";

/// Everything but arrays.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) steps: u64,
    pub(super) settings: RunSettings,
    /// The instruction set of the kernels: another one has other last bits.
    pub(super) instructions: String,
    /// Epochs that the run was to have.
    pub(super) epochs: usize,
    /// The mark of all learning rates so far.
    pub(super) rates: u64,
    pub(super) schedule_state: serde_json::Value,
    pub(super) callbacks: Vec<SavedCallback>,
    /// The whole epochs.
    pub(super) history: History,
    /// Where in the epoch after those training is.
    pub(super) place: Option<SavedPlace>,
    /// Whether training goes on from other weights than the file's.
    pub(super) training_weights: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedCallback {
    pub(super) identity: String,
    pub(super) values: serde_json::Value,
    /// Whether it remembers anything.
    pub(super) remembers: bool,
}

/// A run as it is when a checkpoint is written.
pub(super) struct Snapshot<'a> {
    /// The weights for whoever loads the file as weights.
    pub(super) network: &'a dyn Network,
    /// The parameters and state from which training goes on, if these are others.
    pub(super) training: Option<[&'a [f32]; 2]>,
    pub(super) slots: &'a OptimizerSlots,
    pub(super) options: &'a Options<'a>,
    pub(super) settings: &'a RunSettings,
    pub(super) rates: u64,
    /// The whole epochs.
    pub(super) history: History,
    pub(super) place: Option<&'a Place>,
    /// What each callback remembers.
    pub(super) states: &'a [CallbackState],
}

/// The arrays of a file with their names.
#[derive(Default)]
struct Arrays<'a> {
    names: Vec<String>,
    shapes: Vec<Vec<usize>>,
    values: Vec<&'a [f32]>,
}

impl<'a> Arrays<'a> {
    fn add(&mut self, name: String, shape: &[usize], values: &'a [f32]) {
        self.names.push(name);
        self.shapes.push(shape.to_vec());
        self.values.push(values);
    }

    fn tensors(&self) -> impl Iterator<Item = NamedTensor<'_>> {
        let parts = self.names.iter().zip(&self.shapes).zip(&self.values);
        parts.map(|((name, shape), values)| NamedTensor {
            name,
            shape,
            values,
        })
    }
}

/// The instruction set of this machine's kernels.
pub(super) fn instructions() -> String {
    format!("{:?}", Isa::current())
}

/// The name of a slot's array.
pub(super) fn slot_name(slot: &str, info: &TensorInfo) -> String {
    format!("optimizer/{slot}/{}", info.name)
}

/// The name of a tensor from which training goes on.
pub(super) fn training_name(info: &TensorInfo) -> String {
    format!("training/{}", info.name)
}

/// The name of the predictions of a broken-off epoch for an output.
pub(super) fn predictions_name(output: usize) -> String {
    format!("epoch/{output}")
}

impl Snapshot<'_> {
    /// Writes the file.
    pub(super) fn write(&self, path: &Path) -> Result<(), TrainError> {
        let saved = Saved {
            steps: self.slots.steps(),
            settings: self.settings.clone(),
            instructions: instructions(),
            epochs: self.options.epochs,
            rates: self.rates,
            schedule_state: self
                .options
                .schedule
                .as_ref()
                .map_or(serde_json::Value::Null, |schedule| schedule.state()),
            callbacks: self.callbacks(),
            history: self.history.clone(),
            place: self.place.map(SavedPlace::of),
            training_weights: self.training.is_some(),
        };
        let json =
            serde_json::to_value(&saved).map_err(|error| TrainError::write(path, error.into()))?;
        let mut metadata = Metadata::of(self.network);
        metadata.entries.insert(ENTRY.into(), json);
        let arrays = self.arrays();
        let mut tensors = model_tensors(self.network, path)?;
        tensors.extend(arrays.tensors());
        Ok(write(path, &tensors, &metadata)?)
    }

    fn callbacks(&self) -> Vec<SavedCallback> {
        let callbacks = self.options.callbacks.iter().zip(self.states);
        callbacks
            .map(|(callback, state)| SavedCallback {
                identity: callback.identity(),
                values: state.values.clone(),
                remembers: *state != CallbackState::default(),
            })
            .collect()
    }

    fn arrays(&self) -> Arrays<'_> {
        let tensors = self.network.program().tensors;
        let mut arrays = Arrays::default();
        for (slot, vector) in self
            .options
            .optimizer
            .slots()
            .iter()
            .zip(self.slots.vectors())
        {
            for info in tensors.iter().filter(|info| info.trained) {
                let values = &vector[info.offset..info.offset + info.len()];
                arrays.add(slot_name(slot, info), info.shape, values);
            }
        }
        for (index, state) in self.states.iter().enumerate() {
            for (name, values) in &state.tensors {
                let name = format!("callback/{index}/{name}");
                arrays.add(name, &[values.len()], values);
            }
        }
        if let Some([parameters, state]) = self.training {
            for info in tensors {
                let buffer = if info.trained { parameters } else { state };
                let values = &buffer[info.offset..info.offset + info.len()];
                arrays.add(training_name(info), info.shape, values);
            }
        }
        if let Some(place) = self.place {
            for (output, values) in place.predictions.iter().enumerate() {
                arrays.add(predictions_name(output), &[values.len()], values);
            }
        }
        arrays
    }
}
