//! The error of a column that isn't there.

use crate::data::DataError;
use crate::weights::nearest;

/// The error of a column that isn't there.
pub(super) fn unknown_column<'a>(
    name: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> DataError {
    const SHOWN: usize = 20;
    let mut known: Vec<_> = names
        .clone()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.clone().count().saturating_sub(SHOWN);
    if more > 0 {
        known.push(format!("and {more} more"));
    }
    let mut known = if known.is_empty() {
        "no columns".to_owned()
    } else {
        known.join(", ")
    };
    if more > 0
        && let Some(nearest) = nearest(name, names)
    {
        known += &format!("; did you mean `{nearest}`?");
    }
    DataError::UnknownColumn {
        column: name.to_owned(),
        known,
    }
}
