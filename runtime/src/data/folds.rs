//! Cross-validation: every example is in the test part once.

use super::random::{Purpose, Random};
use super::{Classes, DataError, Dataset, Targets};

impl<T: Targets> Dataset<T> {
    /// The examples dealt into `folds` parts at random, as even as can be: for each, all others to train on, and it to test
    /// on. The pairs are copied as they are asked for; they depend on `seed` and the number of examples alone.
    ///
    /// What is fitted on data, such as a normaliser, is fitted on each fold's training part anew, and a new network trained.
    ///
    /// # Errors
    ///
    /// If `folds` is less than 2 or more than the number of examples.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::Array2;
    /// use shapeflow::data::{Dataset, Values};
    ///
    /// let set = Dataset::new(Array2::zeros((11, 3)), Values::from(vec![0.0; 11]))?;
    /// let sizes: Vec<_> = set.folds(3, 42)?.map(|(train, test)| (train.len(), test.len())).collect();
    /// assert_eq!(sizes, [(7, 4), (7, 4), (8, 3)]);
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn folds(&self, folds: usize, seed: u64) -> Result<Folds<'_, T>, DataError> {
        self.dealt(vec![(0..self.len()).collect()], folds, seed)
    }

    /// Like [`folds`](Self::folds), with the same mix of labels in all parts; one label per example.
    ///
    /// # Errors
    ///
    /// Those of [`folds`](Self::folds), and if there isn't one label per example.
    pub fn stratified_folds_by(
        &self,
        labels: &[u32],
        folds: usize,
        seed: u64,
    ) -> Result<Folds<'_, T>, DataError> {
        // A class of one example would be tested on without being learnt.
        self.dealt(self.groups(labels, 2)?, folds, seed)
    }

    /// Deals one group after the other like cards, so that parts differ by one example at most, of each group too.
    fn dealt(
        &self,
        groups: Vec<Vec<usize>>,
        folds: usize,
        seed: u64,
    ) -> Result<Folds<'_, T>, DataError> {
        if folds < 2 || folds > self.len() {
            let expected = format!("2 to {}, the number of examples", self.len());
            return Err(DataError::argument("folds", expected, folds));
        }
        let mut fold_of = vec![0; self.len()];
        let mut dealt = 0;
        for (number, mut group) in groups.into_iter().enumerate() {
            Random::new(seed, Purpose::Split, 0, number as u64).shuffle(&mut group);
            for example in group {
                fold_of[example] = dealt % folds;
                dealt += 1;
            }
        }
        Ok(Folds {
            data: self,
            fold_of,
            numbers: 0..folds,
        })
    }
}

impl Dataset<Classes> {
    /// Like [`folds`](Dataset::folds), with the same mix of classes in all parts: of every class, two parts differ by one
    /// example at most.
    ///
    /// # Errors
    ///
    /// Those of [`folds`](Dataset::folds).
    pub fn stratified_folds(
        &self,
        folds: usize,
        seed: u64,
    ) -> Result<Folds<'_, Classes>, DataError> {
        self.stratified_folds_by(&self.targets().0, folds, seed)
    }
}

/// Pairs of a training and a test part, made by [`Dataset::folds`].
#[derive(Clone, Debug)]
pub struct Folds<'a, T> {
    data: &'a Dataset<T>,
    /// In which fold's test part each example is.
    fold_of: Vec<usize>,
    numbers: std::ops::Range<usize>,
}

impl<T: Targets> Iterator for Folds<'_, T> {
    type Item = (Dataset<T>, Dataset<T>);

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.numbers.next()?;
        let (test, train): (Vec<usize>, Vec<usize>) =
            (0..self.data.len()).partition(|&example| self.fold_of[example] == number);
        let part = |examples: &[usize]| {
            let part = self.data.subset(examples);
            part.expect("two folds or more, none of them empty")
        };
        Some((part(&train), part(&test)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.numbers.size_hint()
    }
}

impl<T: Targets> ExactSizeIterator for Folds<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// Twelve examples, each its own number; a third are of class 1.
    fn twelve() -> Dataset<Classes> {
        let numbers = Array2::from_shape_fn((12, 1), |(i, _)| i as f32);
        let classes = Classes((0..12).map(|i| u32::from(i % 3 == 0)).collect());
        Dataset::new(numbers, classes).unwrap()
    }

    #[test]
    fn every_example_is_tested_once_and_never_trained_on_then() {
        let data = twelve();
        let mut tested = Vec::new();
        for (train, test) in data.folds(5, 7).unwrap() {
            let numbers =
                |part: &Dataset<Classes>| -> Vec<f32> { part.input(0).iter().copied().collect() };
            let (train, test) = (numbers(&train), numbers(&test));
            assert_eq!(train.len() + test.len(), 12);
            assert!(test.iter().all(|example| !train.contains(example)));
            tested.extend(test);
        }
        tested.sort_by(f32::total_cmp);
        assert_eq!(tested, (0..12).map(|i| i as f32).collect::<Vec<_>>());
    }

    #[test]
    fn a_class_of_one_example_has_no_folds() {
        let mut labels = [0; 12];
        labels[5] = 7;
        let message = twelve().stratified_folds_by(&labels, 3, 1).unwrap_err();
        let message = message.to_string();
        assert!(
            message.starts_with("class 7: expected 2 examples or more"),
            "{message}"
        );
    }

    #[test]
    fn stratified_folds_have_the_same_mix_and_names() {
        let data = twelve().with_class_names(["no", "yes"]).unwrap();
        for (train, test) in data.stratified_folds(4, 7).unwrap() {
            let ones =
                |part: &Dataset<Classes>| part.targets().0.iter().filter(|&&c| c == 1).count();
            assert_eq!((test.len(), ones(&test)), (3, 1));
            assert_eq!((train.len(), ones(&train)), (9, 3));
            assert_eq!(test.class_names(0).unwrap(), ["no", "yes"]);
        }
    }

    #[test]
    fn a_seed_gives_the_same_folds() {
        let data = twelve();
        let tests = |seed| -> Vec<Vec<u32>> {
            let folds = data.folds(3, seed).unwrap();
            folds
                .map(|(_, test)| test.input(0).iter().map(|&x| x as u32).collect())
                .collect()
        };
        assert_eq!(tests(1), tests(1));
        assert_ne!(tests(1), tests(2));
    }

    #[test]
    fn too_few_and_too_many_folds_are_errors() {
        let expected = "folds: expected 2 to 12, the number of examples, found";
        for folds in [0, 1, 13, usize::MAX] {
            let error = twelve().folds(folds, 1).unwrap_err();
            assert_eq!(error.to_string(), format!("{expected} {folds}"));
        }
        let error = twelve().stratified_folds_by(&[0; 11], 2, 1).unwrap_err();
        assert_eq!(error.to_string(), "labels: expected 12 examples, found 11");
    }
}
