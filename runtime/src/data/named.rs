//! A data set's classes get their names, and give them.

use super::class_names::{check_distinct, check_number};
use super::{DataError, Dataset, Targets};

impl<T: Targets> Dataset<T> {
    /// Gives the classes of the only output their names, in the order of the class numbers.
    ///
    /// The names stay with [`subset`](Self::subset), all kinds of splits, [`map_input`](Self::map_input) and
    /// [`augment`](Self::augment), and training refuses data for validation whose names are others.
    /// [`map_targets`](Self::map_targets) drops them, for it may give the numbers another meaning.
    ///
    /// # Errors
    ///
    /// If there are several outputs, if two names are the same, or if the names aren't as many as the targets need:
    /// for class numbers at least one more than the largest; for values (one-hot rows) one for each column, or two
    /// for a single column of 0 and 1.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::array;
    /// use shapeflow::data::{Classes, Dataset};
    ///
    /// let set = Dataset::new(array![[1.0], [2.0]], Classes(vec![0, 2]))?.with_class_names(["a", "b", "c"])?;
    /// assert_eq!(set.subset(&[1])?.class_names(0).unwrap()[2], "c");
    ///
    /// let error = Dataset::new(array![[1.0], [2.0]], Classes(vec![0, 2]))?.with_class_names(["a", "b"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "class names of output 0: expected at least 3 names, for the largest class number is 2, found 2"
    /// );
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn with_class_names(
        self,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, DataError> {
        let outputs = self.targets().outputs();
        if outputs != 1 {
            return Err(DataError::argument(
                "class names",
                "targets of one output (name the output with `with_class_names_of`)",
                format!("targets of {outputs}"),
            ));
        }
        self.with_class_names_of(0, names)
    }

    /// Gives the classes of one of several outputs their names; see [`with_class_names`](Self::with_class_names).
    ///
    /// # Errors
    ///
    /// If there is no such output, and those of [`with_class_names`](Self::with_class_names).
    pub fn with_class_names_of(
        mut self,
        output: usize,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, DataError> {
        let outputs = self.targets().outputs();
        if output >= outputs {
            return Err(DataError::argument(
                "output of the class names",
                format!("a number below {outputs}"),
                output,
            ));
        }
        let names: Vec<String> = names
            .into_iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        let what = format!("class names of output {output}");
        check_distinct(&what, &names)?;
        check_number(&what, &names, self.targets(), output)?;
        self.names.set(output, names);
        Ok(self)
    }

    /// The names of the classes of an output, in the order of the class numbers, if they are known.
    pub fn class_names(&self, output: usize) -> Option<&[String]> {
        self.names.get(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{BatchSource, ClassMaps, Classes, Values};
    use ndarray::{Array2, Array4, array};

    const ABC: [&str; 3] = ["a", "b", "c"];

    fn set() -> Dataset<Classes> {
        Dataset::new(Array4::zeros((6, 2, 2, 1)), Classes(vec![0, 2, 0, 2, 0, 2]))
            .unwrap()
            .with_class_names(ABC)
            .unwrap()
    }

    #[test]
    fn class_shift_names_stay_with_the_examples() {
        let set = set();
        assert_eq!(set.class_names(0).unwrap(), ABC);
        assert_eq!(set.class_names(1), None);
        let (train, test) = set.split(0.5, 1).unwrap();
        let (even, odd) = set.stratified_split(0.5, 1).unwrap();
        let parts = set.stratified_split_three(0.34, 0.33, 1).unwrap();
        let mapped = set.clone().map_input(0, |input| input + 1.0).unwrap();
        let parts = [
            train,
            test,
            even,
            odd,
            parts.train,
            parts.validation,
            parts.test,
            set.subset(&[0]).unwrap(),
            mapped,
        ];
        for part in parts {
            assert_eq!(part.class_names(0).unwrap(), ABC);
            assert_eq!(BatchSource::class_names(&part, 0).unwrap(), ABC);
        }
        let augmented = set.augment(crate::data::augment::Pipeline::new()).unwrap();
        assert_eq!(augmented.class_names(0).unwrap(), ABC);
    }

    #[test]
    fn class_shift_names_are_dropped_with_the_targets_that_they_name() {
        let regrouped = set()
            .map_targets(|classes| Classes(classes.0.iter().map(|class| class / 2).collect()))
            .unwrap();
        assert_eq!(regrouped.class_names(0), None);
    }

    #[test]
    fn class_shift_names_must_be_distinct_and_enough() {
        let message = |names: &[&str]| set().with_class_names(names).unwrap_err().to_string();
        assert_eq!(
            message(&["a", "b", "a"]),
            "class names of output 0: expected a name of its own for each class, found `a` for classes 0 and 2"
        );
        assert!(message(&["a", "b"]).contains("at least 3 names"));
        assert!(message(&[]).contains("at least 3 names"));
        // A class may have no example here and some elsewhere.
        assert!(set().with_class_names(["a", "b", "c", "d"]).is_ok());
        let largest = Dataset::new(Array2::zeros((1, 1)), Classes(vec![u32::MAX])).unwrap();
        assert!(largest.with_class_names(ABC).is_err());
    }

    #[test]
    fn class_shift_each_output_has_its_own_names() {
        let targets = (
            Classes(vec![0, 1]),
            Values::new(array![[0.0, 1.0], [1.0, 0.0]]),
        );
        let set = Dataset::new(Array2::zeros((2, 1)), targets).unwrap();
        let message = set
            .clone()
            .with_class_names(["x", "y"])
            .unwrap_err()
            .to_string();
        assert!(message.contains("`with_class_names_of`"), "{message}");
        let set = set.with_class_names_of(1, ["x", "y"]).unwrap();
        assert_eq!(set.class_names(0), None);
        assert_eq!(set.class_names(1).unwrap(), ["x", "y"]);
        assert!(set.clone().with_class_names_of(1, ABC).is_err());
        assert!(set.with_class_names_of(2, ["x", "y"]).is_err());
        let answers = Dataset::new(Array2::zeros((2, 1)), Values::from(vec![0.0, 1.0])).unwrap();
        assert!(answers.clone().with_class_names(["no", "yes"]).is_ok());
        assert!(answers.with_class_names(ABC).is_err());
        let maps = ClassMaps::new(array![[0, 1], [3, 0]]);
        let maps = Dataset::new(Array2::zeros((2, 1)), maps).unwrap();
        assert!(maps.with_class_names(ABC).is_err());
    }
}
