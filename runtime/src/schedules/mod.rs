//! Learning-rate schedules: the rate of each step, from the optimizer's rate and how far training has come.

mod progress;
mod schedule;

pub use progress::{Progress, Span};
pub use schedule::{Schedule, ScheduleError};
