//! Whether a model, its inputs and its targets are those that a workspace was made for.

use super::error::EngineError;
use super::inputs::InputArrays;
use super::program::Program;
use super::store::Network;
use crate::losses::{OutputLoss, TargetsView};

/// Whether `network` is the model of `program`.
pub(super) fn check_model(
    program: &'static Program,
    network: &dyn Network,
) -> Result<(), EngineError> {
    let found = network.program();
    if std::ptr::eq(program, found)
        || std::ptr::eq(program.tensors, found.tensors) && program.name == found.name
    {
        return Ok(());
    }
    Err(EngineError::Model {
        expected: program.name,
        found: found.name,
    })
}

/// Whether there is an array for each input, of the right kind and length, and room for the examples.
#[inline]
pub(super) fn check_inputs(
    program: &'static Program,
    inputs: InputArrays<'_>,
    examples: usize,
    capacity: usize,
) -> Result<(), EngineError> {
    let model = program.name;
    if examples == 0 || examples > capacity {
        return Err(EngineError::BatchSize {
            model,
            capacity,
            found: examples,
        });
    }
    if inputs.len() != program.inputs.len() {
        return Err(EngineError::Inputs {
            model,
            expected: program.inputs.len(),
            found: inputs.len(),
        });
    }
    for (index, port) in program.inputs.iter().enumerate() {
        let array = inputs.get(index);
        let (expected, found) = (port.element, array.element());
        if found != expected {
            let input = port.name;
            return Err(EngineError::InputElement {
                model,
                input,
                expected,
                found,
            });
        }
        let expected = port.size() * examples;
        if array.len() != expected {
            let (input, shape, found) = (port.name, port.shape, array.len());
            return Err(EngineError::InputLength {
                model,
                input,
                examples,
                shape,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// Whether there are as many examples as the model's layers need to take statistics of in training.
pub(super) fn check_least_batch(
    program: &'static Program,
    examples: usize,
) -> Result<(), EngineError> {
    match program.needs_two_examples() {
        Some(layer) if examples < program.least_batch => Err(EngineError::BatchTooSmall {
            model: program.name,
            layer,
            expected: program.least_batch,
            found: examples,
        }),
        _ => Ok(()),
    }
}

/// The most outputs a model may have.
const MOST_OUTPUTS: usize = 16;

/// Checks targets against outputs; one over each output's total weight.
pub(super) fn check_losses(
    program: &'static Program,
    targets: &[TargetsView<'_>],
    losses: &[&dyn OutputLoss],
    examples: usize,
) -> Result<[f32; MOST_OUTPUTS], EngineError> {
    let outputs = program.outputs.len();
    if losses.len() != outputs || targets.len() != outputs {
        let (losses, targets) = (losses.len(), targets.len());
        return Err(EngineError::Outputs {
            model: program.name,
            outputs,
            losses,
            targets,
        });
    }
    let mut scales = [0.0; MOST_OUTPUTS];
    for (index, port) in program.outputs.iter().enumerate() {
        let (loss, targets, spec) = (losses[index], targets[index], port.spec());
        loss.check(spec, targets, examples)
            .map_err(|source| EngineError::Loss {
                model: program.name,
                output: port.name,
                source,
            })?;
        // Examples without weight have neither loss nor gradients.
        let weight = loss.total_weight(spec, targets, examples);
        scales[index] = if weight == 0.0 {
            0.0
        } else {
            (1.0 / weight) as f32
        };
    }
    Ok(scales)
}
