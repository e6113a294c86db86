//! A line of CSV per epoch, while training runs.

use super::{Callback, CallbackError, Control, EpochEnd};
use std::path::PathBuf;

/// Writes the history to a CSV file after every epoch.
///
/// The file always holds the whole history, epochs from before a resume included, and is never half written.
#[derive(Clone, Debug)]
pub struct CsvLog {
    path: PathBuf,
}

impl CsvLog {
    /// Logs to this file; what it held before is replaced after the first epoch.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Callback for CsvLog {
    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        epoch.history.save_csv(&self.path)?;
        Ok(Control::Continue)
    }
}
