//! What can go wrong while a network is trained, measured or used.

use super::History;
use crate::data::DataError;
use crate::engine::{Culprit, EngineError, became};
use crate::losses::LossError;
use crate::metrics::MetricError;
use crate::optimizers::OptimizerError;
use crate::schedules::ScheduleError;
use crate::weights::WeightsError;
use std::io;
use std::path::{Path, PathBuf};

/// What a callback of one's own may return as error.
pub type CallbackError = Box<dyn std::error::Error + Send + Sync>;

/// An error of [`Fit`](super::Fit), [`Evaluate`](super::Evaluate) and [`predict`](super::predict).
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting makes no sense.
    #[error("{setting}: expected {expected}, found {found}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// Examples don't have the shape that the model takes.
    #[error("{data}: `{model}` takes {expected}, but the examples have {found}{hint}")]
    Examples {
        /// Which data: `training data`, `validation data`.
        data: &'static str,
        /// The model's name.
        model: &'static str,
        /// The model's inputs with their shapes.
        expected: String,
        /// The shapes of the examples.
        found: String,
        /// What to do about it, if that is likely.
        hint: String,
    },
    /// Class numbers have other names than in the training data, or more than the model has classes.
    #[error("{data}, output `{output}`: expected the class names to be {expected}; found {found}")]
    ClassNames {
        /// Which data.
        data: &'static str,
        /// The output's name.
        output: &'static str,
        /// Which names were expected.
        expected: String,
        /// Those that it has.
        found: String,
    },
    /// Columns are others than those of the training data, or were normalised otherwise.
    #[error("{data}, {port}: expected {expected}; found {found}")]
    Columns {
        /// Which data.
        data: &'static str,
        /// The input or output.
        port: String,
        /// Which columns were expected.
        expected: String,
        /// Those that it has.
        found: String,
    },
    /// There is no example.
    #[error("{data}: expected at least one example, found none")]
    Empty {
        /// Which data.
        data: &'static str,
    },
    /// No example counts in the loss.
    #[error(
        "{data}, output `{output}`: expected an example that counts in the loss, found only such as have a weight of 0; look at the \
         class weights"
    )]
    NoWeight {
        /// Which data.
        data: &'static str,
        /// The output's name.
        output: &'static str,
    },
    /// A figure is watched that this run doesn't measure.
    #[error(
        "{who} watches `{figure}`, but this run has {known}{}",
        hint(figure, known, nearest)
    )]
    Figure {
        /// Who watches it.
        who: String,
        /// The figure's name.
        figure: String,
        /// All names there are.
        known: String,
        /// The name most like it.
        nearest: Option<String>,
    },
    /// A target that the loss can't take; `example` in the message counts from 0 in the order of the data.
    #[error("{data}, output `{output}`: {source}")]
    Target {
        /// Which data.
        data: &'static str,
        /// The output's name.
        output: &'static str,
        /// What is wrong with it.
        source: LossError,
    },
    /// The loss, a gradient or a parameter became NaN or infinite.
    ///
    /// The message says where it began and what helps. The weights are those from before the step, unless a parameter
    /// itself isn't finite, or a callback has brought back better ones.
    #[error(
        "training stopped in epoch {epoch}, batch {batch} (step {step}): {}: {culprit}{}",
        became(*loss),
        left(*restored)
    )]
    NotFinite {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The batch in the epoch, counted from 1.
        batch: usize,
        /// The step in the whole run, counted from 1.
        step: u64,
        /// The loss.
        loss: f64,
        /// Where it began.
        culprit: Culprit,
        /// The epochs that were finished.
        history: Box<History>,
        /// The epoch whose weights the model has again, by [`EarlyStopping::restore_best`](super::EarlyStopping::restore_best).
        restored: Option<usize>,
    },
    /// The validation loss isn't finite although all parameters are.
    #[error(
        "training stopped after epoch {epoch}: the validation loss became {loss}, although the training loss and all parameters \
         are finite; look for outliers in the validation data, or take a smaller learning rate{}",
        left(*restored)
    )]
    ValidationNotFinite {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The validation loss.
        loss: f64,
        /// The epochs that were finished before.
        history: Box<History>,
        /// The epoch whose weights the model has again, by [`EarlyStopping::restore_best`](super::EarlyStopping::restore_best).
        restored: Option<usize>,
    },
    /// The loss of an evaluation isn't finite.
    #[error(
        "{data}: the loss is {loss}; look for outliers in the data, or for a model whose training went wrong"
    )]
    LossNotFinite {
        /// Which data.
        data: &'static str,
        /// The loss.
        loss: f64,
    },
    /// A source handed over a batch of another length than the pass asks for.
    #[error(
        "{data}, batch {batch}: expected {expected} examples, found {found}; a source must cut its examples as `Pass` says"
    )]
    BatchLength {
        /// Which data.
        data: &'static str,
        /// The batch, counted from 1.
        batch: usize,
        /// How many examples it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A source handed over something else than it had announced.
    #[error(
        "{data}: {} examples in {} batches were announced, but {} in {} came",
        examples[0], batches[0], examples[1], batches[1]
    )]
    Pass {
        /// Which data.
        data: &'static str,
        /// Batches announced, and those that came.
        batches: [usize; 2],
        /// Examples announced, and those that came.
        examples: [usize; 2],
    },
    /// Training ended with another error than those above, and a callback has brought back better weights.
    #[error("{source}{}", left(Some(*epoch)))]
    Restored {
        /// The epoch whose weights the model has again, by [`EarlyStopping::restore_best`](super::EarlyStopping::restore_best).
        epoch: usize,
        /// Why training ended.
        source: Box<TrainError>,
    },
    /// A step or a prediction failed.
    #[error("{place}: {source}")]
    Engine {
        /// Where: `training data, epoch 1, batch 3`.
        place: String,
        /// Why.
        source: Box<EngineError>,
    },
    /// A metric doesn't fit the output or its targets.
    #[error("{data}: {source}")]
    Metric {
        /// Which data; `metrics` where that was seen before any.
        data: &'static str,
        /// What is wrong.
        source: MetricError,
    },
    /// Examples can't be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A setting of the optimizer or of clipping is out of range.
    #[error(transparent)]
    Optimizer(#[from] OptimizerError),
    /// A setting of the schedule is out of range, or its saved state isn't one.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Weights can't be saved or loaded.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A callback returned an error.
    #[error("callback {callback}, {moment}: {source}")]
    Callback {
        /// The callback's name.
        callback: String,
        /// When: `at the end of epoch 3`.
        moment: String,
        /// What it returned.
        source: CallbackError,
    },
    /// A checkpoint can't be continued by this run.
    #[error("cannot resume from {}: {reason}", path.display())]
    Resume {
        /// The file.
        path: PathBuf,
        /// What is missing or differs.
        reason: String,
    },
    /// Two callbacks write the same file.
    #[error("{} and {} both write {}", callbacks[0], callbacks[1], path.display())]
    SameFile {
        /// The file.
        path: PathBuf,
        /// The callbacks.
        callbacks: [String; 2],
    },
    /// The threads can't be started.
    #[error("cannot start {threads} threads: {source}")]
    Threads {
        /// How many.
        threads: usize,
        /// Why.
        source: rayon::ThreadPoolBuildError,
    },
    /// A file can't be read, or holds something else than expected.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file can't be written; what stood there before is still there.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

crate::debug_as_display::debug_as_display!(TrainError);
/// What else there is to say of the weights.
fn left(restored: Option<usize>) -> String {
    restored.map_or(String::new(), |epoch| {
        format!("; the model has the weights of epoch {epoch} again, the best one")
    })
}

fn hint(figure: &str, known: &str, nearest: &Option<String>) -> String {
    // Without validation data every such figure is missing, and the nearest is only what is left.
    if figure.starts_with("val_") && !known.contains("`val_") {
        return "; give it validation data with `.validation(&data)`".into();
    }
    match nearest {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None => String::new(),
    }
}

impl TrainError {
    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.into(),
            source,
        }
    }

    pub(super) fn engine(place: impl Into<String>, source: EngineError) -> Self {
        Self::Engine {
            place: place.into(),
            source: Box::new(source),
        }
    }

    pub(super) fn setting(
        setting: &'static str,
        expected: impl Into<String>,
        found: impl ToString,
    ) -> Self {
        Self::Setting {
            setting,
            expected: expected.into(),
            found: found.to_string(),
        }
    }
}
