//! A history as CSV for spreadsheets: saved at once, or a line per epoch while training runs.

use super::{
    Callback, CallbackError, Control, EpochEnd, EpochRecord, History, TrainEnd, TrainError, files,
};
use crate::weights::atomic::write_atomically;
use std::path::{Path, PathBuf};

impl History {
    /// Saves all epochs as CSV: a header with `epoch`, the figures' names, `learning_rate` and `seconds`, then a line per
    /// epoch. A figure that an epoch doesn't have is left empty. (Feature `tables`.)
    ///
    /// # Errors
    /// [`TrainError::Write`] if the file can't be written; what stood there before is then still there.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let path = path.as_ref();
        let names = self.names();
        let written = write_atomically(path, |out| {
            let mut table = csv::Writer::from_writer(out);
            table.write_record(csv_header(&names))?;
            for epoch in &self.epochs {
                table.write_record(csv_line(epoch, &names))?;
            }
            table.flush()
        });
        written.map_err(|source| TrainError::write(path, source))
    }
}

/// The names of the columns.
fn csv_header<'a>(names: &[&'a str]) -> Vec<&'a str> {
    [&["epoch"], names, &["learning_rate", "seconds"]].concat()
}

/// One epoch's line; numbers in the shortest form that reads back to the same bits.
fn csv_line(epoch: &EpochRecord, names: &[&str]) -> Vec<String> {
    let mut line = vec![epoch.epoch.to_string()];
    line.extend(names.iter().map(|name| {
        epoch
            .find(name)
            .map_or(String::new(), |value| value.to_string())
    }));
    line.push(epoch.learning_rate.to_string());
    line.push(format!("{:.3}", epoch.seconds));
    line
}

/// Writes the history to a CSV file after every epoch.
///
/// The file always holds the whole history, epochs from before a resume included, and is never half written. (Feature `tables`.)
#[derive(Clone, Debug)]
pub struct CsvLog {
    path: PathBuf,
    /// Where that is, whatever the working directory becomes while training runs.
    place: PathBuf,
}

impl CsvLog {
    /// Logs to this file; what it held before is replaced after the first epoch.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            place: path.clone(),
            path,
        }
    }
}

impl Callback for CsvLog {
    fn writes(&self) -> Vec<PathBuf> {
        vec![self.path.clone()]
    }

    fn reset(&mut self) {
        self.place = files::fixed(&self.path);
    }

    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        epoch.history.save_csv(&self.place)?;
        Ok(Control::Continue)
    }

    /// A run that was over when it was resumed has no epoch that would write it.
    fn on_train_end(&mut self, end: &mut TrainEnd<'_>) -> Result<(), CallbackError> {
        end.history.save_csv(&self.place)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::tests::sample;

    #[test]
    fn csv_has_a_header_and_a_line_per_epoch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        sample().save_csv(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds"
        );
        assert_eq!(lines[2], "2,0.5,0.8,0.52,0.79,0.001,2.250");
        assert_eq!(lines.len(), 4);
    }
}
