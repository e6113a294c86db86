//! One column of a table.

use super::csv::number::text as number_text;

/// The values of one column; `None` is a missing value.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Text, such as the names of categories.
    Text(Vec<Option<String>>),
}

impl Column {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Text(texts) => texts.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values are missing.
    pub fn missing(&self) -> usize {
        (0..self.len()).filter(|&row| self.is_missing(row)).count()
    }

    /// Whether the value of a row is missing.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Numbers(numbers) => numbers[row].is_none(),
            Self::Text(texts) => texts[row].is_none(),
        }
    }

    /// What a value is as text; a whole number with all its digits, 3 and not 3.0.
    pub(super) fn text(&self, row: usize) -> Option<String> {
        match self {
            Self::Numbers(numbers) => numbers[row].map(number_text),
            Self::Text(texts) => texts[row].clone(),
        }
    }

    /// The different values, numbers in ascending order, text in alphabetical.
    pub(super) fn categories(&self) -> Vec<String> {
        match self {
            Self::Numbers(numbers) => {
                // Adding 0 makes -0 into 0.
                let mut numbers: Vec<f64> = numbers
                    .iter()
                    .flatten()
                    .map(|number| number + 0.0)
                    .collect();
                numbers.sort_by(f64::total_cmp);
                numbers.dedup();
                numbers.into_iter().map(number_text).collect()
            }
            Self::Text(texts) => {
                let mut texts: Vec<&String> = texts.iter().flatten().collect();
                texts.sort();
                texts.dedup();
                texts.into_iter().cloned().collect()
            }
        }
    }

    /// How many different numbers there are, where these are measured and no classes: many, with fractions, or with gaps and hardly
    /// one twice.
    pub(super) fn measured(&self) -> Option<usize> {
        const FEW: usize = 20;
        const ROWS_OF_A_CLASS: usize = 2;
        let Self::Numbers(numbers) = self else {
            return None;
        };
        let mut known: Vec<f64> = numbers.iter().flatten().copied().collect();
        let rows = known.len();
        known.sort_by(f64::total_cmp);
        known.dedup();
        let fractions = known.iter().any(|number| number.fract() != 0.0);
        let gaps = known.windows(2).any(|pair| pair[1] - pair[0] != 1.0);
        let scarce = rows < ROWS_OF_A_CLASS * known.len();
        (known.len() > FEW && (fractions || gaps && scarce)).then_some(known.len())
    }

    /// The values of these rows, in this order.
    pub(super) fn rows(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers(numbers) => Self::Numbers(rows.iter().map(|&row| numbers[row]).collect()),
            Self::Text(texts) => Self::Text(rows.iter().map(|&row| texts[row].clone()).collect()),
        }
    }

    pub(super) fn keep(&mut self, keep: &[bool]) {
        fn keep_values<T>(values: &mut Vec<T>, keep: &[bool]) {
            let mut kept = keep.iter();
            values.retain(|_| kept.next().is_none_or(|&keep| keep));
        }
        match self {
            Self::Numbers(numbers) => keep_values(numbers, keep),
            Self::Text(texts) => keep_values(texts, keep),
        }
    }
}
