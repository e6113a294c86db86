//! A history in files: JSON, which can be loaded again, and CSV for spreadsheets.

use super::{EpochRecord, History, TrainError};
use crate::weights::atomic::write_atomically;
use std::fs;
use std::io;
use std::path::Path;

impl History {
    /// Saves all epochs as JSON; [`History::load`] reads them back to the last bit.
    ///
    /// # Errors
    /// [`TrainError::Write`] if the file can't be written; what stood there before is then still there.
    pub fn save_json(&self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let path = path.as_ref();
        let written = write_atomically(path, |out| {
            serde_json::to_writer_pretty(&mut *out, self)?;
            out.write_all(b"\n")
        });
        written.map_err(|source| TrainError::write(path, source))
    }

    /// Saves all epochs as CSV: a header with `epoch`, the figures' names, `learning_rate` and `seconds`, then a line per
    /// epoch. A figure that an epoch doesn't have is left empty.
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

    /// Loads what [`History::save_json`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Read`] if the file can't be read or holds something else.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, TrainError> {
        let path = path.as_ref();
        let read = |source| TrainError::Read {
            path: path.into(),
            source,
        };
        let text = fs::read_to_string(path).map_err(read)?;
        serde_json::from_str(&text)
            .map_err(|error| read(io::Error::new(io::ErrorKind::InvalidData, error)))
    }
}

/// The names of the columns.
pub(super) fn csv_header<'a>(names: &[&'a str]) -> Vec<&'a str> {
    [&["epoch"], names, &["learning_rate", "seconds"]].concat()
}

/// One epoch's line; numbers in the shortest form that reads back to the same bits.
pub(super) fn csv_line(epoch: &EpochRecord, names: &[&str]) -> Vec<String> {
    let mut line = vec![epoch.epoch.to_string()];
    line.extend(names.iter().map(|name| {
        epoch
            .get(name)
            .map_or(String::new(), |value| value.to_string())
    }));
    line.push(epoch.learning_rate.to_string());
    line.push(format!("{:.3}", epoch.seconds));
    line
}

#[cfg(test)]
mod tests {
    use super::super::history::tests::sample;
    use super::*;

    #[test]
    fn json_gives_the_same_bits_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.json");
        let mut history = sample();
        let awkward = [
            0.1 + 0.2,
            1.0 / 3.0,
            f64::MIN_POSITIVE,
            2.718_281_828_459_045e-7,
            f64::NEG_INFINITY,
        ];
        for (index, value) in awkward.into_iter().enumerate() {
            history.push(EpochRecord {
                epoch: index + 4,
                figures: vec![("loss".into(), value)],
                learning_rate: f64::from(0.1_f32) * value.abs().min(1.0),
                seconds: 1.0,
            });
        }
        history.save_json(&path).unwrap();
        assert_eq!(History::load(&path).unwrap(), history);
    }

    #[test]
    fn a_nan_survives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.json");
        let mut history = History::default();
        history.push(EpochRecord {
            epoch: 1,
            figures: vec![("auc".into(), f64::NAN)],
            learning_rate: 0.1,
            seconds: 1.0,
        });
        history.save_json(&path).unwrap();
        assert!(History::load(&path).unwrap().last("auc").unwrap().is_nan());
    }

    #[test]
    fn csv_has_a_header_and_a_line_per_epoch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        sample().save_csv(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds"
        );
        assert_eq!(lines[2], "2,0.5,0.8,0.52,0.79,0.001,2.250");
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.json");
        fs::write(&path, "{\"epochs\": [{\"epoch\": ").unwrap();
        let error = History::load(&path).unwrap_err().to_string();
        assert!(
            error.contains("history.json") && error.contains("EOF"),
            "{error}"
        );
    }
}
