//! Whether a model, its inputs and its targets are those that a workspace was made for.

use super::error::EngineError;
use super::inputs::InputArrays;
use super::loss_sum::LossSum;
use super::port::OutputPort;
use super::program::Program;
use super::store::Network;
use crate::losses::{OutputLoss, TargetsView};
use crate::simd::Isa;

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

/// Whether there is an array for each input, of the right kind and length, room for the examples, and the vector instructions
/// that were asked for.
#[inline]
pub(super) fn check_inputs(
    program: &'static Program,
    inputs: InputArrays<'_>,
    examples: usize,
    capacity: usize,
) -> Result<(), EngineError> {
    Isa::check()?;
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

/// Checks targets against outputs, and writes down what each output's sum of losses is divided by.
pub(super) fn check_losses(
    program: &'static Program,
    targets: &[TargetsView<'_>],
    losses: &[&dyn OutputLoss],
    examples: usize,
    sums: &mut [LossSum],
) -> Result<(), EngineError> {
    let (model, outputs) = (program.name, program.outputs.len());
    if losses.len() != outputs || targets.len() != outputs {
        let (losses, targets) = (losses.len(), targets.len());
        return Err(EngineError::Outputs {
            model,
            outputs,
            losses,
            targets,
        });
    }
    for (index, (port, sum)) in program.outputs.iter().zip(sums).enumerate() {
        let weight = check_loss(program, port, losses[index], targets[index], examples)?;
        *sum = LossSum { sum: 0.0, weight };
    }
    Ok(())
}

/// Checks the targets of one output; what its sum of losses is divided by.
pub(crate) fn check_loss(
    program: &'static Program,
    port: &OutputPort,
    loss: &dyn OutputLoss,
    targets: TargetsView<'_>,
    examples: usize,
) -> Result<f64, EngineError> {
    let (model, output, spec) = (program.name, port.name, port.spec());
    loss.check(spec, targets, examples)
        .map_err(|source| EngineError::Loss {
            model,
            output,
            source,
        })?;
    let weight = loss.total_weight(spec, targets, examples);
    if weight.is_finite() && weight >= 0.0 {
        return Ok(weight);
    }
    Err(EngineError::LossWeight {
        model,
        output,
        loss: loss.name(),
        weight,
    })
}
