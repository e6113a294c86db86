//! What a model should answer: class numbers or values, one set per output.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// The targets of one output for a run of examples, borrowed: what losses and metrics read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TargetsView<'a> {
    /// Class numbers, one per row of the output: `(examples * rows)`.
    Classes(&'a [u32]),
    /// Values, one per element of the output: `(examples, size)`.
    Values(&'a [f32]),
}

impl<'a> TargetsView<'a> {
    /// How many numbers there are.
    pub fn len(self) -> usize {
        match self {
            TargetsView::Classes(classes) => classes.len(),
            TargetsView::Values(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// What they are, for messages.
    pub fn kind(self) -> &'static str {
        match self {
            TargetsView::Classes(_) => "class numbers (`Classes`)",
            TargetsView::Values(_) => "values (`Values`)",
        }
    }

    /// The numbers `range` of these.
    ///
    /// # Panics
    /// When `range` reaches beyond the end.
    pub fn slice(self, range: std::ops::Range<usize>) -> TargetsView<'a> {
        match self {
            TargetsView::Classes(classes) => TargetsView::Classes(&classes[range]),
            TargetsView::Values(values) => TargetsView::Values(&values[range]),
        }
    }
}

/// Targets of a data set, for a model with one output or several.
///
/// [`Classes`], [`ClassMaps`] and [`Values`] are the targets of one output; a tuple of up to twelve of them those of a
/// model with that many outputs, in the order in which the model names them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be used as targets",
    label = "not `Classes`, `ClassMaps`, `Values`, or a tuple of these",
    note = "class numbers: `Classes(vec)`; numbers to predict or one-hot rows: `Values::new(array)`; several outputs: a tuple"
)]
pub trait Targets: Send + Sync {
    /// How many examples there are. Every part of a tuple has as many; [`Targets::lengths_agree`] tells.
    fn len(&self) -> usize;

    /// Whether there is no example.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many outputs these are for.
    fn outputs(&self) -> usize;

    /// Numbers per example for an output: 1 for [`Classes`], the columns of [`ClassMaps`] and [`Values`].
    ///
    /// # Panics
    /// When `output` is not below [`Targets::outputs`].
    fn width(&self, output: usize) -> usize;

    /// All targets of an output, [`Targets::width`] numbers per example.
    ///
    /// # Panics
    /// When `output` is not below [`Targets::outputs`].
    fn view(&self, output: usize) -> TargetsView<'_>;

    /// Whether every output has targets for the same number of examples.
    fn lengths_agree(&self) -> bool {
        (0..self.outputs()).all(|output| self.view(output).len() == self.len() * self.width(output))
    }

    /// The targets of these examples, in this order.
    ///
    /// # Panics
    /// When an index is not below [`Targets::len`].
    fn subset(&self, indices: &[usize]) -> Self
    where
        Self: Sized;
}

/// One class number per example, counted from 0.
///
/// ```
/// use shapeflow_runtime::data::{Classes, Targets};
/// let targets = Classes(vec![3, 0, 2]);
/// assert_eq!(targets.len(), 3);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes(pub Vec<u32>);

impl Classes {
    /// How many classes there must be at least: the largest number plus 1, 0 for no examples.
    pub fn count(&self) -> usize {
        self.0.iter().max().map_or(0, |&class| class as usize + 1)
    }

    /// One row per example with a 1 at its class: `(examples, classes)`.
    ///
    /// A class number beyond `classes` leaves its row without a 1, which a loss then reports.
    pub fn one_hot(&self, classes: usize) -> Values {
        let mut rows = Array2::zeros((self.0.len(), classes));
        for (mut row, &class) in rows.outer_iter_mut().zip(&self.0) {
            if let Some(entry) = row.get_mut(class as usize) {
                *entry = 1.0;
            }
        }
        Values::new(rows)
    }

    /// Weights for the classes of a loss, so that rare ones count as much as common ones: `examples / (classes * count)`.
    ///
    /// The same as scikit-learn's `class_weight="balanced"`. A class without an example weighs 0.
    ///
    /// ```
    /// use shapeflow_runtime::data::Classes;
    /// use shapeflow_runtime::losses::SparseCategoricalCrossEntropy;
    /// let weights = Classes(vec![0, 0, 0, 1]).balanced_weights(2);
    /// assert_eq!(weights, [2.0 / 3.0, 2.0]);
    /// let loss = SparseCategoricalCrossEntropy::new().class_weights(weights);
    /// ```
    pub fn balanced_weights(&self, classes: usize) -> Vec<f32> {
        let mut counts = vec![0u32; classes];
        for &class in &self.0 {
            if let Some(count) = counts.get_mut(class as usize) {
                *count += 1;
            }
        }
        let share = self.0.len() as f64 / classes as f64;
        let weight = |count| match count {
            0 => 0.0,
            count => (share / f64::from(count)) as f32,
        };
        counts.into_iter().map(weight).collect()
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
    fn subset(&self, indices: &[usize]) -> Self {
        Classes(indices.iter().map(|&index| self.0[index]).collect())
    }
}

/// One class number per position of an example: pictures segmented pixel by pixel, sequences of tokens.
///
/// For an output `[height, width, classes]` each example has `height * width` numbers, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMaps(Array2<u32>);

impl ClassMaps {
    /// Class numbers, `(examples, positions)`.
    pub fn new(classes: Array2<u32>) -> Self {
        ClassMaps(standard(classes))
    }

    /// The numbers, `(examples, positions)`.
    pub fn array(&self) -> ArrayView2<'_, u32> {
        self.0.view()
    }
}

impl Targets for ClassMaps {
    fn len(&self) -> usize {
        self.0.nrows()
    }
    fn outputs(&self) -> usize {
        1
    }
    fn width(&self, output: usize) -> usize {
        assert_eq!(output, 0, "`ClassMaps` are the targets of one output");
        self.0.ncols()
    }
    fn view(&self, output: usize) -> TargetsView<'_> {
        assert_eq!(output, 0, "`ClassMaps` are the targets of one output");
        TargetsView::Classes(contiguous(&self.0))
    }
    fn subset(&self, indices: &[usize]) -> Self {
        ClassMaps(self.0.select(Axis(0), indices))
    }
}

/// Numbers to predict, one row per example: regression, one-hot or soft classes, yes/no answers as 0 and 1.
///
/// An output of several axes has its row in the same order as the output: the last axis runs fastest.
///
/// ```
/// use ndarray::array;
/// use shapeflow_runtime::data::{Targets, Values};
/// let prices = Values::from(array![12.5, 30.0, 7.25]);
/// assert_eq!((prices.len(), prices.width(0)), (3, 1));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Values(Array2<f32>);

impl Values {
    /// Values, `(examples, size of the output)`.
    pub fn new(values: Array2<f32>) -> Self {
        Values(standard(values))
    }

    /// The values, `(examples, size of the output)`.
    pub fn array(&self) -> ArrayView2<'_, f32> {
        self.0.view()
    }
}

impl From<Array2<f32>> for Values {
    fn from(values: Array2<f32>) -> Self {
        Values::new(values)
    }
}

/// One number per example.
impl From<Array1<f32>> for Values {
    fn from(values: Array1<f32>) -> Self {
        Values::new(values.insert_axis(Axis(1)))
    }
}

/// One number per example.
impl From<Vec<f32>> for Values {
    fn from(values: Vec<f32>) -> Self {
        Array1::from(values).into()
    }
}

impl Targets for Values {
    fn len(&self) -> usize {
        self.0.nrows()
    }
    fn outputs(&self) -> usize {
        1
    }
    fn width(&self, output: usize) -> usize {
        assert_eq!(output, 0, "`Values` are the targets of one output");
        self.0.ncols()
    }
    fn view(&self, output: usize) -> TargetsView<'_> {
        assert_eq!(output, 0, "`Values` are the targets of one output");
        TargetsView::Values(contiguous(&self.0))
    }
    fn subset(&self, indices: &[usize]) -> Self {
        Values(self.0.select(Axis(0), indices))
    }
}

/// The same array with rows one after the other in memory.
fn standard<T: Clone>(array: Array2<T>) -> Array2<T> {
    if array.is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
    }
}

fn contiguous<T>(array: &Array2<T>) -> &[T] {
    // The constructors bring the array into standard layout, and nothing changes its axes afterwards.
    array
        .as_slice()
        .expect("targets are kept in standard layout")
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Targets),+> Targets for ($($name,)+) {
            fn len(&self) -> usize {
                self.0.len()
            }
            fn outputs(&self) -> usize {
                $count
            }
            fn width(&self, output: usize) -> usize {
                match output {
                    $($index => self.$index.width(0),)+
                    _ => panic!("these are the targets of {} outputs, there is none with index {output}", $count),
                }
            }
            fn view(&self, output: usize) -> TargetsView<'_> {
                match output {
                    $($index => self.$index.view(0),)+
                    _ => panic!("these are the targets of {} outputs, there is none with index {output}", $count),
                }
            }
            fn lengths_agree(&self) -> bool {
                let examples = self.0.len();
                true $(&& self.$index.len() == examples)+
            }
            fn subset(&self, indices: &[usize]) -> Self {
                ($(self.$index.subset(indices),)+)
            }
        }
    )*};
}

tuples! {
    2: A 0, B 1;
    3: A 0, B 1, C 2;
    4: A 0, B 1, C 2, D 3;
    5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5;
    7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    9: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    10: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    11: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    12: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_transposed_array_is_brought_into_order() {
        let values = Values::new(array![[1.0, 2.0], [3.0, 4.0]].reversed_axes());
        assert_eq!(values.view(0), TargetsView::Values(&[1.0, 3.0, 2.0, 4.0]));
    }

    #[test]
    fn a_subset_of_a_tuple_takes_the_same_examples_of_each() {
        let both = (Classes(vec![5, 6, 7]), Values::from(vec![0.5, 0.6, 0.7]));
        let part = both.subset(&[2, 0]);
        assert_eq!(part.view(0), TargetsView::Classes(&[7, 5]));
        assert_eq!(part.view(1), TargetsView::Values(&[0.7, 0.5]));
        assert!(part.lengths_agree());
        assert!(!(Classes(vec![1]), Classes(vec![1, 2])).lengths_agree());
    }

    #[test]
    fn one_hot_marks_the_class_and_nothing_else() {
        let rows = Classes(vec![1, 0]).one_hot(3);
        assert_eq!(rows.array(), array![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
        assert_eq!(Classes(vec![1, 4]).count(), 5);
    }
}
