//! A history in a file: JSON, which can be loaded again.

use super::{History, TrainError};
use crate::json;
use crate::weights::{atomic::write_atomically, whole};
use std::io;
use std::path::Path;

/// What such a file calls itself.
const KIND: &str = "history";

impl History {
    /// Saves all epochs as JSON; [`History::load`] reads them back to the last bit.
    ///
    /// # Errors
    /// [`TrainError::Write`] if the file can't be written, or the history is none that a run makes, with epochs out of order or
    /// two figures of one name. What stood there before is then still there.
    pub fn save_json(&self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let path = path.as_ref();
        let invalid =
            |reason| TrainError::write(path, io::Error::new(io::ErrorKind::InvalidData, reason));
        self.check().map_err(invalid)?;
        let bytes =
            json::to_bytes(KIND, self).map_err(|error| TrainError::write(path, error.into()))?;
        let written = write_atomically(path, |out| out.write_all(&bytes));
        written.map_err(|source| TrainError::write(path, source))
    }

    /// Loads what [`History::save_json`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Read`] if the file can't be read, or holds something else or a history of a later Shapeflow.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, TrainError> {
        let path = path.as_ref();
        let read = |source| TrainError::Read {
            path: path.into(),
            source,
        };
        let text = whole::read(path).map_err(read)?;
        let invalid = |reason: String| {
            let reason = format!("expected a history in JSON, found {reason}");
            read(io::Error::new(io::ErrorKind::InvalidData, reason))
        };
        let history: Self = json::from_bytes(KIND, &text).map_err(invalid)?;
        history.check().map_err(invalid)?;
        Ok(history)
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpochRecord;
    use super::super::history::tests::sample;
    use super::*;
    use std::fs;

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
