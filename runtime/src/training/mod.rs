//! The training loop: fit, evaluate, predict.
//!
//! [`Fit`] trains a model and returns a [`History`]; [`Evaluate`] measures one; [`predict`] and [`predict_classes`] run it
//! over a data set. What happens between epochs is a [`Callback`]: [`EarlyStopping`], [`Checkpoint`], [`CsvLog`], or one of
//! your own.

mod announce;
mod callback;
mod check;
mod checkpoint;
#[cfg(feature = "tables")]
mod csv_log;
mod early_stopping;
mod error;
mod evaluate;
mod fit;
mod history;
mod history_file;
mod meter;
mod options;
mod predict;
mod progress_view;
mod resume;
mod threads;
mod trainer;
mod watch;

pub use callback::{BatchEnd, Callback, CallbackState, Control, EpochEnd, Figure, Run, TrainEnd};
pub use checkpoint::Checkpoint;
#[cfg(feature = "tables")]
pub use csv_log::CsvLog;
pub use early_stopping::EarlyStopping;
pub use error::{CallbackError, TrainError};
pub use evaluate::{Evaluate, Evaluation};
pub use fit::Fit;
pub use history::{EpochRecord, History};
pub use predict::{predict, predict_classes};
