//! What inputs and targets must be to make a data set.

use crate::data::{DataError, Input, Targets, TargetsView, check_finite};

/// Checks that inputs and targets have the same number of examples, at least one, and that all numbers are finite.
pub(super) fn check<T: Targets>(inputs: &[Input], targets: &T) -> Result<(), DataError> {
    let Some(first) = inputs.first() else {
        return Err(DataError::argument("inputs", "at least one array", "none"));
    };
    let examples = first.shape().first().copied().unwrap_or(0);
    if examples == 0 {
        return Err(DataError::Empty {
            what: "the data set".to_owned(),
        });
    }
    for (index, input) in inputs.iter().enumerate() {
        let found = input.shape().first().copied().unwrap_or(0);
        if found != examples {
            return Err(DataError::Length {
                what: format!("input {index}"),
                expected: examples,
                found,
            });
        }
        check_finite(&format!("input {index}"), &**input)?;
    }
    if targets.len() != examples {
        return Err(DataError::Length {
            what: "targets".to_owned(),
            expected: examples,
            found: targets.len(),
        });
    }
    (0..targets.outputs()).try_for_each(|output| check_output(targets, output, examples))
}

fn check_output<T: Targets>(targets: &T, output: usize, examples: usize) -> Result<(), DataError> {
    let each = targets.width(output).max(1);
    let view = targets.view(output);
    if view.len() != examples * targets.width(output) {
        return Err(DataError::Length {
            what: format!("targets of output {output}"),
            expected: examples,
            found: view.len() / each,
        });
    }
    if let TargetsView::Values(values) = view
        && let Some(index) = values.iter().position(|value| !value.is_finite())
    {
        return Err(DataError::NotFinite {
            what: format!("targets of output {output}"),
            example: index / each,
            element: index % each,
            value: values[index],
        });
    }
    Ok(())
}
