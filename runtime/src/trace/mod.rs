//! When each task of a step begins and ends, for simulations of more cores than a machine has.
//!
//! While a [recording](record) runs, all work stays on its thread, cut into the same tasks as for many, one after the other.
//! Without the feature `trace` nothing is ever recorded, and the compiler leaves all of it out.

#[cfg(feature = "trace")]
mod recording;
#[cfg(feature = "trace")]
mod schedule;
#[cfg(feature = "trace")]
mod team;
#[cfg(feature = "trace")]
mod work;

#[cfg(feature = "trace")]
pub use self::{
    recording::{Moment, record},
    schedule::{Costs, Share, schedule},
    team::team_seconds,
    work::{Piece, pieces},
};

#[cfg(feature = "trace")]
use self::recording::note;
#[cfg(feature = "trace")]
pub(crate) use self::recording::records;

/// To what the time belongs that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(not(feature = "trace"), allow(dead_code))]
pub enum Phase {
    /// Whatever has no name: in a step checks and copies, in a prediction all of it.
    Other,
    /// Weights are rearranged for kernels.
    Packing,
    /// A stage of forward and backward, lane by lane.
    Stage(usize),
    /// What follows on a stage, over the whole batch.
    Between(usize),
    /// Weight gradients over the whole batch.
    Weights,
    /// The sums of the lanes' gradients.
    Gathering,
    /// The optimizer.
    Update,
}

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "trace"), allow(dead_code))]
pub enum Event {
    /// Another phase begins.
    Phase(Phase),
    /// Work has been cut into tasks, for a pool or, within a kernel, for a team.
    Fork {
        /// Whether it is for a team.
        team: bool,
    },
    /// The next task of the innermost fork begins.
    Task,
    /// The last one has ended.
    Join,
}

/// Whether this thread's work is recorded: never.
#[cfg(not(feature = "trace"))]
pub(crate) const fn records() -> bool {
    false
}

#[cfg(not(feature = "trace"))]
#[inline(always)]
const fn note(_: Event) {}

/// Runs tasks one after the other and notes each; `run` is given what it calls before each.
pub(crate) fn fork(team: bool, run: impl FnOnce(fn())) {
    note(Event::Fork { team });
    run(|| note(Event::Task));
    note(Event::Join);
}

/// Says to what the time belongs that follows.
#[inline(always)]
pub(crate) fn phase(phase: Phase) {
    note(Event::Phase(phase));
}
