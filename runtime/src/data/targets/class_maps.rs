//! A class for each position of an example.

use super::values::{contiguous, standard};
use super::{Targets, TargetsView};
use crate::data::Places;
use ndarray::{Array2, Array3, ArrayView2, Axis, Order};

/// One class number per position of an example: pictures segmented pixel by pixel, sequences of tokens.
///
/// For an output `[height, width, classes]` each example has `height * width` numbers, row by row. Augmentations move them
/// with the picture, if there is one for each of its pixels.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use ndarray::Array3;
/// use shapeflow::data::{ClassMaps, Targets};
///
/// let masks = ClassMaps::from(Array3::zeros((10, 32, 24))); // (examples, height, width)
/// assert_eq!((masks.len(), masks.width(0)), (10, 768));
/// ```
#[derive(Clone, Debug)]
pub struct ClassMaps {
    /// `(examples, positions)`, in standard layout.
    classes: Array2<u32>,
    places: Places,
}

/// Equal numbers, whatever is known of their places.
impl PartialEq for ClassMaps {
    fn eq(&self, other: &Self) -> bool {
        self.classes == other.classes
    }
}

impl Eq for ClassMaps {}

/// A class for each pixel: `(examples, height, width)`.
impl From<Array3<u32>> for ClassMaps {
    fn from(classes: Array3<u32>) -> Self {
        let (examples, height, width) = classes.dim();
        let rows = (examples, height * width);
        let classes = classes
            .to_shape((rows, Order::RowMajor))
            .expect("as many numbers as before");
        Self {
            places: Places::Pixels { height, width },
            ..Self::new(classes.into_owned())
        }
    }
}

impl ClassMaps {
    /// Class numbers, `(examples, positions)`.
    ///
    /// Of an array `(examples, height, width)` use `ClassMaps::from`, which keeps height and width.
    pub fn new(classes: Array2<u32>) -> Self {
        ClassMaps {
            classes: standard(classes),
            places: Places::Unknown,
        }
    }

    /// The numbers, `(examples, positions)`.
    pub fn array(&self) -> ArrayView2<'_, u32> {
        self.classes.view()
    }
}

impl Targets for ClassMaps {
    fn len(&self) -> usize {
        self.classes.nrows()
    }
    fn outputs(&self) -> usize {
        1
    }
    fn width(&self, output: usize) -> usize {
        assert_eq!(output, 0, "`ClassMaps` are the targets of one output");
        self.classes.ncols()
    }
    fn view(&self, output: usize) -> TargetsView<'_> {
        assert_eq!(output, 0, "`ClassMaps` are the targets of one output");
        TargetsView::Classes(contiguous(&self.classes))
    }
    fn places(&self, _: usize) -> Places {
        self.places
    }
    fn subset(&self, indices: &[usize]) -> Self {
        ClassMaps {
            classes: self.classes.select(Axis(0), indices),
            places: self.places,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_come_row_by_row_whatever_the_layout_in_memory() {
        let maps = Array3::from_shape_fn((2, 2, 3), |(n, y, x)| (100 * n + 10 * y + x) as u32);
        let turned = maps
            .clone()
            .permuted_axes([2, 1, 0])
            .as_standard_layout()
            .into_owned();
        for maps in [maps, turned.permuted_axes([2, 1, 0])] {
            let maps = ClassMaps::from(maps);
            let expected = [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112];
            assert_eq!(maps.view(0), TargetsView::Classes(&expected));
            let places = Places::Pixels {
                height: 2,
                width: 3,
            };
            assert_eq!(
                (maps.places(0), maps.subset(&[1]).places(0)),
                (places, places)
            );
        }
    }
}
