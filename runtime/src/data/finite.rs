//! The check that an array holds neither NaN nor an infinity.

use super::DataError;
use crate::simd::all_finite;
use ndarray::{ArrayBase, Data, Dimension};

/// Checks that every value is finite. The first axis counts examples; `what` names the array in the error.
///
/// # Errors
///
/// [`DataError::NotFinite`] with the place of the first NaN or infinity.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use ndarray::array;
/// use shapeflow::data::check_finite;
///
/// assert!(check_finite("prices", &array![[1.0, 2.0], [3.0, 4.0]]).is_ok());
/// let error = check_finite("prices", &array![[1.0, 2.0], [3.0, f32::NAN]]).unwrap_err();
/// assert_eq!(error.to_string(), "prices, example 1, element 1: expected a finite number, found NaN");
/// ```
pub fn check_finite<S: Data<Elem = f32>, D: Dimension>(
    what: &str,
    array: &ArrayBase<S, D>,
) -> Result<(), DataError> {
    let fine = match array.as_slice() {
        Some(values) => all_finite(values),
        None => array.iter().all(|value| value.is_finite()),
    };
    if fine {
        return Ok(());
    }
    let examples = array.shape().first().copied().unwrap_or(1);
    let each = (array.len() / examples.max(1)).max(1);
    match array
        .iter()
        .enumerate()
        .find(|(_, value)| !value.is_finite())
    {
        Some((index, &value)) => Err(DataError::NotFinite {
            what: what.to_owned(),
            example: index / each,
            element: index % each,
            value,
        }),
        None => Ok(()),
    }
}
