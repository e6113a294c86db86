//! Learning-rate schedules: the rate of each step, from the optimizer's rate and how far training has come.
//!
//! | schedule | rate |
//! |---|---|
//! | [`Constant`] | the optimizer's |
//! | [`StepDecay`] | drops at regular times |
//! | [`CosineDecay`] | falls along a cosine to the end of the run |
//! | [`LinearWarmup`] | grows from little, then follows another schedule |
//! | [`OneCycle`] | up and down once |
//! | [`ReduceOnPlateau`] | drops when the watched quantity stops improving |
//!
//! The rate is asked for before every step, so that a rate changes within an epoch, too. A length of time is a
//! [`Span`]: the whole run, steps or epochs.

mod check;
mod constant;
mod cosine_decay;
mod linear_warmup;
mod one_cycle;
mod progress;
mod reduce_on_plateau;
mod schedule;
mod step_decay;

pub use constant::Constant;
pub use cosine_decay::CosineDecay;
pub use linear_warmup::LinearWarmup;
pub use one_cycle::OneCycle;
pub use progress::{Progress, Span};
pub use reduce_on_plateau::ReduceOnPlateau;
pub use schedule::{Schedule, ScheduleError};
pub use step_decay::StepDecay;
