//! Examples in memory: inputs, and the targets that belong to them.

use super::class_names::ClassNames;
use super::random::{Purpose, Random};
use super::{BatchBuffers, DataError, Input, Targets, check_finite};
use ndarray::ArrayD;

/// Inputs and targets of the same examples, in memory.
///
/// There is one array per input of the model, its first axis counting examples; the rest is the shape that the model
/// declares: pictures are `(examples, height, width, channels)`. Targets are [`Classes`](super::Classes),
/// [`Values`](super::Values), or a tuple with one of these per output.
///
/// ```
/// use ndarray::array;
/// use shapeflow_runtime::data::{Classes, Dataset};
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
    /// use ndarray::{Array2, Array4};
    /// use shapeflow_runtime::data::{Classes, Dataset};
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
        let Some(first) = inputs.first() else {
            return Err(DataError::argument("inputs", "at least one array", "none"));
        };
        let examples = first.shape().first().copied().unwrap_or(0);
        if examples == 0 {
            return Err(DataError::Empty {
                what: "the data set".to_owned(),
            });
        }
        for (index, input) in inputs.iter().enumerate() {
            let found = input.shape().first().copied().unwrap_or(0);
            if found != examples {
                return Err(DataError::Length {
                    what: format!("input {index}"),
                    expected: examples,
                    found,
                });
            }
            check_finite(&format!("input {index}"), &**input)?;
        }
        if targets.len() != examples {
            return Err(DataError::Length {
                what: "targets".to_owned(),
                expected: examples,
                found: targets.len(),
            });
        }
        for output in 0..targets.outputs() {
            let each = targets.width(output).max(1);
            let view = targets.view(output);
            if view.len() != examples * targets.width(output) {
                return Err(DataError::Length {
                    what: format!("targets of output {output}"),
                    expected: examples,
                    found: view.len() / each,
                });
            }
            if let super::TargetsView::Values(values) = view
                && let Some(index) = values.iter().position(|value| !value.is_finite())
            {
                return Err(DataError::NotFinite {
                    what: format!("targets of output {output}"),
                    example: index / each,
                    element: index % each,
                    value: values[index],
                });
            }
        }
        let shapes = inputs
            .iter()
            .map(|input| input.shape()[1..].to_vec())
            .collect();
        Ok(Self {
            inputs,
            shapes,
            targets,
            names: ClassNames::default(),
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

    /// Inputs, as arrays of 32 bits, and targets.
    pub fn into_parts(self) -> (Vec<ArrayD<f32>>, T) {
        let inputs = self.inputs.into_iter().map(Input::into_array);
        (inputs.collect(), self.targets)
    }

    /// The same inputs with targets made from these, such as one-hot rows from class numbers. Class names are dropped,
    /// for the new targets may mean something else.
    ///
    /// # Errors
    ///
    /// If the new targets differ in length or hold a NaN or an infinity.
    pub fn map_targets<U: Targets>(
        self,
        change: impl FnOnce(T) -> U,
    ) -> Result<Dataset<U>, DataError> {
        Dataset::from_inputs(self.inputs, change(self.targets))
    }

    /// The same targets with one input replaced, such as by its normalised values.
    ///
    /// # Errors
    ///
    /// If there is no such input, the new one differs in length or holds a NaN or an infinity, or the old one comes from a table
    /// and has numbers that 32 bits don't tell apart.
    ///
    /// ```
    /// use ndarray::array;
    /// use shapeflow_runtime::data::{Classes, Dataset};
    ///
    /// let set = Dataset::new(array![[10.0], [30.0]], Classes(vec![0, 1]))?.map_input(0, |x| x / 10.0)?;
    /// assert_eq!(set.input(0), &array![[1.0], [3.0]].into_dyn());
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn map_input(
        self,
        input: usize,
        change: impl FnOnce(ArrayD<f32>) -> ArrayD<f32>,
    ) -> Result<Self, DataError> {
        self.check_input(input)?;
        self.change_input(input, |old| old.map(change))
    }

    /// One input replaced; there is one of that number.
    pub(crate) fn change_input(
        mut self,
        input: usize,
        change: impl FnOnce(Input) -> Result<Input, DataError>,
    ) -> Result<Self, DataError> {
        let old = std::mem::replace(
            &mut self.inputs[input],
            Input::from(ArrayD::default(vec![0])),
        );
        self.inputs[input] = change(old)?;
        let names = self.names;
        Ok(Self {
            names,
            ..Self::from_inputs(self.inputs, self.targets)?
        })
    }

    /// The examples of these numbers, in this order, copied.
    ///
    /// # Errors
    ///
    /// If `indices` is empty or has a number past the end.
    pub fn subset(&self, indices: &[usize]) -> Result<Self, DataError> {
        if indices.is_empty() {
            return Err(DataError::Empty {
                what: "the subset".to_owned(),
            });
        }
        if let Some(&index) = indices.iter().find(|&&index| index >= self.len()) {
            return Err(DataError::Index {
                what: "the data set".to_owned(),
                examples: self.len(),
                index,
            });
        }
        Ok(Self {
            inputs: self
                .inputs
                .iter()
                .map(|input| input.select(indices))
                .collect(),
            shapes: self.shapes.clone(),
            targets: self.targets.subset(indices),
            names: self.names.clone(),
        })
    }

    /// Writes the examples of these numbers into `batch`, in this order. Allocates only while the buffers grow.
    ///
    /// # Panics
    ///
    /// If a number is past the end.
    pub fn gather(&self, indices: &[usize], batch: &mut BatchBuffers) {
        let outputs = self.targets.outputs();
        batch.prepare(self.inputs.len(), outputs, indices.len());
        for (number, (input, shape)) in self.inputs.iter().zip(&self.shapes).enumerate() {
            batch.gather_input(number, flat(input), shape.iter().product(), indices);
        }
        for output in 0..outputs {
            batch.gather_target(
                output,
                self.targets.view(output),
                self.targets.width(output),
                indices,
            );
        }
    }

    /// The numbers of all examples in the order of an epoch: it depends on `seed`, `epoch` and the number of examples.
    pub fn shuffled(&self, seed: u64, epoch: u64) -> Vec<usize> {
        let mut order = Vec::new();
        shuffled_order(self.len(), seed, epoch, &mut order);
        order
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

/// Writes `0 .. examples` in the order of an epoch.
pub(crate) fn shuffled_order(examples: usize, seed: u64, epoch: u64, order: &mut Vec<usize>) {
    order.clear();
    order.extend(0..examples);
    Random::new(seed, Purpose::Shuffle, epoch, 0).shuffle(order);
}

fn flat(input: &ArrayD<f32>) -> &[f32] {
    // The constructor brings every input into standard layout, and nothing changes the axes afterwards.
    input
        .as_slice()
        .expect("inputs are kept in standard layout")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Classes, Values};
    use ndarray::{Array1, Array2, Array4, array};

    fn message<T>(result: Result<Dataset<T>, DataError>) -> String {
        result
            .map(|_| ())
            .expect_err("a data set that isn't proper")
            .to_string()
    }

    #[test]
    fn lengths_must_agree() {
        assert_eq!(
            message(Dataset::new(Array2::zeros((3, 2)), Classes(vec![0, 1]))),
            "targets: expected 3 examples, found 2"
        );
        let inputs = vec![
            Array2::zeros((3, 2)).into_dyn(),
            Array2::zeros((4, 2)).into_dyn(),
        ];
        assert_eq!(
            message(Dataset::with_inputs(inputs, Classes(vec![0; 3]))),
            "input 1: expected 3 examples, found 4"
        );
        let targets = (Classes(vec![0; 3]), Values::from(vec![0.0; 2]));
        assert_eq!(
            message(Dataset::new(Array2::zeros((3, 2)), targets)),
            "targets of output 1: expected 3 examples, found 2"
        );
    }

    #[test]
    fn there_must_be_examples_and_inputs() {
        let nothing = "the data set: expected at least one example, found none";
        assert_eq!(
            message(Dataset::new(Array2::zeros((0, 2)), Classes(vec![]))),
            nothing
        );
        assert_eq!(
            message(Dataset::new(ndarray::arr0(1.0), Classes(vec![0]))),
            nothing
        );
        assert_eq!(
            message(Dataset::with_inputs(vec![], Classes(vec![0]))),
            "inputs: expected at least one array, found none"
        );
    }

    #[test]
    fn values_must_be_finite() {
        let mut pictures = Array4::zeros((2, 2, 2, 1));
        pictures[[1, 0, 1, 0]] = f32::INFINITY;
        assert_eq!(
            message(Dataset::new(pictures, Classes(vec![0, 1]))),
            "input 0, example 1, element 1: expected a finite number, found inf"
        );
        assert_eq!(
            message(Dataset::new(
                Array1::zeros(2),
                Values::from(array![[0.0, 0.0], [0.0, f32::NAN]])
            )),
            "targets of output 0, example 1, element 1: expected a finite number, found NaN"
        );
    }

    #[test]
    fn the_layout_in_memory_does_not_matter() {
        let turned = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].reversed_axes();
        let set = Dataset::new(turned, Classes(vec![0, 1, 2])).expect("a proper data set");
        let mut batch = BatchBuffers::new();
        set.gather(&[2, 0], &mut batch);
        assert_eq!(batch.input(0), [3.0, 6.0, 1.0, 4.0]);
    }

    #[test]
    fn subsets_copy_the_examples_named() {
        let set = Dataset::new(array![[1.0], [2.0], [3.0]], Classes(vec![7, 8, 9]))
            .expect("a proper data set");
        let part = set.subset(&[2, 0]).expect("both are there");
        assert_eq!(part.input(0), &array![[3.0], [1.0]].into_dyn());
        assert_eq!(part.targets().0, [9, 7]);
        assert_eq!(
            message(set.subset(&[3])),
            "the data set: expected an index below 3, found 3"
        );
        assert_eq!(
            message(set.subset(&[])),
            "the subset: expected at least one example, found none"
        );
    }

    #[test]
    fn inputs_and_targets_can_be_replaced_but_not_broken() {
        let set =
            Dataset::new(array![[1.0], [2.0]], Classes(vec![0, 1])).expect("a proper data set");
        let rows = set
            .clone()
            .map_targets(|classes| classes.one_hot(2))
            .expect("as long as before");
        assert_eq!(rows.targets().array(), array![[1.0, 0.0], [0.0, 1.0]]);
        assert!(message(set.clone().map_input(0, |x| x / 0.0)).contains("found inf"));
        assert_eq!(
            message(set.map_input(1, |x| x)),
            "input: expected a number below 1, found 1"
        );
    }
}
