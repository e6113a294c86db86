//! Whether data, model and figures belong together, and where in the data a target is wrong.

use super::{Run, TrainError, visit};
use crate::data::{BatchPool, BatchSource, Pass};
use crate::engine::{Program, axes_hint};
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
        let found: Vec<String> = shapes
            .iter()
            .enumerate()
            .map(|(input, shape)| match data.input_columns(input) {
                Some(columns) => format!("{shape:?} ({})", columns.names().join(", ")),
                None => format!("{shape:?}"),
            })
            .collect();
        return Err(TrainError::Examples {
            data: what,
            model: program.name,
            expected: expected.join(" and "),
            found: found.join(" and "),
            hint: match (program.inputs, shapes) {
                ([port], [shape]) => axes_hint(port.shape, shape),
                _ => String::new(),
            },
        });
    }
    if data.examples() == 0 {
        return Err(TrainError::Empty { data: what });
    }
    Ok(())
}

/// The batches of an epoch, having checked that a model can be trained on each of them: a layer that takes a variance over the
/// batch needs two values.
pub(super) fn batches(
    program: &'static Program,
    examples: usize,
    batch_size: usize,
    drop_last: bool,
) -> Result<usize, TrainError> {
    let (whole, rest) = (examples / batch_size, examples % batch_size);
    if drop_last && whole == 0 {
        let expected = format!(
            "at most {examples}, the number of examples, since a batch that isn't full is left out"
        );
        return Err(TrainError::setting("batch_size", expected, batch_size));
    }
    let (least, layer) = (program.least_batch, program.needs_two_examples());
    let layer = layer.unwrap_or_default();
    if batch_size < least {
        let expected =
            format!("{least} or more, for `{layer}` takes a variance over the examples of a batch");
        return Err(TrainError::setting("batch_size", expected, batch_size));
    }
    if rest > 0 && rest < least && !drop_last {
        let expected = format!(
            "a last batch of {least} or more, for `{layer}` takes a variance over the examples of a batch (leave the last one out \
             with `Fit::drop_last()`, or take another batch size)"
        );
        let found = format!("{examples} examples, of which the last batch has {rest}");
        return Err(TrainError::setting("batch_size", expected, found));
    }
    Ok(whole + usize::from(rest > 0 && !drop_last))
}

/// Checks that the losses can take all targets of the data; the error counts examples in the order of the data.
pub(super) fn targets(
    program: &'static Program,
    data: &dyn BatchSource,
    what: &'static str,
    losses: &[&dyn OutputLoss],
) -> Result<(), TrainError> {
    const BATCH: usize = 256;
    let mut first = 0;
    visit::batches(
        data,
        what,
        data.examples(),
        &Pass::evaluation(BATCH),
        &mut BatchPool::new(),
        &mut |batch| {
            let outputs = program.outputs.iter().zip(losses).enumerate();
            for (index, (port, loss)) in outputs.take(batch.outputs()) {
                let checked = loss.check(port.spec(), batch.target(index), batch.examples());
                checked.map_err(|mut source| {
                    shift(&mut source, first);
                    TrainError::Target {
                        data: what,
                        output: port.name,
                        source,
                    }
                })?;
            }
            first += batch.examples();
            Ok(ControlFlow::Continue(()))
        },
    )
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
