//! Predictions and targets read as classes or as yes/no answers, checked before any is counted.

use crate::data::TargetsView;
use crate::link::{Link, OutputSpec};
use crate::metrics::MetricError;

/// How the numbers of an output are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// Each row is one choice: the class with the largest number, the first of equals.
    Classes,
    /// Each number is an answer of its own: yes above the threshold.
    YesNo { threshold: f32 },
}

impl Reading {
    /// Yes/no where a threshold was asked for, after a sigmoid and for a single plain number (a logit); else classes.
    pub(crate) fn of(output: OutputSpec, threshold: Option<f32>) -> Self {
        match (threshold, output.link) {
            (Some(threshold), _) => Reading::YesNo { threshold },
            (None, Link::Sigmoid) => Reading::YesNo { threshold: 0.5 },
            (None, Link::Plain) if output.width == 1 => Reading::YesNo { threshold: 0.0 },
            _ => Reading::Classes,
        }
    }

    /// Whether a number is taken for a logit: a single plain one, where no threshold was asked for.
    pub(crate) fn is_of_logits(output: OutputSpec, threshold: Option<f32>) -> bool {
        threshold.is_none() && output.link == Link::Plain && output.width == 1
    }
}

/// A threshold that isn't a number would make every answer a no.
pub(crate) fn check_threshold(metric: &str, threshold: Option<f32>) -> Result<(), MetricError> {
    match threshold {
        Some(value) if !value.is_finite() => Err(MetricError::Setting {
            metric: metric.into(),
            setting: "threshold",
            value,
            expected: "a finite number",
        }),
        _ => Ok(()),
    }
}

/// Calls `visit(true class, scores)` for each row.
pub(crate) fn rows<'a>(
    metric: &str,
    output: OutputSpec,
    predictions: &'a [f32],
    targets: TargetsView<'_>,
    mut visit: impl FnMut(usize, &'a [f32]),
) -> Result<(), MetricError> {
    let width = output.width.max(1);
    numbers(metric, predictions, width)?;
    let rows = predictions.chunks_exact(width);
    match targets {
        TargetsView::Classes(classes) => {
            length(metric, predictions, rows.len(), classes.len())?;
            class_numbers(metric, classes, width)?;
            for (&class, row) in classes.iter().zip(rows) {
                visit(class as usize, row);
            }
        }
        TargetsView::Values(values) => {
            length(metric, predictions, predictions.len(), values.len())?;
            probabilities(metric, values, width)?;
            distributions(metric, values, width)?;
            for (target, row) in values.chunks_exact(width).zip(rows) {
                visit(largest(target), row);
            }
        }
    }
    Ok(())
}

/// Calls `visit(column, true answer, score)` for each number.
pub(crate) fn answers(
    metric: &str,
    output: OutputSpec,
    predictions: &[f32],
    targets: TargetsView<'_>,
    mut visit: impl FnMut(usize, bool, f32),
) -> Result<(), MetricError> {
    let width = output.width.max(1);
    numbers(metric, predictions, width)?;
    length(metric, predictions, predictions.len(), targets.len())?;
    match targets {
        TargetsView::Classes(_) if width > 1 => {
            return Err(MetricError::TargetKind {
                metric: metric.into(),
                expected: "a yes (1) or no (0) for each number of the output (`Values`)",
                found: targets.kind(),
            });
        }
        TargetsView::Classes(classes) => {
            class_numbers(metric, classes, 2)?;
            for (&class, &score) in classes.iter().zip(predictions) {
                visit(0, class == 1, score);
            }
        }
        TargetsView::Values(values) => {
            probabilities(metric, values, width)?;
            for (at, (&value, &score)) in values.iter().zip(predictions).enumerate() {
                visit(at % width, value > 0.5, score);
            }
        }
    }
    Ok(())
}

/// Calls `visit(column, target, prediction)` for each number.
pub(crate) fn values(
    metric: &str,
    output: OutputSpec,
    predictions: &[f32],
    targets: TargetsView<'_>,
    mut visit: impl FnMut(usize, f64, f64),
) -> Result<(), MetricError> {
    let TargetsView::Values(values) = targets else {
        return Err(MetricError::TargetKind {
            metric: metric.into(),
            expected: "values (`Values`)",
            found: targets.kind(),
        });
    };
    let size = output.size().max(1);
    length(metric, predictions, predictions.len(), values.len())?;
    if let Some(at) = predictions.iter().position(|y| !y.is_finite()) {
        return Err(value_error(
            metric,
            "prediction",
            at / size,
            predictions[at],
            "a finite number",
        ));
    }
    if let Some(row) = values.iter().position(|value| !value.is_finite()) {
        return Err(value_error(
            metric,
            "target",
            row / size,
            values[row],
            "a finite number",
        ));
    }
    for (at, (&target, &prediction)) in values.iter().zip(predictions).enumerate() {
        visit(at % size, f64::from(target), f64::from(prediction));
    }
    Ok(())
}

/// The index of the largest number, the first of equals.
pub(crate) fn largest(row: &[f32]) -> usize {
    let mut best = 0;
    for (index, &score) in row.iter().enumerate() {
        if score > row[best] {
            best = index;
        }
    }
    best
}

/// Whole rows of numbers.
fn numbers(metric: &str, predictions: &[f32], width: usize) -> Result<(), MetricError> {
    if !predictions.len().is_multiple_of(width) {
        return Err(MetricError::Width {
            metric: metric.into(),
            expected: format!("whole rows, not {} predicted numbers", predictions.len()),
            width,
        });
    }
    match predictions.iter().position(|score| !score.is_finite()) {
        Some(at) => Err(value_error(
            metric,
            "prediction",
            at / width,
            predictions[at],
            "a finite number",
        )),
        None => Ok(()),
    }
}

fn length(
    metric: &str,
    predictions: &[f32],
    expected: usize,
    found: usize,
) -> Result<(), MetricError> {
    if expected == found {
        return Ok(());
    }
    Err(MetricError::Length {
        metric: metric.into(),
        predictions: predictions.len(),
        expected,
        found,
    })
}

fn class_numbers(metric: &str, found: &[u32], classes: usize) -> Result<(), MetricError> {
    match found.iter().position(|&class| class as usize >= classes) {
        Some(row) => Err(MetricError::Class {
            metric: metric.into(),
            row,
            class: found[row],
            classes,
        }),
        None => Ok(()),
    }
}

fn probabilities(metric: &str, values: &[f32], width: usize) -> Result<(), MetricError> {
    match values.iter().position(|value| !(0.0..=1.0).contains(value)) {
        Some(at) => Err(value_error(
            metric,
            "target",
            at / width,
            values[at],
            "0 to 1",
        )),
        None => Ok(()),
    }
}

/// Each row sums to 1, to within a thousandth: the largest of several yes/no answers names no class.
fn distributions(metric: &str, values: &[f32], width: usize) -> Result<(), MetricError> {
    for (row, probabilities) in values.chunks_exact(width).enumerate() {
        let sum: f64 = probabilities.iter().copied().map(f64::from).sum();
        if (sum - 1.0).abs() > 1e-3 {
            return Err(MetricError::Distribution {
                metric: metric.into(),
                row,
                sum,
            });
        }
    }
    Ok(())
}

fn value_error(
    metric: &str,
    what: &'static str,
    row: usize,
    value: f32,
    expected: &'static str,
) -> MetricError {
    MetricError::Value {
        metric: metric.into(),
        what,
        row,
        value,
        expected,
    }
}
