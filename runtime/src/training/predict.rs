//! Predictions for all examples of a data set.

use super::{TrainError, check, threads};
use crate::data::{BatchPool, BatchSource, Pass};
use crate::engine::{Network, Predictions};
use ndarray::ArrayD;
use std::ops::ControlFlow;

/// The predictions of a network for all examples, after the link: one array `(examples, ..)` per output.
///
/// # Errors
/// A [`TrainError`] if the examples don't fit the model or can't be read.
pub fn predict(
    network: &dyn Network,
    data: &dyn BatchSource,
) -> Result<Vec<ArrayD<f32>>, TrainError> {
    threads::run(None, || {
        let program = network.program();
        check::examples(program, data, "data")?;
        let mut predictions = Predictions::new(program, data.examples());
        let (mut number, mut outcome) = (0, Ok(()));
        data.pass(
            &Pass::evaluation(Predictions::BATCH),
            &mut BatchPool::new(),
            &mut |batch| {
                number += 1;
                outcome = batch
                    .with_views(|inputs, _| predictions.add(network, inputs, batch.examples()));
                match outcome {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            },
        )?;
        outcome.map_err(|source| TrainError::engine(format!("data, batch {number}"), source))?;
        Ok(predictions.into_arrays())
    })
}

/// The class with the largest value for each row of the first output's last axis; the lowest number where several are
/// equal.
///
/// For an output `[10]` that is one class per example, in the order of the data.
///
/// # Errors
/// As [`predict`].
pub fn predict_classes(
    network: &dyn Network,
    data: &dyn BatchSource,
) -> Result<Vec<u32>, TrainError> {
    let width = network
        .program()
        .outputs
        .first()
        .map_or(1, |port| port.last_axis())
        .max(1);
    let outputs = predict(network, data)?;
    let Some(values) = outputs.first().and_then(|output| output.as_slice()) else {
        return Ok(Vec::new());
    };
    Ok(values.chunks_exact(width).map(largest).collect())
}

fn largest(row: &[f32]) -> u32 {
    let mut best = 0;
    for (index, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = index;
        }
    }
    best as u32
}
