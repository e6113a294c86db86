//! The training loop: fit, evaluate, predict.

mod error;
mod history;
mod history_file;
mod progress;

pub use error::TrainError;
pub use history::{EpochRecord, History};
