//! How long recorded work would take on some cores.
//!
//! Tasks go in their order to whichever core is free first (list scheduling, Graham 1966), pieces wait for one another. Where
//! there are fewer tasks than cores, each task's own forks have an equal part of the cores. What cores do to one another by
//! sharing caches and the bandwidth of memory isn't modelled, nor that many cores run at a lower clock.

use super::{Phase, Piece};

/// Seconds that it takes to hand work to one more thread. A hand-over to more doubles the threads each time.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Of tasks to a thread of a pool.
    pub pool: f64,
    /// Of a kernel's parts to a team.
    pub team: f64,
}

/// One piece of work, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// To what it belongs.
    pub phase: Phase,
    /// Into how many tasks it is cut; 1 where it isn't.
    pub tasks: usize,
    /// How long it takes on one core.
    pub work: f64,
    /// How long it takes on those there are.
    pub seconds: f64,
}

impl Share {
    /// Seconds that it takes longer than if it were shared out evenly.
    pub fn lost(&self, cores: usize) -> f64 {
        self.seconds - self.work / cores as f64
    }
}

/// What each piece would take on `cores` cores; together the time of all work.
pub fn schedule(pieces: &[Piece], cores: usize, costs: Costs) -> Vec<Share> {
    let cores = cores.max(1);
    let share = |piece: &Piece| {
        let (phase, tasks) = match piece {
            Piece::Alone { phase, .. } => (*phase, 1),
            Piece::Shared { phase, tasks, .. } => (*phase, tasks.len()),
        };
        Share {
            phase,
            tasks,
            work: piece.seconds(),
            seconds: seconds(piece, cores, costs),
        }
    };
    pieces.iter().map(share).collect()
}

fn seconds(piece: &Piece, cores: usize, costs: Costs) -> f64 {
    let Piece::Shared { team, tasks, .. } = piece else {
        return piece.seconds();
    };
    let used = tasks.len().min(cores);
    if used <= 1 {
        return piece.seconds();
    }
    let mut busy = vec![0.0f64; used];
    for task in tasks {
        let first = (0..used)
            .min_by(|&a, &b| busy[a].total_cmp(&busy[b]))
            .unwrap_or(0);
        let own = cores / used;
        busy[first] += task
            .iter()
            .map(|piece| seconds(piece, own, costs))
            .sum::<f64>();
    }
    let hand_over = if *team { costs.team } else { costs.pool };
    let doublings = used.next_power_of_two().ilog2();
    busy.into_iter().fold(0.0, f64::max) + hand_over * f64::from(doublings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Costs = Costs {
        pool: 0.0,
        team: 0.0,
    };

    fn alone(seconds: f64) -> Piece {
        Piece::Alone {
            phase: Phase::Other,
            seconds,
        }
    }

    fn shared(team: bool, tasks: Vec<Vec<Piece>>) -> Piece {
        Piece::Shared {
            phase: Phase::Weights,
            team,
            tasks,
        }
    }

    fn total(pieces: &[Piece], cores: usize, costs: Costs) -> f64 {
        schedule(pieces, cores, costs)
            .iter()
            .map(|share| share.seconds)
            .sum()
    }

    #[test]
    fn tasks_go_to_whoever_is_free() {
        let tasks = [4.0, 1.0, 1.0, 1.0, 3.0].map(|seconds| vec![alone(seconds)]);
        let work = [alone(2.0), shared(false, tasks.into())];
        // On two cores: 4 beside 1 + 1 + 1 + 3, on three 4 beside 1 + 1 and 1 + 3.
        let times = [1, 2, 3, 5, 64].map(|cores| total(&work, cores, FREE));
        assert_eq!(times, [12.0, 8.0, 6.0, 6.0, 6.0]);
        let shares = schedule(&work, 2, FREE);
        assert_eq!((shares[0].lost(2), shares[1].lost(2)), (1.0, 1.0));
        assert_eq!((shares[0].tasks, shares[1].tasks), (1, 5));
    }

    #[test]
    fn cores_without_a_task_help_within_the_others() {
        let kernel = shared(true, vec![vec![alone(1.0)]; 4]);
        let work = [shared(false, vec![vec![alone(1.0), kernel]; 2])];
        let times = [1, 2, 4, 8].map(|cores| total(&work, cores, FREE));
        assert_eq!(times, [10.0, 5.0, 3.0, 2.0]);
    }

    #[test]
    fn each_doubling_of_threads_has_its_price() {
        let costs = Costs {
            pool: 0.5,
            team: 0.25,
        };
        let tasks = vec![vec![alone(1.0)]; 6];
        let pool = [1, 2, 4, 64].map(|cores| total(&[shared(false, tasks.clone())], cores, costs));
        assert_eq!(pool, [6.0, 3.5, 3.0, 2.5]);
        assert_eq!(total(&[shared(true, tasks)], 2, costs), 3.25);
    }
}
