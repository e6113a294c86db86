//! Numbers to predict.

use super::{Targets, TargetsView};
use crate::data::Places;
use ndarray::{Array1, Array2, Array4, ArrayView2, Axis, Order};

/// Numbers to predict, one row per example: regression, one-hot or soft classes, yes/no answers as 0 and 1.
///
/// An output of several axes has its row in the same order as the output: the last axis runs fastest.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use ndarray::array;
/// use shapeflow::data::{Targets, Values};
/// let prices = Values::from(array![12.5, 30.0, 7.25]);
/// assert_eq!((prices.len(), prices.width(0)), (3, 1));
/// ```
#[derive(Clone, Debug)]
pub struct Values {
    /// `(examples, size of the output)`, in standard layout.
    values: Array2<f32>,
    places: Places,
}

/// Equal numbers, whatever is known of their places.
impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl Values {
    /// Values, `(examples, size of the output)`, or what else becomes some: one number per example, maps.
    pub fn new(values: impl Into<Self>) -> Self {
        values.into()
    }

    /// Values that hold for the whole of a picture.
    pub(super) fn whole(values: Array2<f32>) -> Self {
        Self {
            places: Places::Whole,
            ..Self::new(values)
        }
    }

    /// The values, `(examples, size of the output)`.
    pub fn array(&self) -> ArrayView2<'_, f32> {
        self.values.view()
    }
}

impl From<Array2<f32>> for Values {
    fn from(values: Array2<f32>) -> Self {
        Values {
            values: standard(values),
            places: Places::Unknown,
        }
    }
}

/// Pictures to draw, or a map of values: `(examples, height, width, channels)`. Augmentations move them with the picture.
impl From<Array4<f32>> for Values {
    fn from(values: Array4<f32>) -> Self {
        let (examples, height, width, channels) = values.dim();
        let rows = (examples, height * width * channels);
        let values = values
            .to_shape((rows, Order::RowMajor))
            .expect("as many numbers as before");
        Self {
            places: Places::Pixels { height, width },
            ..Self::new(values.into_owned())
        }
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
        self.values.nrows()
    }
    fn outputs(&self) -> usize {
        1
    }
    fn width(&self, output: usize) -> usize {
        assert_eq!(output, 0, "`Values` are the targets of one output");
        self.values.ncols()
    }
    fn view(&self, output: usize) -> TargetsView<'_> {
        assert_eq!(output, 0, "`Values` are the targets of one output");
        TargetsView::Values(contiguous(&self.values))
    }
    fn places(&self, _: usize) -> Places {
        self.places
    }
    fn subset(&self, indices: &[usize]) -> Self {
        Values {
            values: self.values.select(Axis(0), indices),
            places: self.places,
        }
    }
}

/// The same array with rows one after the other in memory.
pub(super) fn standard<T: Clone>(array: Array2<T>) -> Array2<T> {
    if array.is_standard_layout() {
        array
    } else {
        array.as_standard_layout().into_owned()
    }
}

pub(super) fn contiguous<T>(array: &Array2<T>) -> &[T] {
    // The constructors bring the array into standard layout, and nothing changes its axes afterwards.
    array
        .as_slice()
        .expect("targets are kept in standard layout")
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
}
