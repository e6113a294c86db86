//! One divisor for all numbers.

use super::Normalizer;
use crate::data::DataError;

/// One divisor for all numbers, known beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Scale;

impl Scale {
    /// Divides all numbers by one: 255 brings bytes into 0 to 1. There is nothing to fit.
    ///
    /// # Errors
    ///
    /// If the divisor is 0, infinite or NaN.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::normalize::Scale;
    ///
    /// let bytes = Scale::divide_by(255.0)?;
    /// assert_eq!(bytes.transform(array![0.0, 51.0, 255.0])?, array![0.0, 0.2, 1.0]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn divide_by(divisor: f32) -> Result<Normalizer, DataError> {
        if !divisor.is_finite() || divisor == 0.0 {
            return Err(DataError::argument(
                "divisor",
                "a finite number other than 0",
                divisor,
            ));
        }
        Ok(Normalizer::new(
            "scale",
            true,
            vec![0.0],
            vec![f64::from(divisor)],
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_divisor_must_be_finite_and_not_zero() {
        for divisor in [0.0, f32::NAN, f32::INFINITY] {
            assert!(Scale::divide_by(divisor).is_err(), "{divisor}");
        }
        assert_eq!(Scale::divide_by(0.5).unwrap().scale(), [0.5]);
    }
}
