//! Whether data, model and figures belong together, and where in the data a target is wrong.

use super::{Run, TrainError};
use crate::data::{BatchPool, BatchSource, Pass};
use crate::engine::Program;
use crate::losses::{LossError, OutputLoss};
use crate::weights::nearest;
use std::ops::ControlFlow;

/// Checks that there are examples and that each has the shapes of the model's inputs.
pub(super) fn examples(
    program: &'static Program,
    data: &dyn BatchSource,
    what: &'static str,
) -> Result<(), TrainError> {
    let shapes = data.input_shapes();
    let fits = shapes.len() == program.inputs.len()
        && program
            .inputs
            .iter()
            .zip(shapes)
            .all(|(port, shape)| port.shape == shape.as_slice());
    if !fits {
        let expected: Vec<String> = program
            .inputs
            .iter()
            .map(|port| format!("`{}` {:?}", port.name, port.shape))
            .collect();
        let found: Vec<String> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
        return Err(TrainError::Examples {
            data: what,
            model: program.name,
            expected: expected.join(" and "),
            found: found.join(" and "),
        });
    }
    if data.examples() == 0 {
        return Err(TrainError::Empty { data: what });
    }
    Ok(())
}

/// The first target of the data that a loss can't take, as an error that counts examples in the order of the data.
pub(super) fn wrong_target(
    program: &'static Program,
    data: &dyn BatchSource,
    what: &'static str,
    losses: &[&dyn OutputLoss],
) -> Option<TrainError> {
    const BATCH: usize = 256;
    let mut first = 0;
    let mut found = None;
    // If the data can't be read again, the caller still has the error it came with.
    let _ = data.pass(
        &Pass::evaluation(BATCH),
        &mut BatchPool::new(),
        &mut |batch| {
            for (index, (port, loss)) in program
                .outputs
                .iter()
                .zip(losses)
                .enumerate()
                .take(batch.outputs())
            {
                let targets = batch.target(index);
                if let Err(mut source) = loss.check(port.spec(), targets, batch.examples()) {
                    shift(&mut source, first);
                    found = Some(TrainError::Target {
                        data: what,
                        output: port.name,
                        source,
                    });
                    return ControlFlow::Break(());
                }
            }
            first += batch.examples();
            ControlFlow::Continue(())
        },
    );
    found
}

/// Counts an error's example from the beginning of the data and not of the batch.
fn shift(error: &mut LossError, first: usize) {
    match error {
        LossError::Class { example, .. }
        | LossError::Value { example, .. }
        | LossError::Distribution { example, .. } => {
            *example += first;
        }
        _ => {}
    }
}

/// Checks that a figure is one that the run measures.
pub(super) fn figure(who: &str, figure: &str, run: &Run) -> Result<(), TrainError> {
    let names = || run.figures.iter().map(|known| known.name.as_str());
    if names().any(|name| name == figure) {
        return Ok(());
    }
    Err(TrainError::Figure {
        who: who.into(),
        figure: figure.into(),
        known: names()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
        nearest: nearest(figure, names()).map(Into::into),
    })
}
