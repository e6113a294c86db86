//! How far training has come, and lengths of time in it.

/// How far training has come when the rate of a step is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps taken before this one: 0 at the first.
    pub step: u64,
    /// Epochs finished before this step: 0 in the first.
    pub epoch: u64,
    /// Steps in an epoch.
    pub steps_per_epoch: u64,
    /// Epochs of the whole run.
    pub epochs: u64,
    /// The quantity that is watched (validation loss, say) at the end of the last finished epoch.
    pub monitored: Option<f64>,
    /// The step at which the schedule that is asked began: 0, or where a [`LinearWarmup`](super::LinearWarmup) ended.
    pub began: u64,
}

impl Progress {
    /// Before step `step` (from 0) of a run of `epochs` epochs with `steps_per_epoch` steps each.
    pub fn new(step: u64, steps_per_epoch: u64, epochs: u64) -> Self {
        Progress {
            step,
            epoch: step / steps_per_epoch.max(1),
            steps_per_epoch,
            epochs,
            monitored: None,
            began: 0,
        }
    }

    /// With the watched quantity's value at the end of the last finished epoch.
    pub fn monitored(mut self, value: Option<f64>) -> Self {
        self.monitored = value;
        self
    }

    /// Steps since the schedule began.
    pub fn elapsed(&self) -> u64 {
        self.step.saturating_sub(self.began)
    }

    /// How much of `span` has gone by since the schedule began: 0 to 1.
    pub fn part_of(&self, span: Span) -> f64 {
        let steps = span.steps(self);
        if steps == 0 {
            return 1.0;
        }
        (self.elapsed() as f64 / steps as f64).min(1.0)
    }

    /// Steps from the schedule's beginning to the end of the run.
    pub fn whole_run(&self) -> u64 {
        self.steps_per_epoch
            .saturating_mul(self.epochs)
            .saturating_sub(self.began)
    }
}

/// A length of time in a run.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Span {
    /// From the schedule's beginning to the end of the run.
    WholeRun,
    /// So many steps.
    Steps(u64),
    /// So many epochs; halves are allowed.
    Epochs(f64),
}

impl Span {
    /// The same in steps.
    pub fn steps(self, progress: &Progress) -> u64 {
        match self {
            Span::WholeRun => progress.whole_run(),
            Span::Steps(steps) => steps,
            Span::Epochs(epochs) => (epochs * progress.steps_per_epoch as f64).round() as u64,
        }
    }
}
