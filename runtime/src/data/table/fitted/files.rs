//! Fitted objects in files of their own.

use crate::data::{DataError, files};
use serde::Serialize;
use std::path::Path;

/// What a file of fitted objects calls itself.
const KIND: &str = "fitted";

/// Writes what was fitted, each object for itself or several in a tuple or a struct, as JSON; [`load_fitted`] reads it.
///
/// # Errors
///
/// If the file can't be written.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::table::{Categories, Column, Fill, Table, load_fitted, save_fitted};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("prepared.json");
/// let mut table = Table::new();
/// table.push("age", Column::Numbers(vec![Some(1.0), None]))?;
/// table.push("town", Column::Text(vec![Some("Ulm".to_owned()), Some("Bonn".to_owned())]))?;
/// let fitted = (Fill::Mean.fit(&table, "age")?, Categories::fit(&table, "town")?);
/// save_fitted(&path, &fitted)?;
/// assert_eq!(load_fitted::<(_, _)>(&path)?, fitted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn save_fitted(path: impl AsRef<Path>, fitted: &impl Serialize) -> Result<(), DataError> {
    files::write_json(path.as_ref(), KIND, fitted)
}

/// Reads what [`save_fitted`] wrote.
///
/// # Errors
///
/// If the file can't be read, or holds something else.
pub fn load_fitted<T: serde::de::DeserializeOwned>(path: impl AsRef<Path>) -> Result<T, DataError> {
    files::read_json(path.as_ref(), KIND, "fitted objects in JSON")
}
