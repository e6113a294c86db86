//! Normalising: bringing numbers into a range that networks learn well in.
//!
//! A rule ([`Standardize`], [`MinMax`], [`Scale`]) is fitted on the training part alone and gives a [`Normalizer`],
//! which then changes every part in the same way, and is saved with the network for the data to come.
//!
//! ```
//! # use shapeflow_runtime as shapeflow;
//! use ndarray::array;
//! use shapeflow::data::normalize::Standardize;
//! use shapeflow::data::{Dataset, Values};
//!
//! let set = Dataset::new(array![[1.0, 100.0], [2.0, 300.0], [3.0, 500.0], [4.0, 700.0]], Values::from(vec![0.0; 4]))?;
//! let (train, test) = set.split(0.5, 42)?;
//! let normalizer = Standardize::per_column().fit(train.input(0))?;
//! let train = train.normalize(0, &normalizer)?;
//! let test = test.normalize(0, &normalizer)?;
//! assert!(train.input(0).sum().abs() < 1e-6);
//! # let _ = test;
//! # Ok::<(), shapeflow_runtime::data::DataError>(())
//! ```

mod min_max;
mod normalizer;
mod numbers;
mod rule;
mod scale;
mod standardize;

pub use min_max::MinMax;
pub use normalizer::Normalizer;
pub use numbers::Numbers;
#[cfg(feature = "tables")]
pub(super) use numbers::is_one_number;
pub use rule::Rule;
pub use scale::Scale;
pub use standardize::Standardize;

use super::{DataError, Dataset, Targets, Values};

/// What shares one pair of numbers: all values, or those of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Whole,
    PerColumn,
}

impl<T: Targets> Dataset<T> {
    /// This data set with one input normalised.
    ///
    /// # Errors
    ///
    /// If there is no such input, or the normaliser was fitted on another number of columns or channels, or on columns of other
    /// names.
    pub fn normalize(self, input: usize, normalizer: &Normalizer) -> Result<Self, DataError> {
        self.check_input(input)?;
        self.change_input(input, |old| normalizer.transform_input(old))
    }
}

impl Dataset<Values> {
    /// This data set with normalised targets; [`Normalizer::inverse`] brings predictions back.
    ///
    /// # Errors
    ///
    /// If the normaliser was fitted on another number of columns, or on columns of other names.
    pub fn normalize_targets(self, normalizer: &Normalizer) -> Result<Self, DataError> {
        let columns = self.target_columns(0).cloned();
        normalizer.check_names(columns.as_ref(), "the targets to normalise")?;
        let targets = Values::new(normalizer.transform(self.targets().array().to_owned())?);
        let columns = columns.map(|columns| normalizer.mark(&columns));
        let set = self.map_targets(|_| targets)?;
        Ok(set.with_target_columns(columns))
    }
}
