//! Data sets made from others: other targets, another input, some of the examples.

use super::Dataset;
use crate::data::{DataError, Input, Targets};
use ndarray::ArrayD;

/// What a function for [`Dataset::map_targets`] may give: targets, or a `Result` of them.
pub trait IntoTargets {
    /// The targets.
    type Targets: Targets;

    /// The targets, or what was wrong.
    ///
    /// # Errors
    ///
    /// That of the function.
    fn into_targets(self) -> Result<Self::Targets, DataError>;
}

impl<T: Targets> IntoTargets for T {
    type Targets = T;

    fn into_targets(self) -> Result<T, DataError> {
        Ok(self)
    }
}

impl<T: Targets> IntoTargets for Result<T, DataError> {
    type Targets = T;

    fn into_targets(self) -> Self {
        self
    }
}

impl<T: Targets> Dataset<T> {
    /// The same inputs with targets made from these, such as one-hot rows from class numbers. Class names and what was said
    /// of [`Places`](crate::data::Places) are dropped, for the new targets may mean something else. The function may give a
    /// `Result`.
    ///
    /// # Errors
    ///
    /// That of the function; if the new targets differ in length or hold a NaN or an infinity.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::{Classes, Dataset};
    ///
    /// let set = Dataset::new(array![[1.0], [2.0]], Classes(vec![0, 2]))?;
    /// let rows = set.map_targets(|classes| classes.one_hot(3))?;
    /// assert_eq!(rows.targets().array(), array![[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn map_targets<R: IntoTargets>(
        self,
        change: impl FnOnce(T) -> R,
    ) -> Result<Dataset<R::Targets>, DataError> {
        Dataset::from_inputs(self.inputs, change(self.targets).into_targets()?)
    }

    /// The same targets with one input replaced, such as by its normalised values.
    ///
    /// # Errors
    ///
    /// If there is no such input, the new one differs in length or holds a NaN or an infinity, or the old one comes from a table
    /// and has numbers that 32 bits don't tell apart.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::{Classes, Dataset};
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
        self.change_input(input, |old| {
            let changed = old.map(change)?;
            Ok(changed.with_change(|_| "changed by `map_input`".to_owned()))
        })
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
        let (names, said, target_columns) = (self.names, self.said, self.target_columns);
        Ok(Self {
            names,
            said,
            target_columns,
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
            said: self.said.clone(),
            target_columns: self.target_columns.clone(),
        })
    }
}
