//! Whether data sets number the classes alike, where they say how.

use super::TrainError;
use crate::data::BatchSource;
use crate::engine::Program;

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

/// Checks that two data sets give each number the same name.
pub(super) fn agree(
    program: &'static Program,
    training: &dyn BatchSource,
    data: &dyn BatchSource,
    what: &'static str,
) -> Result<(), TrainError> {
    for (index, port) in program.outputs.iter().enumerate() {
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
