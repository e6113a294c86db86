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
        return Err(LossError::TargetKind {
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
        return Err(LossError::TargetKind {
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

/// What the losses for predicted numbers ask for: a link that they fit and finite values.
pub(crate) fn regression(
    loss: &'static str,
    output: OutputSpec,
    targets: TargetsView<'_>,
    examples: usize,
) -> Result<(), LossError> {
    link(
        loss,
        output.link,
        &[Link::Plain, Link::Sigmoid],
        "plain and `Sigmoid` outputs",
    )?;
    values(
        loss,
        output,
        targets,
        examples,
        "a finite number",
        f32::is_finite,
    )
    .map(drop)
}

/// Softmax of a single number is always 1: cross-entropy could teach it nothing.
pub(crate) fn several_classes(loss: &'static str, output: OutputSpec) -> Result<(), LossError> {
    if output.width >= 2 {
        return Ok(());
    }
    Err(LossError::Setting {
        loss,
        setting: "the output's last axis",
        value: output.width.to_string(),
        expected: "2 classes or more (for one yes/no answer: `Sigmoid` with `BinaryCrossEntropy`)"
            .into(),
    })
}

/// A setting of the loss.
pub(crate) fn setting(
    loss: &'static str,
    setting: &'static str,
    value: f32,
    expected: &str,
    holds: bool,
) -> Result<(), LossError> {
    if holds {
        return Ok(());
    }
    Err(LossError::Setting {
        loss,
        setting,
        value: value.to_string(),
        expected: expected.into(),
    })
}

pub(crate) fn smoothing(loss: &'static str, smoothing: f32) -> Result<(), LossError> {
    let holds = (0.0..=1.0).contains(&smoothing);
    setting(loss, "label_smoothing", smoothing, "0 to 1", holds)
}

/// Every weight is finite and not negative.
pub(crate) fn weights(
    loss: &'static str,
    name: &'static str,
    weights: &[f32],
) -> Result<(), LossError> {
    match weights.iter().find(|w| !w.is_finite() || **w < 0.0) {
        Some(&weight) => setting(loss, name, weight, "finite numbers, 0 or more", false),
        None => Ok(()),
    }
}

/// One weight for each of `width`.
pub(crate) fn weight_count(
    loss: &'static str,
    name: &'static str,
    weights: &[f32],
    width: usize,
) -> Result<(), LossError> {
    if weights.len() == width {
        return Ok(());
    }
    Err(LossError::Setting {
        loss,
        setting: name,
        value: format!("a list of {}", weights.len()),
        expected: format!("{width}, one for each element of the output's last axis"),
    })
}

/// No class weights, or one per class.
pub(crate) fn class_weights(
    loss: &'static str,
    class_weights: &[f32],
    classes: usize,
) -> Result<(), LossError> {
    if class_weights.is_empty() {
        return Ok(());
    }
    weight_count(loss, "class_weights", class_weights, classes)?;
    weights(loss, "class_weights", class_weights)?;
    if class_weights.iter().any(|&weight| weight > 0.0) {
        return Ok(());
    }
    Err(LossError::Setting {
        loss,
        setting: "class_weights",
        value: "0 for every class".into(),
        expected: "one above 0 at least".into(),
    })
}

/// Values that `check` has let pass.
///
/// # Panics
/// When `check` wasn't asked.
pub(crate) fn checked_values(targets: TargetsView<'_>) -> &[f32] {
    match targets {
        TargetsView::Values(values) => values,
        TargetsView::Classes(_) => panic!("`check` refuses class numbers for this loss"),
    }
}

/// Class numbers that `check` has let pass.
///
/// # Panics
/// When `check` wasn't asked.
pub(crate) fn checked_classes(targets: TargetsView<'_>) -> &[u32] {
    match targets {
        TargetsView::Classes(classes) => classes,
        TargetsView::Values(_) => panic!("`check` refuses values for this loss"),
    }
}
