//! The time that reading takes, other programs on the same machine left out.

use std::time::{Duration, Instant};

/// A moment, by the clock on the wall and by the time that this process has computed.
pub struct Clock {
    wall: Instant,
    computed: Option<Duration>,
}

impl Clock {
    pub fn now() -> Self {
        Self {
            wall: Instant::now(),
            computed: computed(),
        }
    }

    /// The time since then: the shorter of the two, for a machine with other work makes the first longer, and several threads the second.
    pub fn elapsed(&self) -> Duration {
        let wall = self.wall.elapsed();
        match (self.computed, computed()) {
            (Some(then), Some(now)) => wall.min(now.saturating_sub(then)),
            _ => wall,
        }
    }
}

/// The time that all threads of this process have computed.
#[cfg(unix)]
fn computed() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(unix))]
fn computed() -> Option<Duration> {
    None
}
