//! Cutting a data set into parts, at random or class by class.

use super::random::{Purpose, Random};
use super::{Classes, DataError, Dataset, Targets};
use std::collections::BTreeMap;

/// The three parts of a data set: to train on, to steer training by, and to judge the result by.
#[derive(Clone, Debug)]
pub struct Parts<T> {
    /// What the network learns from.
    pub train: Dataset<T>,
    /// What training is steered by: early stopping, learning rate, hyper-parameters.
    pub validation: Dataset<T>,
    /// What the finished network is judged by, once.
    pub test: Dataset<T>,
}

impl<T: Targets> Dataset<T> {
    /// Two parts chosen at random; the first has `fraction` of the examples (rounded). Both keep the order of the
    /// examples, and depend on `seed` and the number of examples alone.
    ///
    /// # Errors
    ///
    /// If `fraction` isn't between 0 and 1, or a part would be empty.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::Array2;
    /// use shapeflow::data::{Dataset, Values};
    ///
    /// let set = Dataset::new(Array2::zeros((10, 3)), Values::from(vec![0.0; 10]))?;
    /// let (train, test) = set.split(0.8, 42)?;
    /// assert_eq!((train.len(), test.len()), (8, 2));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
        let groups = vec![(0..self.len()).collect()];
        self.two(groups, fraction, seed)
    }

    /// Like [`split`](Self::split), with the same mix of labels in both parts; one label per example. Of every label, the number in the
    /// first part is within one of its exact share: a rare one may have none in a small part.
    ///
    /// # Errors
    ///
    /// Those of [`split`](Self::split), if there isn't one label per example, and if a label has fewer examples than there are parts.
    pub fn stratified_split_by(
        &self,
        labels: &[u32],
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        let groups = self.groups(labels, 2)?;
        self.two(groups, fraction, seed)
    }

    /// Two parts between which no group is shared, such as all pictures of a patient; one number of a group per example. The first part
    /// has as near to `fraction` of the examples as whole groups allow.
    ///
    /// # Errors
    ///
    /// Those of [`split`](Self::split), and if there isn't one group per example.
    pub fn grouped_split_by(
        &self,
        groups: &[u32],
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        check_fraction("fraction", fraction)?;
        let [first, second] = deal_whole(self.groups(groups, 1)?, fraction, seed);
        Ok((self.part(&first, "first")?, self.part(&second, "second")?))
    }

    /// Three parts chosen at random: `validation` and `test` are fractions of the whole, the rest is for training.
    ///
    /// # Errors
    ///
    /// If the fractions aren't between 0 and 1 or leave nothing for training, or a part would be empty.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::Array2;
    /// use shapeflow::data::{Dataset, Values};
    ///
    /// let set = Dataset::new(Array2::zeros((10, 3)), Values::from(vec![0.0; 10]))?;
    /// let parts = set.split_three(0.2, 0.1, 42)?;
    /// assert_eq!((parts.train.len(), parts.validation.len(), parts.test.len()), (7, 2, 1));
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn split_three(
        &self,
        validation: f64,
        test: f64,
        seed: u64,
    ) -> Result<Parts<T>, DataError> {
        let groups = vec![(0..self.len()).collect()];
        self.three(groups, validation, test, seed)
    }

    /// Like [`split_three`](Self::split_three), with the same mix of labels in all parts; one label per example.
    ///
    /// # Errors
    ///
    /// Those of [`split_three`](Self::split_three), if there isn't one label per example, and if a label has fewer examples than there are parts.
    pub fn stratified_split_three_by(
        &self,
        labels: &[u32],
        validation: f64,
        test: f64,
        seed: u64,
    ) -> Result<Parts<T>, DataError> {
        let groups = self.groups(labels, 3)?;
        self.three(groups, validation, test, seed)
    }

    /// The examples of each label, in order; there must be as many as parts.
    pub(super) fn groups(
        &self,
        labels: &[u32],
        parts: usize,
    ) -> Result<Vec<Vec<usize>>, DataError> {
        if labels.len() != self.len() {
            return Err(DataError::Length {
                what: "labels".to_owned(),
                expected: self.len(),
                found: labels.len(),
            });
        }
        let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (example, &label) in labels.iter().enumerate() {
            groups.entry(label).or_default().push(example);
        }
        match groups.iter().find(|(_, examples)| examples.len() < parts) {
            None => Ok(groups.into_values().collect()),
            Some((label, examples)) => Err(DataError::argument(
                format!("class {label}"),
                format!(
                    "{parts} examples or more, as many as there are parts (leave it out with `subset`, or split without classes)"
                ),
                format!("{}: example {}", examples.len(), examples[0]),
            )),
        }
    }

    fn two(
        &self,
        groups: Vec<Vec<usize>>,
        fraction: f64,
        seed: u64,
    ) -> Result<(Self, Self), DataError> {
        check_fraction("fraction", fraction)?;
        let [first, second] = deal(groups, [fraction, 1.0 - fraction], seed);
        Ok((self.part(&first, "first")?, self.part(&second, "second")?))
    }

    fn three(
        &self,
        groups: Vec<Vec<usize>>,
        validation: f64,
        test: f64,
        seed: u64,
    ) -> Result<Parts<T>, DataError> {
        check_fraction("validation fraction", validation)?;
        check_fraction("test fraction", test)?;
        check_fraction(
            "training fraction (what validation and test leave)",
            1.0 - validation - test,
        )?;
        let [train, validation, test] =
            deal(groups, [1.0 - validation - test, validation, test], seed);
        Ok(Parts {
            train: self.part(&train, "training")?,
            validation: self.part(&validation, "validation")?,
            test: self.part(&test, "test")?,
        })
    }

    fn part(&self, indices: &[usize], name: &str) -> Result<Self, DataError> {
        if indices.is_empty() {
            return Err(DataError::Empty {
                what: format!("the {name} part of {} examples", self.len()),
            });
        }
        self.subset(indices)
    }
}

impl Dataset<Classes> {
    /// Like [`split`](Dataset::split), with the same mix of classes in both parts: of every class, the number in the
    /// first part is within one of its exact share, so that a rare class may have none in a small part.
    ///
    /// # Errors
    ///
    /// If `fraction` isn't between 0 and 1, a part would be empty, or a class has a single example.
    pub fn stratified_split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
        self.stratified_split_by(&self.targets().0, fraction, seed)
    }

    /// Like [`split_three`](Dataset::split_three), with the same mix of classes in all parts.
    ///
    /// # Errors
    ///
    /// If the fractions aren't between 0 and 1 or leave nothing for training, a part would be empty, or a class has fewer than
    /// three examples.
    pub fn stratified_split_three(
        &self,
        validation: f64,
        test: f64,
        seed: u64,
    ) -> Result<Parts<Classes>, DataError> {
        self.stratified_split_three_by(&self.targets().0, validation, test, seed)
    }
}

pub(crate) fn check_fraction(what: &str, fraction: f64) -> Result<(), DataError> {
    if fraction > 0.0 && fraction < 1.0 {
        Ok(())
    } else {
        Err(DataError::argument(
            what,
            "a number between 0 and 1, both excluded",
            fraction,
        ))
    }
}

/// Deals the examples of every group to the parts in the ratio of `shares` (which add up to 1), at random. A part gets
/// its share of all examples within one, and of every group within one (within two for a part in the middle).
pub(crate) fn deal<const N: usize>(
    groups: Vec<Vec<usize>>,
    shares: [f64; N],
    seed: u64,
) -> [Vec<usize>; N] {
    let mut parts = [const { Vec::new() }; N];
    let mut dealt = 0;
    for (number, mut group) in groups.into_iter().enumerate() {
        Random::new(seed, Purpose::Split, 0, number as u64).shuffle(&mut group);
        let before = dealt;
        dealt += group.len();
        // Where a part ends among all examples so far, rounded, less where it ended before this group: the error of
        // rounding is carried along and never adds up.
        let mut start = 0;
        let mut share = 0.0;
        for (part, extent) in parts.iter_mut().zip(shares) {
            share += extent;
            let end = boundary(dealt, share) - boundary(before, share);
            let end = end.clamp(start, group.len());
            part.extend_from_slice(&group[start..end]);
            start = end;
        }
        // The shares add up to 1 but for rounding.
        parts[N - 1].extend_from_slice(&group[start..]);
    }
    for part in &mut parts {
        part.sort_unstable();
    }
    parts
}

/// Deals whole groups at random: to the first part where that brings it nearer to its share of the examples, else to the second.
pub(crate) fn deal_whole(mut groups: Vec<Vec<usize>>, share: f64, seed: u64) -> [Vec<usize>; 2] {
    Random::new(seed, Purpose::Split, 0, 0).shuffle(&mut groups);
    let wanted = boundary(groups.iter().map(Vec::len).sum(), share);
    let mut parts = [Vec::new(), Vec::new()];
    for group in groups {
        let (before, after) = (parts[0].len(), parts[0].len() + group.len());
        let nearer = after.abs_diff(wanted) <= before.abs_diff(wanted);
        parts[usize::from(!nearer)].extend(group);
    }
    parts.iter_mut().for_each(|part| part.sort_unstable());
    parts
}

fn boundary(examples: usize, share: f64) -> usize {
    (examples as f64 * share).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Values;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// Each example's input is its number.
    fn numbered<T: Targets>(targets: T) -> Dataset<T> {
        let inputs = Array2::from_shape_fn((targets.len(), 1), |(example, _)| example as f32);
        Dataset::new(inputs, targets).expect("a proper data set")
    }

    fn numbers<T: Targets>(set: &Dataset<T>) -> Vec<usize> {
        set.input(0).iter().map(|&number| number as usize).collect()
    }

    #[test]
    fn groups_go_where_the_size_asked_for_is_nearer() {
        let set = numbered(Values::from(vec![0.0; 8]));
        // 5 are wanted: 4 are nearer than 8.
        for seed in 0..8 {
            let groups = [0, 0, 0, 0, 1, 1, 1, 1];
            let (first, second) = set.grouped_split_by(&groups, 0.625, seed).unwrap();
            assert_eq!((first.len(), second.len()), (4, 4));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn two_parts_are_disjoint_complete_and_of_the_size_asked_for(
            examples in 2_usize..200, fraction in 0.01_f64..0.99, seed: u64,
        ) {
            let set = numbered(Values::from(vec![0.0; examples]));
            let wanted = (examples as f64 * fraction).round() as usize;
            match set.split(fraction, seed) {
                Err(error) => {
                    prop_assert!(wanted == 0 || wanted == examples, "{error}");
                }
                Ok((first, second)) => {
                    prop_assert_eq!(first.len(), wanted);
                    let (first, second) = (numbers(&first), numbers(&second));
                    prop_assert!(first.is_sorted() && second.is_sorted());
                    let mut all = [first, second].concat();
                    all.sort_unstable();
                    prop_assert_eq!(all, (0..examples).collect::<Vec<_>>());
                }
            }
        }

        #[test]
        fn a_stratified_split_keeps_the_mix_of_classes(
            classes in prop::collection::vec(0_u32..5, 10..200), fraction in 0.2_f64..0.8, seed: u64,
        ) {
            let set = numbered(Classes(classes.clone()));
            let rare = (0..5).any(|class| classes.iter().filter(|&&other| other == class).count() == 1);
            prop_assert_eq!(set.stratified_split(fraction, seed).is_err(), rare);
            prop_assume!(!rare);
            let (first, second) = set.stratified_split(fraction, seed).unwrap();
            prop_assert_eq!(first.len(), (classes.len() as f64 * fraction).round() as usize);
            let mut all = [numbers(&first), numbers(&second)].concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..classes.len()).collect::<Vec<_>>());
            for class in 0..5 {
                let count = |labels: &[u32]| labels.iter().filter(|&&label| label == class).count() as f64;
                let exact = count(&classes) * fraction;
                prop_assert!((count(&first.targets().0) - exact).abs() <= 1.0 + 1e-9);
            }
            for (number, &label) in numbers(&first).into_iter().zip(&first.targets().0) {
                prop_assert_eq!(classes[number], label);
            }
        }

        #[test]
        fn three_parts_are_disjoint_and_complete(
            classes in prop::collection::vec(0_u32..4, 60..200), seed: u64,
        ) {
            let set = numbered(Classes(classes.clone()));
            let parts = set.stratified_split_three(0.2, 0.3, seed).unwrap();
            let all = [numbers(&parts.train), numbers(&parts.validation), numbers(&parts.test)];
            for (part, share) in all.iter().zip([0.5, 0.2, 0.3]) {
                prop_assert!((part.len() as f64 - classes.len() as f64 * share).abs() <= 1.0);
            }
            let mut all = all.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..classes.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_seed_decides_the_split() {
        let set = numbered(Values::from(vec![0.0; 50]));
        let part = |seed| numbers(&set.split(0.5, seed).unwrap().0);
        assert_eq!(part(1), part(1));
        assert_ne!(part(1), part(2));
    }

    #[test]
    fn impossible_parts_are_errors() {
        let set = numbered(Values::from(vec![0.0; 4]));
        let message = |result: Result<_, DataError>| {
            result
                .map(|_: (Dataset<_>, Dataset<_>)| ())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            message(set.split(1.5, 0)),
            "fraction: expected a number between 0 and 1, both excluded, found 1.5"
        );
        assert_eq!(
            message(set.split(0.05, 0)),
            "the first part of 4 examples: expected at least one example, found none"
        );
        assert_eq!(
            message(set.stratified_split_by(&[0, 1], 0.5, 0)),
            "labels: expected 4 examples, found 2"
        );
        assert!(set.split_three(0.6, 0.5, 0).is_err());
        assert!(set.split(f64::NAN, 0).is_err());
    }

    #[test]
    fn fractions_that_are_none_and_classes_that_are_too_rare_are_errors() {
        let set = numbered(Classes(vec![0, 0, 1, 0, 0, 0]));
        for fraction in [
            0.0,
            1.0,
            -0.5,
            2.0,
            f64::NAN,
            f64::INFINITY,
            -0.0,
            1e-300,
            1.0 - 1e-16,
        ] {
            assert!(set.split(fraction, 1).is_err(), "{fraction}");
            assert!(
                set.stratified_split_by(&[0; 6], fraction, 1).is_err(),
                "{fraction}"
            );
            assert!(set.split_three(fraction, 0.5, 1).is_err(), "{fraction}");
            assert!(set.split_three(0.2, fraction, 1).is_err(), "{fraction}");
        }
        let expected = "class 1: expected 2 examples or more, as many as there are parts (leave it out with `subset`, or split without \
                        classes), found 1: example 2";
        assert_eq!(
            set.stratified_split(0.5, 1).unwrap_err().to_string(),
            expected
        );
        assert!(set.stratified_split_three(0.3, 0.3, 1).is_err());
        // As many as there are parts, and yet a part without one: the message promises no more than that.
        let rare = numbered(Classes([vec![0; 18], vec![1; 2]].concat()));
        let (_, second) = rare.stratified_split(0.9, 1).unwrap();
        assert_eq!(second.len(), 2);
        let one = numbered(Classes(vec![0]));
        for error in [one.split(0.5, 1).err(), one.stratified_split(0.5, 1).err()] {
            assert!(error.is_some());
        }
        assert!(one.split_three(0.3, 0.3, 1).is_err());
    }

    #[test]
    fn a_seed_gives_the_same_parts_on_every_machine() {
        let set = numbered(Classes(vec![0, 1, 0, 1, 0, 1, 0, 1, 0, 1]));
        let first = |seed| numbers(&set.split(0.4, seed).unwrap().0);
        assert_eq!(
            (first(1), first(u64::MAX)),
            (vec![4, 6, 7, 8], vec![1, 2, 6, 9])
        );
    }
}
