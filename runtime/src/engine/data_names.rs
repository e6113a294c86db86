//! What the numbers that a model takes and gives mean, as far as it is known: kept with the model, so that data of another meaning is
//! refused.

use serde::{Deserialize, Serialize};

use super::column_names::ColumnNames;

/// The columns of a model's inputs and targets and the names of its classes, learnt in training from data that carries them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataNames {
    /// The columns of each input, where they are known.
    #[serde(default)]
    pub inputs: Vec<Option<ColumnNames>>,
    /// The columns of each output's targets, where they are known.
    #[serde(default)]
    pub targets: Vec<Option<ColumnNames>>,
    /// The names of each output's classes, where they are known.
    #[serde(default)]
    pub classes: Vec<Option<Vec<String>>>,
}

impl DataNames {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        let columns = self.inputs.iter().chain(&self.targets);
        columns.flatten().next().is_none() && self.classes.iter().flatten().next().is_none()
    }

    /// The columns of an input, if they are known.
    pub fn input(&self, input: usize) -> Option<&ColumnNames> {
        self.inputs.get(input)?.as_ref()
    }

    /// The columns of an output's targets, if they are known.
    pub fn target(&self, output: usize) -> Option<&ColumnNames> {
        self.targets.get(output)?.as_ref()
    }

    /// The names of an output's classes, if they are known.
    pub fn class_names(&self, output: usize) -> Option<&[String]> {
        self.classes.get(output)?.as_deref()
    }
}
