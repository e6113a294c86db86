//! From the smallest and the largest number to a range.

use super::numbers::{Groups, Numbers};
use super::{Extent, Normalizer};
use crate::data::DataError;

/// A range, 0 to 1 by default: the smallest number of the training data becomes its low end, the largest its high end,
/// as in scikit-learn's `MinMaxScaler`. A column of equal numbers becomes the low end.
#[derive(Clone, Copy, Debug)]
pub struct MinMax {
    extent: Extent,
    low: f32,
    high: f32,
}

impl MinMax {
    /// With the smallest and largest number of each column of a table, or each channel of pictures.
    pub fn per_column() -> Self {
        Self {
            extent: Extent::PerColumn,
            low: 0.0,
            high: 1.0,
        }
    }

    /// With the smallest and largest of all numbers.
    pub fn whole() -> Self {
        Self {
            extent: Extent::Whole,
            low: 0.0,
            high: 1.0,
        }
    }

    /// The range to bring the numbers into, such as -1 to 1.
    pub fn range(mut self, low: f32, high: f32) -> Self {
        (self.low, self.high) = (low, high);
        self
    }

    /// Measures the training data, in 64 bits; columns or channels are its last axis.
    ///
    /// # Errors
    ///
    /// If there is no data, or a NaN or an infinity in it, or the range isn't one.
    pub fn fit(&self, data: &(impl Numbers + ?Sized)) -> Result<Normalizer, DataError> {
        let width = f64::from(self.high) - f64::from(self.low);
        if !(width.is_finite() && width > 0.0) {
            let found = format!("{} to {}", self.low, self.high);
            return Err(DataError::argument(
                "range to normalise to",
                "its low end first",
                found,
            ));
        }
        let groups = Groups::of(data, self.extent == Extent::PerColumn)?;
        let (mut offset, mut scale) = (Vec::new(), Vec::new());
        for (smallest, largest) in groups.0 {
            let spread = if largest > smallest {
                largest - smallest
            } else {
                1.0
            };
            let by = (spread / width).max(f64::MIN_POSITIVE);
            offset.push(smallest - f64::from(self.low) * by);
            scale.push(by);
        }
        Ok(
            Normalizer::new("min-max", self.extent == Extent::Whole, offset, scale)
                .named(data.column_names()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_widest_range_and_the_smallest_numbers_are_taken() {
        let data = ndarray::array![0.0, 5e-324];
        let wide = MinMax::whole().range(-3e38, 3e38).fit(&data).unwrap();
        assert_eq!(wide.scale(), [f64::MIN_POSITIVE]);
        let ten = MinMax::whole().range(0.0, 10.0).fit(&data).unwrap();
        assert_eq!(ten.scale(), [f64::MIN_POSITIVE]);
    }

    #[test]
    fn the_ends_of_the_data_become_the_ends_of_the_range() {
        let data = array![[2.0, -10.0, 7.0], [4.0, 30.0, 7.0], [3.0, 10.0, 7.0]];
        let unit = MinMax::per_column().fit(&data).unwrap();
        assert_eq!(
            unit.transform(data.clone()).unwrap(),
            array![[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.0]]
        );
        let around = MinMax::per_column().range(-1.0, 1.0).fit(&data).unwrap();
        let normalized = around.transform(data.clone()).unwrap();
        assert_eq!(
            normalized,
            array![[-1.0, -1.0, -1.0], [1.0, 1.0, -1.0], [0.0, 0.0, -1.0]]
        );
        assert_eq!(around.inverse(normalized).unwrap(), data);
        let whole = MinMax::whole().fit(&data).unwrap();
        assert_eq!(whole.transform(data).unwrap()[[0, 0]], 0.3);
    }

    #[test]
    fn the_range_must_be_one() {
        let message = MinMax::whole()
            .range(1.0, 1.0)
            .fit(&array![1.0, 2.0])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "range to normalise to: expected its low end first, found 1 to 1"
        );
    }
}
