//! A class for each example.

use super::{Targets, TargetsView, Values};
use crate::data::{DataError, Places};
use ndarray::Array2;

/// One class number per example, counted from 0.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::{Classes, Targets};
/// let targets = Classes(vec![3, 0, 2]);
/// assert_eq!(targets.len(), 3);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes(pub Vec<u32>);

/// The most classes that weights are made for: 64 MiB of them.
const MOST_CLASSES: usize = 1 << 24;

/// The most numbers of one-hot rows: 16 GiB.
const MOST_NUMBERS: usize = 4 << 30;

impl Classes {
    /// How many classes there must be at least: the largest number plus 1, 0 for no examples.
    pub fn count(&self) -> usize {
        self.0.iter().max().map_or(0, |&class| class as usize + 1)
    }

    /// One row per example with a 1 at its class: `(examples, classes)`. They hold for the whole of a picture.
    ///
    /// # Errors
    ///
    /// If a class number isn't below `classes`, or the rows would take more than 16 GiB.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::Classes;
    ///
    /// assert_eq!(Classes(vec![1, 0]).one_hot(2)?.array(), array![[0.0, 1.0], [1.0, 0.0]]);
    /// let error = Classes(vec![1, 0, 2]).one_hot(2).unwrap_err();
    /// assert_eq!(error.to_string(), "class of example 2: expected a number below 2, the number of classes, found 2");
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn one_hot(&self, classes: usize) -> Result<Values, DataError> {
        self.check_below(classes)?;
        let numbers = self.0.len().max(1).checked_mul(classes);
        if numbers.is_none_or(|numbers| numbers > MOST_NUMBERS) {
            return Err(DataError::argument(
                "number of classes",
                format!(
                    "at most {} for {} examples (`SparseCategoricalCrossEntropy` takes class numbers as they are)",
                    MOST_NUMBERS / self.0.len().max(1),
                    self.0.len()
                ),
                classes,
            ));
        }
        let mut rows = Array2::zeros((self.0.len(), classes));
        for (mut row, &class) in rows.outer_iter_mut().zip(&self.0) {
            row[class as usize] = 1.0;
        }
        Ok(Values::whole(rows))
    }

    /// Weights for the classes of a loss, so that rare ones count as much as common ones: `examples / (classes * count)`.
    ///
    /// The same as scikit-learn's `class_weight="balanced"`. A class without an example weighs 0.
    ///
    /// # Errors
    ///
    /// If a class number isn't below `classes`, or there are more than 16,777,216 classes.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::Classes;
    /// use shapeflow::losses::SparseCategoricalCrossEntropy;
    /// let weights = Classes(vec![0, 0, 0, 1]).balanced_weights(2)?;
    /// assert_eq!(weights, [2.0 / 3.0, 2.0]);
    /// let loss = SparseCategoricalCrossEntropy::new().class_weights(weights);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn balanced_weights(&self, classes: usize) -> Result<Vec<f32>, DataError> {
        self.check_below(classes)?;
        if classes > MOST_CLASSES {
            return Err(DataError::argument(
                "number of classes",
                format!("at most {MOST_CLASSES}"),
                classes,
            ));
        }
        let mut counts = vec![0_usize; classes];
        for &class in &self.0 {
            counts[class as usize] += 1;
        }
        let share = self.0.len() as f64 / classes as f64;
        let weight = |count| match count {
            0 => 0.0,
            count => (share / count as f64) as f32,
        };
        Ok(counts.into_iter().map(weight).collect())
    }

    fn check_below(&self, classes: usize) -> Result<(), DataError> {
        let beyond = |&class: &u32| class as usize >= classes;
        match self.0.iter().position(beyond) {
            None => Ok(()),
            Some(example) => Err(DataError::argument(
                format!("class of example {example}"),
                format!("a number below {classes}, the number of classes"),
                self.0[example],
            )),
        }
    }
}

impl From<Vec<u32>> for Classes {
    fn from(classes: Vec<u32>) -> Self {
        Classes(classes)
    }
}

impl Targets for Classes {
    fn len(&self) -> usize {
        self.0.len()
    }
    fn outputs(&self) -> usize {
        1
    }
    fn width(&self, output: usize) -> usize {
        assert_eq!(output, 0, "`Classes` are the targets of one output");
        1
    }
    fn view(&self, output: usize) -> TargetsView<'_> {
        assert_eq!(output, 0, "`Classes` are the targets of one output");
        TargetsView::Classes(&self.0)
    }
    fn places(&self, _: usize) -> Places {
        Places::Whole
    }
    fn subset(&self, indices: &[usize]) -> Self {
        Classes(indices.iter().map(|&index| self.0[index]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn one_hot_marks_the_class_and_nothing_else() {
        let rows = Classes(vec![1, 0]).one_hot(3).unwrap();
        assert_eq!(rows.array(), array![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
        assert_eq!(Classes(vec![1, 4]).count(), 5);
    }

    #[test]
    fn classes_beyond_the_number_given_are_errors() {
        let classes = Classes(vec![0, 3, u32::MAX]);
        let expected =
            "class of example 1: expected a number below 3, the number of classes, found 3";
        assert_eq!(classes.one_hot(3).unwrap_err().to_string(), expected);
        assert_eq!(
            classes.balanced_weights(3).unwrap_err().to_string(),
            expected
        );
        assert!(classes.balanced_weights(0).is_err());
        let few = Classes(vec![0, 3]);
        for absurd in [1 << 40, usize::MAX] {
            let message = few.one_hot(absurd).unwrap_err().to_string();
            let expected = "number of classes: expected at most 2147483648 for 2 examples";
            assert!(message.starts_with(expected), "{message}");
            let message = few.balanced_weights(absurd).unwrap_err().to_string();
            let expected = format!("number of classes: expected at most 16777216, found {absurd}");
            assert_eq!(message, expected);
        }
        assert!(Classes::default().one_hot(usize::MAX).is_err());
        assert_eq!(
            Classes(vec![2, 2]).balanced_weights(3).unwrap(),
            [0.0, 0.0, 1.0 / 3.0]
        );
    }
}
