//! What Shapeflow writes into a file's header beside the tensors.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Extras;
use super::architecture::architecture;
use crate::engine::{DataNames, Network};

/// The newest file layout that this version writes and reads.
pub(super) const FORMAT_VERSION: u32 = 1;
/// The metadata key under which Shapeflow keeps its JSON object.
pub(super) const KEY: &str = "shapeflow";

/// What Shapeflow writes in a file's header beside the tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The layout of the file.
    pub version: u32,
    /// The name of the model that wrote it.
    pub model: String,
    /// What that model computes with its tensors, a line for each layer; empty where that isn't known, and then nothing is compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub architecture: Vec<String>,
    /// What belongs to the weights without being any: names of classes, normalisers.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
    /// What the numbers mean that the model takes and gives, as far as it is known.
    #[serde(default, skip_serializing_if = "DataNames::is_empty")]
    pub names: DataNames,
    /// Anything else, by name. Training checkpoints keep their progress here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entries: BTreeMap<String, serde_json::Value>,
}

impl Metadata {
    /// The metadata of a file with weights for a model of this name of which nothing else is known.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            version: FORMAT_VERSION,
            model: model.into(),
            ..Self::default()
        }
    }

    /// The metadata of a file with the weights of `network`.
    pub fn of(network: &dyn Network) -> Self {
        let program = network.program();
        Self {
            architecture: architecture(program.graph),
            names: network.store().names().clone(),
            ..Self::new(program.name)
        }
    }

    /// Reads the JSON object; the reason why it isn't one.
    pub(super) fn read(json: &str) -> Result<Self, Unreadable> {
        let damaged = |error: serde_json::Error| Unreadable::Damaged(error.to_string());
        let Version { version } = serde_json::from_str(json).map_err(damaged)?;
        match version {
            FORMAT_VERSION => serde_json::from_str(json).map_err(damaged),
            0 => Err(Unreadable::Damaged("version 0 never was".into())),
            version => Err(Unreadable::Later(version)),
        }
    }
}

/// Why metadata can't be read.
pub(super) enum Unreadable {
    Damaged(String),
    /// They are of this later version.
    Later(u32),
}

/// The part of the metadata that every version has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}
