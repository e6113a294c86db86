//! Examples in memory: inputs, and the targets that belong to them.

mod change;
mod check;
mod gather;
#[cfg(test)]
mod tests;

pub use change::IntoTargets;
pub(crate) use gather::shuffled_order;

use super::class_names::ClassNames;
use super::places::Said;
use super::{DataError, Input, Targets};
use crate::engine::ColumnNames;
use ndarray::ArrayD;

/// Inputs and targets of the same examples, in memory.
///
/// There is one array per input of the model, its first axis counting examples; the rest is the shape that the model
/// declares: pictures are `(examples, height, width, channels)`. Targets are [`Classes`](super::Classes),
/// [`Values`](super::Values), or a tuple with one of these per output.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use ndarray::array;
/// use shapeflow::data::{Classes, Dataset};
///
/// let flowers = Dataset::new(
///     array![[5.1, 3.5], [6.2, 2.9], [4.9, 3.0], [6.7, 3.1]],
///     Classes(vec![0, 1, 0, 1]),
/// )?;
/// let (train, test) = flowers.stratified_split(0.5, 42)?;
/// assert_eq!((train.len(), test.len()), (2, 2));
/// # Ok::<(), shapeflow_runtime::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dataset<T> {
    /// Each contiguous in standard layout, with as many examples as `targets`.
    inputs: Vec<Input>,
    /// The shape of one example of each input.
    shapes: Vec<Vec<usize>>,
    targets: T,
    pub(super) names: ClassNames,
    pub(super) said: Said,
    /// The columns of each output's targets, where they are known.
    target_columns: Vec<Option<ColumnNames>>,
}

impl<T: Targets> Dataset<T> {
    /// A data set for a model with one input: an array `(examples, ..)`, or the [`Input`] of another data set or of a table.
    ///
    /// # Errors
    ///
    /// If there are no examples, if inputs and targets differ in length, or if a value is NaN or infinite.
    pub fn new(inputs: impl Into<Input>, targets: T) -> Result<Self, DataError> {
        Self::from_inputs(vec![inputs.into()], targets)
    }

    /// A data set for a model with several inputs, in the order in which the model declares them.
    ///
    /// # Errors
    ///
    /// If there are no examples or no inputs, if inputs and targets differ in length, or if a value is NaN or infinite.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::{Array2, Array4};
    /// use shapeflow::data::{Classes, Dataset};
    ///
    /// let pictures = Array4::zeros((3, 8, 8, 1)).into_dyn();
    /// let ages = Array2::zeros((3, 1)).into_dyn();
    /// let both = Dataset::with_inputs(vec![pictures, ages], Classes(vec![0, 1, 1]))?;
    /// assert_eq!(both.shape(0), [8, 8, 1]);
    ///
    /// let error = Dataset::with_inputs(vec![Array2::zeros((3, 1)).into_dyn()], Classes(vec![0])).unwrap_err();
    /// assert_eq!(error.to_string(), "targets: expected 3 examples, found 1");
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn with_inputs(inputs: Vec<ArrayD<f32>>, targets: T) -> Result<Self, DataError> {
        Self::from_inputs(inputs.into_iter().map(Input::from).collect(), targets)
    }

    pub(crate) fn from_inputs(inputs: Vec<Input>, targets: T) -> Result<Self, DataError> {
        check::check(&inputs, &targets)?;
        let shapes = inputs
            .iter()
            .map(|input| input.shape()[1..].to_vec())
            .collect();
        Ok(Self {
            inputs,
            shapes,
            targets,
            names: ClassNames::default(),
            said: Said::default(),
            target_columns: Vec::new(),
        })
    }

    /// How many examples there are; at least one.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Always `false`: a data set has at least one example.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// All inputs, the first axis of each counting examples.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// One input of all examples: `(examples, ..)`.
    ///
    /// # Panics
    ///
    /// If there is no such input.
    pub fn input(&self, input: usize) -> &Input {
        &self.inputs[input]
    }

    /// The targets of all examples.
    pub fn targets(&self) -> &T {
        &self.targets
    }

    /// The shape of one example of an input, without the batch axis.
    ///
    /// # Panics
    ///
    /// If there is no such input.
    pub fn shape(&self, input: usize) -> &[usize] {
        &self.shapes[input]
    }

    /// The shapes of one example, one per input.
    pub fn shapes(&self) -> &[Vec<usize>] {
        &self.shapes
    }

    /// The names of an input's columns, if it comes from a table.
    ///
    /// # Panics
    ///
    /// If there is no such input.
    pub fn feature_names(&self, input: usize) -> Option<&[String]> {
        self.inputs[input].names()
    }

    /// The columns that an output's targets come from, if they come from a table.
    pub fn target_names(&self, output: usize) -> Option<&[String]> {
        self.target_columns(output).map(ColumnNames::names)
    }

    /// The columns of an output's targets, if they are known: names, and what was done to their numbers.
    pub fn target_columns(&self, output: usize) -> Option<&ColumnNames> {
        self.target_columns.get(output)?.as_ref()
    }

    /// The same examples, with the columns of the only output's targets.
    pub(crate) fn with_target_columns(mut self, columns: Option<ColumnNames>) -> Self {
        self.target_columns = vec![columns];
        self
    }

    /// Inputs, as arrays of 32 bits, and targets.
    pub fn into_parts(self) -> (Vec<ArrayD<f32>>, T) {
        let inputs = self.inputs.into_iter().map(Input::into_array);
        (inputs.collect(), self.targets)
    }

    /// Checks that no input has lost what told its examples apart, having too few bits.
    pub(crate) fn check_resolved(&self) -> Result<(), DataError> {
        for (index, input) in self.inputs.iter().enumerate() {
            input.check_resolved(&format!("input {index}"))?;
        }
        Ok(())
    }

    pub(crate) fn check_input(&self, input: usize) -> Result<(), DataError> {
        if input < self.inputs.len() {
            Ok(())
        } else {
            Err(DataError::argument(
                "input",
                format!("a number below {}", self.inputs.len()),
                input,
            ))
        }
    }
}
