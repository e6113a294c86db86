//! Predicting again and again without allocating.

use super::error::EngineError;
use super::predict::PredictWorkspace;
use super::store::Network;
use std::sync::Arc;

/// A model with the memory for its predictions.
///
/// ```ignore
/// let mut predictor = model.predictor(1);
/// let probabilities: &[f32] = predictor.predict(&[&picture], 1)?;
/// ```
pub struct Predictor<'m> {
    network: Held<'m>,
    workspace: PredictWorkspace,
}

/// How a predictor has its model.
enum Held<'m> {
    Borrowed(&'m dyn Network),
    Shared(Arc<dyn Network>),
}

impl Held<'_> {
    fn get(&self) -> &dyn Network {
        match self {
            Held::Borrowed(network) => *network,
            Held::Shared(network) => &**network,
        }
    }
}

impl Predictor<'static> {
    /// Memory for batches of up to `batch` examples of a model that the predictor keeps alive.
    pub fn shared(network: Arc<dyn Network>, batch: usize) -> Self {
        Self {
            workspace: PredictWorkspace::new(network.program(), batch),
            network: Held::Shared(network),
        }
    }
}

impl<'m> Predictor<'m> {
    /// Memory for batches of up to `batch` examples.
    pub fn new(network: &'m dyn Network, batch: usize) -> Self {
        Self {
            network: Held::Borrowed(network),
            workspace: PredictWorkspace::new(network.program(), batch),
        }
    }

    /// Predictions of the first output, `(examples, size)`: after the model's link, such as softmax. [`Predictor::output`] then
    /// gives those of the others.
    ///
    /// `inputs` has one flat slice for each input, `(examples, ..shape)`.
    ///
    /// # Errors
    ///
    /// If an input is missing or has the wrong length, the batch is larger than `batch`, there is no memory for batches of
    /// `batch` examples, or a number of an input or an output is NaN or infinite.
    pub fn predict(&mut self, inputs: &[&[f32]], examples: usize) -> Result<&[f32], EngineError> {
        self.run(inputs, examples)?;
        Ok(self.workspace.logits(0))
    }

    /// Runs the model; [`Predictor::output`] then gives each output's predictions.
    ///
    /// # Errors
    ///
    /// As [`Predictor::predict`].
    pub fn run(&mut self, inputs: &[&[f32]], examples: usize) -> Result<(), EngineError> {
        self.workspace.run(self.network.get(), inputs, examples)?;
        for index in 0..self.network.get().program().outputs.len() {
            self.workspace.predictions(index);
        }
        Ok(())
    }

    /// The predictions of output `index` after [`Predictor::run`].
    ///
    /// # Panics
    ///
    /// If the model has no such output; [`Predictor::get_output`] gives an error.
    #[track_caller]
    pub fn output(&self, index: usize) -> &[f32] {
        match self.get_output(index) {
            Ok(values) => values,
            Err(error) => panic!("{error}"),
        }
    }

    /// The predictions of output `index` after [`Predictor::run`].
    ///
    /// # Errors
    ///
    /// If the model has no such output.
    pub fn get_output(&self, index: usize) -> Result<&[f32], EngineError> {
        let program = self.network.get().program();
        if index < program.outputs.len() {
            return Ok(self.workspace.logits(index));
        }
        Err(EngineError::NoSuchOutput {
            model: program.name,
            outputs: program.outputs.len(),
            found: index,
        })
    }
}
