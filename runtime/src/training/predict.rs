//! Predictions for all examples of a data set.

use super::{TrainError, check, threads};
use crate::data::{BatchPool, BatchSource, Pass};
use crate::engine::{Network, PredictWorkspace};
use ndarray::{ArrayD, IxDyn};
use std::ops::ControlFlow;

/// Examples per batch.
const BATCH: usize = 256;

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
        let examples = data.examples();
        let mut workspace = PredictWorkspace::new(program, BATCH.min(examples));
        let mut outputs: Vec<Vec<f32>> = program
            .outputs
            .iter()
            .map(|port| Vec::with_capacity(examples * port.size()))
            .collect();
        let (mut number, mut done, mut outcome) = (0, 0, Ok(()));
        data.pass(
            &Pass::evaluation(BATCH),
            &mut BatchPool::new(),
            &mut |batch| {
                number += 1;
                done += batch.examples();
                outcome =
                    batch.with_views(|inputs, _| workspace.run(network, inputs, batch.examples()));
                if outcome.is_err() {
                    return ControlFlow::Break(());
                }
                for (index, output) in outputs.iter_mut().enumerate() {
                    output.extend_from_slice(workspace.predictions(index));
                }
                ControlFlow::Continue(())
            },
        )?;
        outcome.map_err(|source| TrainError::engine(format!("data, batch {number}"), source))?;
        let shaped = outputs
            .into_iter()
            .zip(program.outputs)
            .map(|(values, port)| {
                let shape: Vec<usize> = std::iter::once(done)
                    .chain(port.shape.iter().copied())
                    .collect();
                // Each of the `done` examples has added `port.size()` values.
                ArrayD::from_shape_vec(IxDyn(&shape), values).expect("one row per example")
            });
        Ok(shaped.collect())
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
