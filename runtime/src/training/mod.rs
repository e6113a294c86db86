//! The training loop: fit, evaluate, predict.
//!
//! [`Fit`] trains a model and returns a [`History`]; [`Evaluate`] measures one; [`predict`] and [`predict_classes`] run it
//! over a data set. What happens between epochs is a [`Callback`]: [`EarlyStopping`], [`Checkpoint`], [`CsvLog`], or one of
//! your own.

mod announce;
mod callback;
mod check;
mod checkpoint;
mod checkpoint_file;
#[cfg(feature = "tables")]
mod csv_log;
mod data_mark;
mod early_stopping;
mod error;
mod evaluate;
mod failure;
mod figure_error;
mod files;
mod fit;
mod frozen;
mod history;
mod history_file;
mod loss_mean;
mod meter;
mod moments;
mod names;
mod notes;
mod options;
mod place;
mod predict;
mod progress_view;
mod rates;
mod resume;
mod run_settings;
mod saving;
mod step;
mod threads;
mod trainer;
mod visit;
mod watch;

pub use callback::{Callback, CallbackState};
pub use checkpoint::Checkpoint;
#[cfg(feature = "tables")]
pub use csv_log::CsvLog;
pub use early_stopping::EarlyStopping;
pub use error::{CallbackError, TrainError};
pub use evaluate::{Evaluate, Evaluation};
pub use figure_error::FigureError;
pub use fit::Fit;
pub use history::{EpochRecord, History};
pub use moments::{BatchBegin, BatchEnd, Control, EpochEnd, Figure, Run, TrainEnd, TrainFailure};
pub use predict::{predict, predict_classes};
