//! Whether data sets mean the same by their numbers, where they say what: columns of inputs and targets, names of classes.

use super::TrainError;
use crate::data::BatchSource;
use crate::engine::{ColumnNames, DataNames, Program};
use crate::model::TRAINING;

/// Checks that data names no more classes than each output has.
pub(super) fn fit(
    program: &'static Program,
    data: &dyn BatchSource,
    what: &'static str,
) -> Result<(), TrainError> {
    for (index, port) in program.outputs.iter().enumerate() {
        let Some(names) = data.class_names(index) else {
            continue;
        };
        // A single number says yes or no.
        let classes = port.last_axis().max(2);
        if names.len() > classes {
            return Err(TrainError::ClassNames {
                data: what,
                output: port.name,
                expected: format!("at most {classes}, those of the model"),
                found: format!("{}: {}", names.len(), list(names, None)),
            });
        }
    }
    Ok(())
}

/// What the training data says of the numbers' meaning.
pub(super) fn of(program: &'static Program, training: &dyn BatchSource) -> DataNames {
    let outputs = 0..program.outputs.len();
    let classes = |output| training.class_names(output).map(<[String]>::to_vec);
    DataNames {
        inputs: (0..program.inputs.len())
            .map(|input| training.input_columns(input).cloned())
            .collect(),
        targets: outputs
            .clone()
            .map(|output| training.target_columns(output).cloned())
            .collect(),
        classes: outputs.map(classes).collect(),
    }
}

/// Checks that the columns of the inputs are those of the training data, as far as they are known.
pub(super) fn inputs_agree(
    program: &'static Program,
    training: &DataNames,
    data: &dyn BatchSource,
    what: &'static str,
) -> Result<(), TrainError> {
    for (index, port) in program.inputs.iter().enumerate() {
        let (expected, found) = (training.input(index), data.input_columns(index));
        columns_agree(expected, found, what, || format!("input `{}`", port.name))?;
    }
    Ok(())
}

fn columns_agree(
    expected: Option<&ColumnNames>,
    found: Option<&ColumnNames>,
    data: &'static str,
    port: impl Fn() -> String,
) -> Result<(), TrainError> {
    let (Some(expected), Some(found)) = (expected, found) else {
        return Ok(());
    };
    match found.difference(expected, TRAINING) {
        Some((expected, found)) => Err(TrainError::Columns {
            data,
            port: port(),
            expected,
            found,
        }),
        None => Ok(()),
    }
}

/// Checks that columns of inputs and targets are those of the training data, and that each class has the same name.
pub(super) fn agree(
    program: &'static Program,
    training: &DataNames,
    data: &dyn BatchSource,
    what: &'static str,
) -> Result<(), TrainError> {
    inputs_agree(program, training, data, what)?;
    for (index, port) in program.outputs.iter().enumerate() {
        let (expected, found) = (training.target(index), data.target_columns(index));
        columns_agree(expected, found, what, || {
            format!("targets of output `{}`", port.name)
        })?;
        let (Some(expected), Some(found)) = (training.class_names(index), data.class_names(index))
        else {
            continue;
        };
        if expected != found {
            let mut pairs = expected.iter().zip(found);
            let first = pairs
                .position(|(expected, found)| expected != found)
                .unwrap_or(expected.len().min(found.len()));
            return Err(TrainError::ClassNames {
                data: what,
                output: port.name,
                expected: format!(
                    "those of the training data, {}",
                    list(expected, Some(first))
                ),
                found: list(found, Some(first)),
            });
        }
    }
    Ok(())
}

/// Some names with their numbers, from the first that matters on.
fn list(names: &[String], first: Option<usize>) -> String {
    const SHOWN: usize = 5;
    let first = first.map_or(0, |first| first.saturating_sub(1));
    let some = names.iter().enumerate().skip(first).take(SHOWN);
    let mut text: Vec<String> = some
        .map(|(class, name)| format!("{class} `{name}`"))
        .collect();
    if first > 0 {
        text.insert(0, "..".into());
    }
    if first + SHOWN < names.len() {
        text.push("..".into());
    }
    if text.is_empty() {
        "none".into()
    } else {
        text.join(", ")
    }
}
