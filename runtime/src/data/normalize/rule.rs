//! Any of the rules that are fitted.

use super::numbers::Numbers;
use super::{MinMax, Normalizer, Standardize};
use crate::data::DataError;

/// A rule that learns from data how to normalise it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// Mean 0 and standard deviation 1.
    Standardize(Standardize),
    /// A range.
    MinMax(MinMax),
}

impl Rule {
    /// Measures the training data.
    ///
    /// # Errors
    ///
    /// Those of the rule's own `fit`.
    pub fn fit(&self, data: &(impl Numbers + ?Sized)) -> Result<Normalizer, DataError> {
        match self {
            Self::Standardize(rule) => rule.fit(data),
            Self::MinMax(rule) => rule.fit(data),
        }
    }
}

impl From<Standardize> for Rule {
    fn from(rule: Standardize) -> Self {
        Self::Standardize(rule)
    }
}

impl From<MinMax> for Rule {
    fn from(rule: MinMax) -> Self {
        Self::MinMax(rule)
    }
}
