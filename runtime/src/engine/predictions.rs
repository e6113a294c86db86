//! Predictions of more examples than one batch should hold.

use ndarray::{ArrayD, IxDyn};

use super::error::EngineError;
use super::predict::PredictWorkspace;
use super::program::Program;
use super::store::Network;

/// The predictions of a model for many examples, batch by batch.
pub(crate) struct Predictions {
    program: &'static Program,
    workspace: PredictWorkspace,
    outputs: Vec<Vec<f32>>,
    examples: usize,
}

/// An empty vector, with room for all if there is so much: more may have been announced than will come.
fn room(examples: usize, size: usize) -> Vec<f32> {
    let mut values = Vec::new();
    let _ = values.try_reserve_exact(examples.saturating_mul(size));
    values
}

impl Predictions {
    /// Examples in a batch: enough for all threads, few enough for little memory.
    pub(crate) const BATCH: usize = 256;

    /// Room for the predictions of `examples` examples, in batches of up to [`Predictions::BATCH`].
    pub(crate) fn new(program: &'static Program, examples: usize) -> Self {
        let outputs = program.outputs.iter();
        Self {
            program,
            workspace: PredictWorkspace::new(program, examples.min(Self::BATCH)),
            outputs: outputs.map(|port| room(examples, port.size())).collect(),
            examples: 0,
        }
    }

    /// Predicts the next batch.
    ///
    /// # Errors
    ///
    /// As [`PredictWorkspace::run`].
    pub(crate) fn add(
        &mut self,
        network: &dyn Network,
        inputs: &[&[f32]],
        examples: usize,
    ) -> Result<(), EngineError> {
        self.workspace.run(network, inputs, examples)?;
        for (index, output) in self.outputs.iter_mut().enumerate() {
            output.extend_from_slice(self.workspace.predictions(index));
        }
        self.examples += examples;
        Ok(())
    }

    /// One array for each output: `(examples, ..)`, after its link.
    pub(crate) fn into_arrays(self) -> Vec<ArrayD<f32>> {
        let outputs = self.outputs.into_iter().zip(self.program.outputs);
        outputs
            .map(|(values, port)| {
                let mut shape = vec![self.examples];
                shape.extend_from_slice(port.shape);
                // Each example has added `port.size()` values.
                ArrayD::from_shape_vec(IxDyn(&shape), values).expect("one row for each example")
            })
            .collect()
    }
}
