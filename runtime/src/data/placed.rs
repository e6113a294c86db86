//! A data set is told where on its pictures the targets stand.

use super::{DataError, Dataset, Places, Targets, TargetsView};

impl<T: Targets> Dataset<T> {
    /// Says where on the pictures the targets of an output stand, where they don't say it themselves; see [`Places`].
    ///
    /// It stays with all kinds of splits and with [`map_input`](Self::map_input); [`map_targets`](Self::map_targets) drops it.
    ///
    /// # Errors
    ///
    /// If there is no such output, or its targets can't stand at so many pixels.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use ndarray::{Array2, Array4};
    /// use shapeflow::data::augment::{HorizontalFlip, Pipeline};
    /// use shapeflow::data::{Dataset, Places, Values};
    ///
    /// let ages = Values::from(vec![31.0, 54.0]);
    /// let faces = Dataset::new(Array4::zeros((2, 8, 8, 1)), ages)?;
    /// let flips = || Pipeline::new().with(HorizontalFlip::default());
    /// assert!(faces.augment(flips()).is_err(), "they might be angles or coordinates");
    /// let faces = faces.targets_as(0, Places::Whole)?;
    /// assert!(faces.augment(flips()).is_ok());
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn targets_as(mut self, output: usize, places: Places) -> Result<Self, DataError> {
        let outputs = self.targets().outputs();
        if output >= outputs {
            return Err(DataError::argument(
                "output of the targets",
                format!("a number below {outputs}"),
                output,
            ));
        }
        if let Places::Pixels { height, width } = places {
            check_pixels(self.targets(), output, [height, width])?;
        }
        self.said.insert(output, places);
        Ok(self)
    }

    /// Where on the pictures the targets of an output stand.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn places(&self, output: usize) -> Places {
        let said = self.said.get(&output);
        said.copied()
            .unwrap_or_else(|| self.targets().places(output))
    }
}

/// Checks that targets are one class, or one or several values, for each pixel.
fn check_pixels<T: Targets>(
    targets: &T,
    output: usize,
    [height, width]: [usize; 2],
) -> Result<(), DataError> {
    let numbers = targets.width(output);
    let pixels = height.saturating_mul(width);
    let (fits, kind) = match targets.view(output) {
        TargetsView::Classes(_) => (numbers == pixels && numbers > 1, "one class"),
        TargetsView::Values(_) => (pixels > 0 && numbers.is_multiple_of(pixels), "values"),
    };
    if fits {
        return Ok(());
    }
    Err(DataError::argument(
        format!("targets of output {output}"),
        format!("{kind} for each of {height} × {width} pixels"),
        format!("{numbers} numbers for each example"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ClassMaps, Classes, Values};
    use ndarray::{Array2, Array3, Array4};

    #[test]
    fn what_is_said_must_fit_and_stays_with_the_examples() {
        let targets = (
            Values::new(Array2::zeros((4, 12))),
            ClassMaps::new(Array2::zeros((4, 6))),
            Classes(vec![0; 4]),
        );
        let set = Dataset::new(Array2::zeros((4, 1)), targets).unwrap();
        let of = |height, width| Places::Pixels { height, width };
        let said = |output, places| set.clone().targets_as(output, places);
        for (output, places) in [
            (0, of(2, 3)),
            (0, of(3, 4)),
            (1, of(2, 3)),
            (1, Places::Whole),
        ] {
            let set = said(output, places).unwrap();
            assert_eq!(set.places(output), places);
            let (train, test) = set.split(0.5, 1).unwrap();
            let mapped = set.map_input(0, |input| input + 1.0).unwrap();
            for part in [train, test, mapped] {
                assert_eq!(part.places(output), places);
            }
        }
        for (output, places) in [
            (0, of(5, 2)),
            (0, of(0, 2)),
            (1, of(3, 1)),
            (2, of(1, 1)),
            (3, of(1, 1)),
        ] {
            assert!(said(output, places).is_err(), "{output} {places:?}");
        }
        let message = said(1, of(usize::MAX, 2)).unwrap_err().to_string();
        assert!(
            message.ends_with("pixels, found 6 numbers for each example"),
            "{message}"
        );
    }

    #[test]
    fn targets_say_what_they_know() {
        let of = Places::Pixels {
            height: 2,
            width: 3,
        };
        assert_eq!(ClassMaps::from(Array3::zeros((4, 2, 3))).places(0), of);
        assert_eq!(Values::from(Array4::zeros((4, 2, 3, 5))).places(0), of);
        assert_eq!(Classes(vec![0]).places(0), Places::Whole);
        assert_eq!(
            Classes(vec![0]).one_hot(6).unwrap().places(0),
            Places::Whole
        );
        assert_eq!(Values::from(vec![0.0]).places(0), Places::Unknown);
        let both = (Values::from(vec![0.0]), Classes(vec![0]));
        assert_eq!(
            (both.places(0), both.places(1)),
            (Places::Unknown, Places::Whole)
        );
    }
}
