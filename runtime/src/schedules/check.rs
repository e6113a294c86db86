//! The ranges of settings that schedules share.

use crate::schedules::{ScheduleError, Span};

fn setting(
    schedule: &'static str,
    setting: &'static str,
    value: f64,
    expected: &'static str,
    holds: bool,
) -> Result<(), ScheduleError> {
    if holds {
        return Ok(());
    }
    Err(ScheduleError::Setting {
        schedule,
        setting,
        value,
        expected,
    })
}

pub(crate) fn above_zero(
    schedule: &'static str,
    name: &'static str,
    span: Span,
) -> Result<(), ScheduleError> {
    let (value, holds) = match span {
        Span::WholeRun => return Ok(()),
        Span::Steps(steps) => (steps as f64, steps > 0),
        Span::Epochs(epochs) => (epochs, epochs.is_finite() && epochs > 0.0),
    };
    setting(schedule, name, value, "a length above 0", holds)
}

pub(crate) fn part(
    schedule: &'static str,
    name: &'static str,
    value: f32,
) -> Result<(), ScheduleError> {
    let holds = value > 0.0 && value <= 1.0;
    setting(
        schedule,
        name,
        f64::from(value),
        "above 0 and at most 1",
        holds,
    )
}

pub(crate) fn fraction(
    schedule: &'static str,
    name: &'static str,
    value: f32,
) -> Result<(), ScheduleError> {
    let holds = (0.0..=1.0).contains(&value);
    setting(schedule, name, f64::from(value), "0 to 1", holds)
}

pub(crate) fn inside(
    schedule: &'static str,
    name: &'static str,
    value: f32,
) -> Result<(), ScheduleError> {
    let holds = value > 0.0 && value < 1.0;
    setting(
        schedule,
        name,
        f64::from(value),
        "above 0 and below 1",
        holds,
    )
}

pub(crate) fn above_one(
    schedule: &'static str,
    name: &'static str,
    value: f32,
) -> Result<(), ScheduleError> {
    let holds = value.is_finite() && value >= 1.0;
    setting(
        schedule,
        name,
        f64::from(value),
        "a finite number, 1 or more",
        holds,
    )
}
