//! What a normaliser can be fitted on, read in 64 bits.

use crate::data::{DataError, Input};
use ndarray::{ArrayBase, Data, Dimension};
use std::sync::Arc;

mod sealed {
    pub trait Sealed {}
    impl<S: ndarray::Data, D: ndarray::Dimension> Sealed for ndarray::ArrayBase<S, D> {}
    impl Sealed for crate::data::Input {}
}

/// Numbers that a normaliser is fitted on: an array of `f32`, `f64` or small whole numbers, or an input of a data set. All sums are
/// taken in 64 bits.
pub trait Numbers: sealed::Sealed {
    /// How long each axis is.
    fn axes(&self) -> &[usize];

    /// Calls `visit` with each number, in row-major order.
    fn each(&self, visit: impl FnMut(f64));

    /// The names of the columns, if they are known.
    fn column_names(&self) -> Option<Arc<[String]>> {
        None
    }
}

impl<A: Copy + Into<f64>, S: Data<Elem = A>, D: Dimension> Numbers for ArrayBase<S, D> {
    fn axes(&self) -> &[usize] {
        self.shape()
    }

    fn each(&self, mut visit: impl FnMut(f64)) {
        match self.as_slice() {
            Some(values) => values.iter().for_each(|&value| visit(value.into())),
            None => self.iter().for_each(|&value| visit(value.into())),
        }
    }
}

impl Numbers for Input {
    fn axes(&self) -> &[usize] {
        self.shape()
    }

    fn each(&self, visit: impl FnMut(f64)) {
        match self.wide_values() {
            Some(wide) => wide.each(visit),
            None => ArrayBase::each(self, visit),
        }
    }

    fn column_names(&self) -> Option<Arc<[String]>> {
        self.names().map(Arc::from)
    }
}

/// A range of which 64 bits still hold the sum over any number of examples.
const WIDEST: f64 = 1e280;

/// What computing the same number in two ways leaves between them, as a part of it: 0.3 and 0.1 + 0.2 are equal numbers.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Whether rounding alone tells these apart.
pub(in crate::data) fn is_one_number(low: f64, high: f64) -> bool {
    high - low <= ROUNDING * low.abs().max(high.abs())
}

/// The number of groups of values, each of which gets its own pair of numbers, and the smallest and the largest value of each.
pub(super) struct Groups(pub Vec<(f64, f64)>);

impl Groups {
    /// Of all numbers, or of each column, having checked that there are some and all are finite.
    pub fn of(data: &(impl Numbers + ?Sized), per_column: bool) -> Result<Self, DataError> {
        let what = || "the data to fit on".to_owned();
        let axes = data.axes();
        let count: usize = axes.iter().product();
        if count == 0 {
            return Err(DataError::Empty { what: what() });
        }
        let groups = match (per_column, axes.last()) {
            (false, _) => 1,
            (true, Some(&columns)) => columns,
            (true, None) => {
                return Err(DataError::Shape {
                    what: what(),
                    expected: "an axis of columns or channels".to_owned(),
                    found: "[]".to_owned(),
                });
            }
        };
        let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); groups];
        let (mut group, mut index, mut wrong) = (0, 0, None);
        data.each(|value| {
            if !value.is_finite() && wrong.is_none() {
                wrong = Some((index, value));
            }
            let (low, high) = &mut ends[group];
            *low = low.min(value);
            *high = high.max(value);
            group += 1;
            if group == groups {
                group = 0;
            }
            index += 1;
        });
        if let Some((index, value)) = wrong {
            let each = (count / axes.first().copied().unwrap_or(1).max(1)).max(1);
            return Err(DataError::NotFinite {
                what: what(),
                example: index / each,
                element: index % each,
                value: value as f32,
            });
        }
        if let Some((low, high)) = ends.iter().find(|(low, high)| high - low > WIDEST) {
            return Err(DataError::argument(
                what(),
                "numbers whose sums 64 bits hold",
                format!("{low} to {high}"),
            ));
        }
        for (low, high) in &mut ends {
            if is_one_number(*low, *high) {
                *high = *low;
            }
        }
        Ok(Self(ends))
    }

    /// Calls `visit` with each number and its group.
    pub fn each(&self, data: &(impl Numbers + ?Sized), mut visit: impl FnMut(usize, f64)) {
        let mut group = 0;
        data.each(|value| {
            visit(group, value);
            group += 1;
            if group == self.0.len() {
                group = 0;
            }
        });
    }
}
