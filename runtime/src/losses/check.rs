//! The checks that losses share: right kind of targets, right length, finite, in range.

use crate::data::TargetsView;
use crate::link::{Link, OutputSpec};
use crate::losses::LossError;

/// Class numbers, `rows` per example and all below `width`.
pub(crate) fn classes<'a>(
    loss: &'static str,
    output: OutputSpec,
    targets: TargetsView<'a>,
    examples: usize,
) -> Result<&'a [u32], LossError> {
    let TargetsView::Classes(classes) = targets else {
        return Err(LossError::Kind {
            loss,
            expected: "class numbers (`Classes`)",
            found: targets.kind(),
        });
    };
    length(loss, classes.len(), examples, output.rows)?;
    match classes
        .iter()
        .position(|&class| class as usize >= output.width)
    {
        Some(at) => Err(LossError::Class {
            loss,
            example: at / output.rows,
            class: classes[at],
            classes: output.width,
        }),
        None => Ok(classes),
    }
}

/// Values, one per element of the output, each `allowed`.
pub(crate) fn values<'a>(
    loss: &'static str,
    output: OutputSpec,
    targets: TargetsView<'a>,
    examples: usize,
    expected: &'static str,
    allowed: impl Fn(f32) -> bool,
) -> Result<&'a [f32], LossError> {
    let TargetsView::Values(values) = targets else {
        return Err(LossError::Kind {
            loss,
            expected: "values (`Values`)",
            found: targets.kind(),
        });
    };
    length(loss, values.len(), examples, output.size())?;
    match values.iter().position(|&value| !allowed(value)) {
        Some(at) => Err(LossError::Value {
            loss,
            example: at / output.size(),
            element: at % output.size(),
            value: values[at],
            expected,
        }),
        None => Ok(values),
    }
}

/// The link is one of those that the loss is defined for.
pub(crate) fn link(
    loss: &'static str,
    link: Link,
    fits: &[Link],
    names: &'static str,
) -> Result<(), LossError> {
    if fits.contains(&link) {
        Ok(())
    } else {
        Err(LossError::Link {
            loss,
            link,
            fits: names,
        })
    }
}

fn length(
    loss: &'static str,
    found: usize,
    examples: usize,
    per_example: usize,
) -> Result<(), LossError> {
    let expected = examples * per_example;
    if found == expected {
        return Ok(());
    }
    Err(LossError::Length {
        loss,
        examples,
        per_example,
        expected,
        found,
    })
}
