//! What `predict` takes for an input: arrays and views as people have them.

use super::column_names::ColumnNames;
use ndarray::{ArrayBase, ArrayView, ArrayViewD, Data, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn};

/// An array that may be given to `predict` and `predict_one` for an input with the axes `D` (those of an example, and for
/// `predict` the examples before them): a view, or a reference to an array or a view; for a single axis a slice too.
///
/// A wrong number of axes doesn't compile. Where it is known only when the program runs (`IxDyn`, as the arrays of a data set
/// have), the whole shape is checked then.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what this input of the model takes",
    label = "expected `ArrayView<'_, f32, {D}>`, or a reference to such an array",
    note = "`predict` takes `(examples, ..)`, `predict_one` takes one example without that axis",
    note = "rows of numbers become an array by `ndarray::arr2(&[[..], [..]])`, other kinds of numbers by `array.mapv(|x| x as f32)`"
)]
pub trait IntoInput<'a, D> {
    /// The numbers, with their columns.
    fn into_input(self) -> GivenInput<'a>;
}

/// The numbers of an input, and its columns if they are known.
#[derive(Clone, Debug)]
pub struct GivenInput<'a> {
    /// The numbers.
    pub values: ArrayViewD<'a, f32>,
    /// The columns along the last axis.
    pub columns: Option<&'a ColumnNames>,
}

impl<'a> From<ArrayViewD<'a, f32>> for GivenInput<'a> {
    fn from(values: ArrayViewD<'a, f32>) -> Self {
        Self {
            values,
            columns: None,
        }
    }
}

macro_rules! axes {
    ($($axes:ty),*) => {$(
        impl<'a> IntoInput<'a, $axes> for ArrayView<'a, f32, $axes> {
            fn into_input(self) -> GivenInput<'a> {
                self.into_dyn().into()
            }
        }

        impl<'a, S: Data<Elem = f32>> IntoInput<'a, $axes> for &'a ArrayBase<S, $axes> {
            fn into_input(self) -> GivenInput<'a> {
                self.view().into_dyn().into()
            }
        }
    )*};
}

axes!(Ix1, Ix2, Ix3, Ix4, Ix5, Ix6);

impl<'a, D> IntoInput<'a, D> for ArrayViewD<'a, f32> {
    fn into_input(self) -> GivenInput<'a> {
        self.into()
    }
}

impl<'a, D, S: Data<Elem = f32>> IntoInput<'a, D> for &'a ArrayBase<S, IxDyn> {
    fn into_input(self) -> GivenInput<'a> {
        self.view().into()
    }
}

impl<'a> IntoInput<'a, Ix1> for &'a [f32] {
    fn into_input(self) -> GivenInput<'a> {
        ArrayView::from(self).into_dyn().into()
    }
}

impl<'a> IntoInput<'a, Ix1> for &'a Vec<f32> {
    fn into_input(self) -> GivenInput<'a> {
        self.as_slice().into_input()
    }
}

impl<'a, const N: usize> IntoInput<'a, Ix1> for &'a [f32; N] {
    fn into_input(self) -> GivenInput<'a> {
        self.as_slice().into_input()
    }
}
