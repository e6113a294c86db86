//! Predictions for all examples of a data set.

use super::{TrainError, check, names, threads, visit};
use crate::data::{BatchPool, BatchSource, Pass};
use crate::engine::{Network, Predictions};
use crate::metrics::{Reading, largest};
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
        names::inputs_agree(program, network.store().names(), data, "data")?;
        let mut predictions = Predictions::new(program, data.examples());
        let mut number = 0;
        visit::batches(
            data,
            "data",
            data.examples(),
            &Pass::evaluation(Predictions::BATCH),
            &mut BatchPool::new(),
            &mut |batch| {
                number += 1;
                batch
                    .with_views(|inputs, _| predictions.add(network, inputs, batch.examples()))
                    .map_err(|source| {
                        TrainError::engine(format!("data, batch {number}"), source)
                    })?;
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(predictions.into_arrays())
    })
}

/// The class of each row of the first output: that with the largest value, the lowest number where several are equal. An
/// output of one yes/no answer gives 1 for yes and 0 for no, as [`Accuracy`](crate::metrics::Accuracy) reads it: after
/// `Sigmoid` above 0.5, a plain number, taken as a logit, above 0. That isn't right for a plain output trained by a loss of regression
/// to be 0 or 1, and nothing here knows the loss: compare what [`predict`] gives with 0.5.
///
/// For an output `[10]` that is one class per example, in the order of the data.
///
/// # Errors
/// As [`predict`], and where the output has several yes/no answers in a row, which are no class.
pub fn predict_classes(
    network: &dyn Network,
    data: &dyn BatchSource,
) -> Result<Vec<u32>, TrainError> {
    let Some(port) = network.program().outputs.first() else {
        return Ok(Vec::new());
    };
    let (output, width) = (port.spec(), port.last_axis().max(1));
    let reading = Reading::of(output, None);
    if width > 1 && reading != Reading::Classes {
        return Err(TrainError::setting(
            "predict_classes",
            "an output of classes, or of one yes/no answer",
            format!(
                "output `{}`, with {width} yes/no answers in a row (`predict` gives the probability of each)",
                port.name
            ),
        ));
    }
    let outputs = predict(network, data)?;
    let Some(values) = outputs.first().and_then(|output| output.as_slice()) else {
        return Ok(Vec::new());
    };
    let class = |row| match reading {
        Reading::Classes => largest(row) as u32,
        Reading::YesNo { threshold } => u32::from(row[0] > threshold),
    };
    Ok(values.chunks_exact(width).map(class).collect())
}
