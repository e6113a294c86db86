//! The events of one thread, with their times.

use super::{Event, Phase};
use std::cell::RefCell;
use std::time::Instant;

/// An event, and when it happened.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// What happened.
    pub event: Event,
    /// When.
    pub at: Instant,
}

thread_local! {
    static MOMENTS: RefCell<Option<Vec<Moment>>> = const { RefCell::new(None) };
}

/// Runs `body`, and returns what happened meanwhile: first and last a [`Phase::Other`].
///
/// Call it on a thread of a pool of two or more: otherwise kernels have nobody to cut their work for, and what `body` hands to a
/// pool from outside isn't seen.
pub fn record<R>(body: impl FnOnce() -> R) -> (R, Vec<Moment>) {
    MOMENTS.set(Some(Vec::with_capacity(1 << 14)));
    note(Event::Phase(Phase::Other));
    let result = body();
    note(Event::Phase(Phase::Other));
    (result, MOMENTS.take().unwrap_or_default())
}

pub(crate) fn records() -> bool {
    MOMENTS.with_borrow(Option::is_some)
}

pub(super) fn note(event: Event) {
    MOMENTS.with_borrow_mut(|moments| {
        if let Some(moments) = moments {
            let at = Instant::now();
            moments.push(Moment { event, at });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crew::Crew;
    use crate::tasks::for_each_part;
    use crate::trace::phase;

    fn events(body: impl FnOnce() + Send) -> Vec<Event> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
        let moments = pool.build().expect("a pool").install(|| record(body).1);
        assert!(moments.is_sorted_by_key(|moment| moment.at));
        moments.iter().map(|moment| moment.event).collect()
    }

    #[test]
    fn tasks_of_a_pool_and_of_a_team_are_recorded_in_their_order() {
        use Event::{Fork, Join, Task};
        let (other, stage) = (Event::Phase(Phase::Other), Event::Phase(Phase::Stage(3)));
        let recorded = events(|| {
            phase(Phase::Stage(3));
            for_each_part((), 2, false, &|_, ()| {
                Crew::with(1, |crew| crew.run(3, &|_, _| {}));
            });
            for_each_part((), 5, true, &|_, ()| {});
        });
        let team = [Fork { team: true }, Task, Task, Task, Join];
        let task = [&[Task], &team[..]].concat();
        let expected = [
            &[other, stage, Fork { team: false }],
            &task[..],
            &task,
            &[Join, other],
        ];
        assert_eq!(recorded, expected.concat());
    }

    #[test]
    fn nothing_is_recorded_after_the_end() {
        assert_eq!(events(|| {}).len(), 2);
        assert!(!records());
        phase(Phase::Update);
        assert_eq!(events(|| {}).len(), 2);
    }
}
