//! What a model should answer: class numbers or values, one set per output.

mod class_maps;
mod classes;
mod values;

pub use class_maps::ClassMaps;
pub use classes::Classes;
pub use values::Values;

use super::Places;

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

    /// Where on a picture the targets of an output stand, as far as they say; [`Dataset::targets_as`] says more.
    ///
    /// [`Dataset::targets_as`]: super::Dataset::targets_as
    ///
    /// # Panics
    /// When `output` is not below [`Targets::outputs`].
    fn places(&self, output: usize) -> Places {
        let _ = output;
        Places::Unknown
    }

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
            fn places(&self, output: usize) -> Places {
                match output {
                    $($index => self.$index.places(0),)+
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

    #[test]
    fn a_subset_of_a_tuple_takes_the_same_examples_of_each() {
        let both = (Classes(vec![5, 6, 7]), Values::from(vec![0.5, 0.6, 0.7]));
        let part = both.subset(&[2, 0]);
        assert_eq!(part.view(0), TargetsView::Classes(&[7, 5]));
        assert_eq!(part.view(1), TargetsView::Values(&[0.7, 0.5]));
        assert!(part.lengths_agree());
        assert!(!(Classes(vec![1]), Classes(vec![1, 2])).lengths_agree());
    }
}
