//! Mean 0 and standard deviation 1.

use super::numbers::{Groups, Numbers};
use super::{Extent, Normalizer};
use crate::data::DataError;

/// Mean 0 and standard deviation 1: `(x - mean) / deviation`, the deviation being that of all the numbers (not of a
/// sample), as in scikit-learn's `StandardScaler`. A column of equal numbers (but for rounding) becomes zeros.
#[derive(Clone, Copy, Debug)]
pub struct Standardize(Extent);

impl Standardize {
    /// With mean and deviation of each column of a table, or each channel of pictures.
    pub fn per_column() -> Self {
        Self(Extent::PerColumn)
    }

    /// With one mean and one deviation for all numbers.
    pub fn whole() -> Self {
        Self(Extent::Whole)
    }

    /// Measures the training data, in 64 bits; columns or channels are its last axis.
    ///
    /// # Errors
    ///
    /// If there is no data, or a NaN or an infinity in it.
    pub fn fit(&self, data: &(impl Numbers + ?Sized)) -> Result<Normalizer, DataError> {
        let groups = Groups::of(data, self.0 == Extent::PerColumn)?;
        let ends = &groups.0;
        let count = (data.axes().iter().product::<usize>() / ends.len()) as f64;
        // Distances from the smallest number: sums of them lose nothing, however large the numbers are.
        let mut means = vec![0.0_f64; ends.len()];
        groups.each(data, |group, value| means[group] += value - ends[group].0);
        means.iter_mut().for_each(|mean| *mean /= count);
        // As parts of the range, whose squares are neither too large nor too small for 64 bits.
        let mut squares = vec![0.0_f64; ends.len()];
        groups.each(data, |group, value| {
            let (low, high) = ends[group];
            if high > low {
                squares[group] += ((value - low - means[group]) / (high - low)).powi(2);
            }
        });
        let (mut offset, mut scale) = (Vec::new(), Vec::new());
        for ((&(low, high), mean), squares) in ends.iter().zip(means).zip(squares) {
            let deviation = (squares / count).sqrt() * (high - low);
            offset.push(low + mean);
            // Equal numbers become zeros.
            scale.push(if high > low {
                deviation.max(f64::MIN_POSITIVE)
            } else {
                1.0
            });
        }
        Ok(
            Normalizer::new("standardize", self.0 == Extent::Whole, offset, scale)
                .named(data.column_names()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::MinMax;
    use super::*;
    use ndarray::{Array4, Axis, array};

    #[test]
    fn numbers_of_any_size_that_64_bits_hold_are_standardized() {
        let fit = |data: [f64; 3]| {
            let normalizer = Standardize::whole().fit(&ndarray::arr1(&data));
            normalizer.map(|normalizer| (normalizer.offset()[0], normalizer.scale()[0]))
        };
        // The variance of 0, 2 and 4 is 8/3.
        let large = 9_007_199_254_740_992.0;
        let (offset, scale) = fit([large, large + 50.0, large + 100.0]).unwrap();
        assert_eq!(offset, large + 50.0);
        assert!(
            (scale - 25.0 * (8.0_f64 / 3.0).sqrt()).abs() < 1e-12,
            "{scale}"
        );
        // Squares of these are beyond 64 bits.
        let (offset, scale) = fit([0.0, 2e200, 4e200]).unwrap();
        assert!((offset / 2e200 - 1.0).abs() < 1e-12, "{offset}");
        assert!((scale / (8.0_f64 / 3.0).sqrt() / 1e200 - 1.0).abs() < 1e-12);
        // The deviation of these is too small to divide by.
        let (_, scale) = fit([0.0, 0.0, 5e-324]).unwrap();
        assert_eq!(scale, f64::MIN_POSITIVE);
        let message = fit([-1e300, 0.0, 1e300]).unwrap_err().to_string();
        assert!(
            message.contains("numbers whose sums 64 bits hold"),
            "{message}"
        );
    }

    #[test]
    fn columns_get_mean_zero_and_deviation_one() {
        let data = array![[1.0, 100.0], [2.0, 300.0], [3.0, 500.0], [6.0, 700.0]];
        let normalizer = Standardize::per_column().fit(&data).unwrap();
        let normalized = normalizer.transform(data.clone()).unwrap();
        for column in normalized.axis_iter(Axis(1)) {
            assert!(column.sum().abs() < 1e-6);
            assert!((column.mapv(|x| x * x).sum() / 4.0 - 1.0).abs() < 1e-6);
        }
        let back = normalizer.inverse(normalized).unwrap();
        assert!(
            (back - data)
                .iter()
                .all(|difference| difference.abs() < 1e-4)
        );
    }

    #[test]
    fn channels_of_pictures_are_columns() {
        let pictures = Array4::from_shape_fn((3, 2, 2, 2), |(n, y, x, c)| {
            (n + y + x) as f32 + 100.0 * c as f32
        });
        let normalizer = Standardize::per_column().fit(&pictures).unwrap();
        assert_eq!(normalizer.offset(), [2.0, 102.0]);
        assert_eq!(normalizer.columns(), Some(2));
        assert_eq!(
            Standardize::whole().fit(&pictures).unwrap().offset(),
            [52.0]
        );
    }

    #[test]
    fn equal_numbers_become_zeros() {
        let data = array![[0.1], [0.1], [0.1]];
        let normalizer = Standardize::per_column().fit(&data).unwrap();
        assert_eq!(
            normalizer.transform(data).unwrap(),
            array![[0.0], [0.0], [0.0]]
        );
    }

    #[test]
    fn numbers_that_rounding_alone_tells_apart_are_equal() {
        let data = array![[0.3_f64], [0.1 + 0.2], [0.3]];
        for normalizer in [
            Standardize::per_column().fit(&data),
            Standardize::whole().fit(&data),
            MinMax::per_column().fit(&data),
        ] {
            let normalizer = normalizer.unwrap();
            assert_eq!(normalizer.scale(), [1.0]);
            // A tenth away stays so; it was 10¹⁵ deviations.
            let other = normalizer.transform(array![[0.4_f64]]).unwrap()[[0, 0]];
            assert!((other - 0.1).abs() < 1e-6, "{other}");
        }
        // Neighbours among the numbers of 32 bits are different numbers.
        let near = array![[16_777_214.0_f32], [16_777_215.0]];
        let normalizer = Standardize::per_column().fit(&near).unwrap();
        assert_eq!(normalizer.scale(), [0.5]);
    }

    #[test]
    fn there_must_be_finite_data() {
        let message = Standardize::whole()
            .fit(&array![[1.0], [f32::NAN]])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "the data to fit on, example 1, element 0: expected a finite number, found NaN"
        );
        assert!(
            Standardize::whole()
                .fit(&ndarray::Array2::<f32>::zeros((0, 3)))
                .is_err()
        );
        assert!(Standardize::per_column().fit(&ndarray::arr0(1.0)).is_err());
    }
}
