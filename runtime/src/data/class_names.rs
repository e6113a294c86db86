//! The names of the classes that targets count, carried with the data so that numbers keep their meaning.

use super::{DataError, Targets, TargetsView};
use std::collections::HashMap;
use std::sync::Arc;

/// The class names of each output, where they are known. Cheap to copy.
#[derive(Clone, Debug, Default)]
pub(super) struct ClassNames(Vec<Option<Arc<[String]>>>);

impl ClassNames {
    pub(super) fn get(&self, output: usize) -> Option<&[String]> {
        self.0.get(output)?.as_deref()
    }

    pub(super) fn set(&mut self, output: usize, names: Vec<String>) {
        if self.0.len() <= output {
            self.0.resize(output + 1, None);
        }
        self.0[output] = Some(names.into());
    }
}

/// Checks that no name stands twice, for then it would be two classes.
pub(super) fn check_distinct(what: &str, names: &[String]) -> Result<(), DataError> {
    let mut seen = HashMap::new();
    for (class, name) in names.iter().enumerate() {
        if let Some(before) = seen.insert(name, class) {
            return Err(DataError::argument(
                what,
                "a name of its own for each class",
                format!("`{name}` for classes {before} and {class}"),
            ));
        }
    }
    Ok(())
}

/// Checks that there are as many names as the targets need.
pub(super) fn check_number<T: Targets>(
    what: &str,
    names: &[String],
    targets: &T,
    output: usize,
) -> Result<(), DataError> {
    let (found, width) = (names.len(), targets.width(output));
    match targets.view(output) {
        TargetsView::Classes(classes) => match classes.iter().max() {
            Some(&largest) if largest as usize >= found => Err(DataError::argument(
                what,
                format!(
                    "at least {} names, for the largest class number is {largest}",
                    u64::from(largest) + 1
                ),
                found,
            )),
            _ => Ok(()),
        },
        TargetsView::Values(_) if width == 1 && found != 2 => Err(DataError::argument(
            what,
            "2 names, for the answers 0 and 1 of a single column",
            found,
        )),
        // An output with places has a row of classes at each.
        TargetsView::Values(_) if width != 1 && (found < 2 || width % found != 0) => {
            Err(DataError::argument(
                what,
                format!("a name for each class of rows of {width} values"),
                found,
            ))
        }
        TargetsView::Values(_) => Ok(()),
    }
}
