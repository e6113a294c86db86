//! The settings of a training run, without the types of its loss and targets.

use super::announce::failed;
use super::{Callback, TrainError};
use crate::data::BatchSource;
use crate::metrics::Metric;
use crate::optimizers::{Clip, Optimizer};
use crate::schedules::Schedule;
use std::path::PathBuf;

/// All settings of [`Fit`](super::Fit) but the loss.
pub(super) struct Options<'a> {
    pub(super) optimizer: Box<dyn Optimizer + 'a>,
    pub(super) batch_size: usize,
    pub(super) epochs: usize,
    pub(super) seed: u64,
    pub(super) shuffle: bool,
    pub(super) drop_last: bool,
    pub(super) clip: Clip,
    /// Tensors and layers that training leaves as they are.
    pub(super) frozen: Vec<String>,
    pub(super) schedule: Option<Box<dyn Schedule + 'a>>,
    pub(super) monitor: Option<String>,
    pub(super) validation: Option<&'a dyn BatchSource>,
    pub(super) metrics: Vec<Box<dyn Metric + 'a>>,
    pub(super) callbacks: Vec<Box<dyn Callback + 'a>>,
    pub(super) resume: Option<Resume>,
    pub(super) quiet: bool,
    pub(super) threads: Option<usize>,
}

/// A checkpoint to continue from.
pub(super) struct Resume {
    pub(super) path: PathBuf,
    /// Whether a file that isn't there means to begin from the beginning.
    pub(super) optional: bool,
}

impl<'a> Options<'a> {
    pub(super) fn new(optimizer: impl Optimizer + 'a) -> Self {
        Self {
            optimizer: Box::new(optimizer),
            batch_size: 32,
            epochs: 1,
            seed: 0,
            shuffle: true,
            drop_last: false,
            clip: Clip::None,
            frozen: Vec::new(),
            schedule: None,
            monitor: None,
            validation: None,
            metrics: Vec::new(),
            callbacks: Vec::new(),
            resume: None,
            quiet: false,
            threads: None,
        }
    }

    /// Checks every setting that can be checked alone.
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        for callback in &self.callbacks {
            let checked = callback.validate();
            checked.map_err(|source| failed(callback.name(), "before training", source))?;
        }
        for (setting, value) in [("batch_size", self.batch_size), ("epochs", self.epochs)] {
            if value == 0 {
                return Err(TrainError::setting(setting, "at least 1", 0));
            }
        }
        self.optimizer.validate()?;
        self.clip.validate()?;
        if let Some(schedule) = &self.schedule {
            schedule.validate()?;
        }
        Ok(())
    }
}
