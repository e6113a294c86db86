//! Recorded moments as the work that they are: pieces, some of them cut into tasks.

use super::{Event, Moment, Phase};

/// A piece of work, done before the next begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Work of one thread.
    Alone {
        /// To what it belongs.
        phase: Phase,
        /// How long it takes.
        seconds: f64,
    },
    /// Tasks that may run at the same time.
    Shared {
        /// To what they belong.
        phase: Phase,
        /// Whether they are parts of a kernel's work for a team.
        team: bool,
        /// The pieces of each.
        tasks: Vec<Vec<Piece>>,
    },
}

impl Piece {
    /// How long it takes on one thread.
    pub fn seconds(&self) -> f64 {
        match self {
            Piece::Alone { seconds, .. } => *seconds,
            Piece::Shared { tasks, .. } => tasks.iter().flatten().map(Piece::seconds).sum(),
        }
    }
}

/// The pieces of work that was recorded several times: each takes the median of its times.
///
/// # Panics
///
/// If there is no recording, or not all are of the same work.
pub fn pieces(recordings: &[Vec<Moment>]) -> Vec<Piece> {
    let first = recordings.first().expect("a recording");
    let events: Vec<Event> = first.iter().map(|moment| moment.event).collect();
    for recording in recordings {
        assert!(
            recording
                .iter()
                .map(|moment| moment.event)
                .eq(events.iter().copied()),
            "recordings of different work"
        );
    }
    let seconds = |number: usize| {
        let mut all: Vec<f64> = recordings
            .iter()
            .map(|moments| (moments[number + 1].at - moments[number].at).as_secs_f64())
            .collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    // The last moment is the end of the work.
    let timed = (0..events.len() - 1).map(|number| (events[number], seconds(number)));
    Reader {
        timed: timed.collect(),
        at: 0,
    }
    .pieces(Phase::Other)
}

struct Reader {
    /// Events, and the seconds until the next.
    timed: Vec<(Event, f64)>,
    at: usize,
}

impl Reader {
    /// The pieces up to the next task or join of the fork around them.
    fn pieces(&mut self, mut phase: Phase) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(&(event, seconds)) = self.timed.get(self.at) {
            match event {
                Event::Task | Event::Join => break,
                Event::Phase(next) => {
                    phase = next;
                    self.at += 1;
                    pieces.push(Piece::Alone { phase, seconds });
                }
                Event::Fork { team } => self.fork(phase, team, &mut pieces),
            }
        }
        pieces
    }

    fn fork(&mut self, phase: Phase, team: bool, pieces: &mut Vec<Piece>) {
        let alone = |seconds| Piece::Alone { phase, seconds };
        pieces.push(alone(self.timed[self.at].1));
        self.at += 1;
        let mut tasks = Vec::new();
        while let Some(&(Event::Task, seconds)) = self.timed.get(self.at) {
            self.at += 1;
            let mut task = vec![alone(seconds)];
            task.extend(self.pieces(phase));
            tasks.push(task);
        }
        pieces.push(Piece::Shared { phase, team, tasks });
        // The join: what follows on it is of the thread that forked.
        if let Some(&(_, seconds)) = self.timed.get(self.at) {
            self.at += 1;
            pieces.push(alone(seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn recording(events: &[(Event, u64)]) -> Vec<Moment> {
        let start = Instant::now();
        let moment = |&(event, seconds)| Moment {
            event,
            at: start + Duration::from_secs(seconds),
        };
        events.iter().map(moment).collect()
    }

    #[test]
    fn forks_lie_in_tasks_and_time_after_a_join_is_of_who_forked() {
        use Event::{Fork, Join, Task};
        let update = Phase::Update;
        let moments = recording(&[
            (Event::Phase(Phase::Other), 0),
            (Event::Phase(update), 1),
            (Fork { team: false }, 1),
            (Task, 1),
            (Fork { team: true }, 3),
            (Task, 3),
            (Task, 4),
            (Join, 6),
            (Task, 9),
            (Join, 14),
            (Event::Phase(Phase::Other), 20),
        ]);
        let alone = |seconds| Piece::Alone {
            phase: update,
            seconds,
        };
        let shared = |team, tasks| Piece::Shared {
            phase: update,
            team,
            tasks,
        };
        let team = shared(true, vec![vec![alone(1.0)], vec![alone(2.0)]]);
        let first = vec![alone(2.0), alone(0.0), team, alone(3.0)];
        let other = Piece::Alone {
            phase: Phase::Other,
            seconds: 1.0,
        };
        let expected = [
            other,
            alone(0.0),
            alone(0.0),
            shared(false, vec![first, vec![alone(5.0)]]),
            alone(6.0),
        ];
        let found = pieces(&[moments]);
        assert_eq!(found, expected);
        assert_eq!(found.iter().map(Piece::seconds).sum::<f64>(), 20.0);
    }

    #[test]
    fn each_piece_takes_its_median() {
        let once = |first, second| {
            recording(&[
                (Event::Phase(Phase::Packing), 0),
                (Event::Phase(Phase::Weights), first),
                (Event::Phase(Phase::Other), first + second),
            ])
        };
        let found = pieces(&[once(1, 90), once(80, 2), once(3, 4)]);
        let seconds: Vec<f64> = found.iter().map(Piece::seconds).collect();
        assert_eq!(seconds, [3.0, 4.0]);
    }

    #[test]
    #[should_panic(expected = "recordings of different work")]
    fn recordings_of_different_work_are_refused() {
        let of = |phase| recording(&[(Event::Phase(phase), 0), (Event::Phase(Phase::Other), 1)]);
        pieces(&[of(Phase::Update), of(Phase::Weights)]);
    }
}
