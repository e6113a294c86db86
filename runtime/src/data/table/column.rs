//! One column of a table.

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

    /// What a value is as text; a number as Rust prints it, 3 and not 3.0.
    pub(super) fn text(&self, row: usize) -> Option<String> {
        match self {
            Self::Numbers(numbers) => numbers[row].map(|number| number.to_string()),
            Self::Text(texts) => texts[row].clone(),
        }
    }

    /// The different values, numbers in ascending order, text in alphabetical.
    pub(super) fn categories(&self) -> Vec<String> {
        match self {
            Self::Numbers(numbers) => {
                let mut numbers: Vec<f64> = numbers.iter().flatten().copied().collect();
                numbers.sort_by(f64::total_cmp);
                numbers.dedup();
                numbers
                    .into_iter()
                    .map(|number| number.to_string())
                    .collect()
            }
            Self::Text(texts) => {
                let mut texts: Vec<&String> = texts.iter().flatten().collect();
                texts.sort();
                texts.dedup();
                texts.into_iter().cloned().collect()
            }
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
