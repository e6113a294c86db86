//! Schedules against PyTorch's rates (`golden/schedules.py`), exact resume, settings.

use serde_json::Value;
use shapeflow_runtime::schedules::{
    Constant, CosineDecay, LinearWarmup, OneCycle, Progress, ReduceOnPlateau, Schedule, Span,
    StepDecay,
};

const BASE: f32 = 0.5;
const STEPS_PER_EPOCH: u64 = 10;
const EPOCHS: u64 = 6;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/schedules.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

fn assert_close(name: &str, at: usize, found: f32, expected: f64) {
    assert!(
        (f64::from(found) - expected).abs() <= 1e-6 * expected + 1e-9,
        "{name}: rate {at} is {found}, PyTorch's {expected}"
    );
}

#[test]
fn rates_by_step_are_pytorchs() {
    let warm_up = LinearWarmup::new(Span::Steps(15), CosineDecay::new()).start(0.2);
    let schedules: [(&str, Box<dyn Schedule>); 4] = [
        ("step", Box::new(StepDecay::new(Span::Epochs(2.0), 0.3))),
        ("cosine", Box::new(CosineDecay::new().minimum(0.1))),
        ("warm-up and cosine", Box::new(warm_up)),
        ("one cycle", Box::new(OneCycle::new())),
    ];
    let golden = golden();
    for (name, mut schedule) in schedules {
        schedule.validate().unwrap();
        let rates = numbers(&golden[name]);
        assert_eq!(rates.len() as u64, STEPS_PER_EPOCH * EPOCHS);
        for (step, expected) in rates.into_iter().enumerate() {
            let progress = Progress::new(step as u64, STEPS_PER_EPOCH, EPOCHS);
            assert_close(
                name,
                step,
                schedule.learning_rate(BASE, &progress),
                expected,
            );
        }
        assert_eq!(
            schedule.state(),
            Value::Null,
            "{name} follows from the progress alone"
        );
    }
}

fn plateaus() -> [(&'static str, ReduceOnPlateau); 3] {
    let cooling = ReduceOnPlateau::new(0.1, 1).cooldown(3).threshold(0.05);
    [
        ("plateau", ReduceOnPlateau::new(0.5, 2).minimum(0.1)),
        ("plateau with cooldown", cooling),
        ("rising plateau", ReduceOnPlateau::new(0.5, 1).rising()),
    ]
}

/// Before the first step of this epoch.
fn start_of(epoch: usize, values: &[f64]) -> Progress {
    let before = epoch.checked_sub(1).map(|last| values[last]);
    Progress::new(epoch as u64 * STEPS_PER_EPOCH, STEPS_PER_EPOCH, 100).monitored(before)
}

#[test]
fn rates_on_a_plateau_are_pytorchs() {
    let golden = golden();
    for (name, mut schedule) in plateaus() {
        schedule.validate().unwrap();
        let values = numbers(&golden[name]["values"]);
        for (epoch, expected) in numbers(&golden[name]["rates"]).into_iter().enumerate() {
            let first = start_of(epoch, &values);
            assert_close(name, epoch, schedule.learning_rate(BASE, &first), expected);
            // A later step of the epoch sees the same value and doesn't count it again.
            let second = Progress {
                step: first.step + 1,
                ..first
            };
            assert_close(name, epoch, schedule.learning_rate(BASE, &second), expected);
        }
    }
}

#[test]
fn a_restored_plateau_goes_on_exactly() {
    let golden = golden();
    for (name, fresh) in plateaus() {
        let values = numbers(&golden[name]["values"]);
        let (mut whole, mut first) = (fresh.clone(), fresh.clone());
        for epoch in 0..8 {
            whole.learning_rate(BASE, &start_of(epoch, &values));
            first.learning_rate(BASE, &start_of(epoch, &values));
        }
        let text = first.state().to_string();
        let mut resumed = LinearWarmup::new(Span::Steps(1), fresh);
        resumed
            .restore(&serde_json::from_str(&text).unwrap())
            .unwrap();
        for epoch in 8..values.len() {
            let progress = start_of(epoch, &values);
            let expected = whole.learning_rate(BASE, &progress);
            assert_eq!(
                resumed.learning_rate(BASE, &progress),
                expected,
                "{name}, epoch {epoch}"
            );
        }
    }
}

#[test]
fn a_state_of_another_schedule_is_refused() {
    let state = ReduceOnPlateau::new(0.5, 1).state();
    let error = Constant.restore(&state).unwrap_err().to_string();
    assert!(
        error.starts_with("Constant: the saved state isn't one of this schedule"),
        "{error}"
    );
    assert!(ReduceOnPlateau::new(0.5, 1).restore(&Value::Null).is_err());
}

#[test]
fn a_nan_is_no_improvement() {
    let mut schedule = ReduceOnPlateau::new(0.5, 0);
    let nan = |epoch| Progress::new(epoch, 1, 10).monitored(Some(f64::NAN));
    assert_eq!(schedule.learning_rate(1.0, &nan(1)), 0.5);
    assert_eq!(schedule.learning_rate(1.0, &nan(2)), 0.25);
}

#[test]
fn rates_stay_finite_beyond_the_end_and_in_the_shortest_run() {
    let schedules: [Box<dyn Schedule>; 4] = [
        Box::new(StepDecay::new(Span::WholeRun, 0.5)),
        Box::new(CosineDecay::new()),
        Box::new(OneCycle::new()),
        Box::new(LinearWarmup::new(Span::WholeRun, CosineDecay::new())),
    ];
    for mut schedule in schedules {
        for (step, steps_per_epoch, epochs) in [(0, 1, 1), (5, 1, 1), (1000, 10, 2), (0, 0, 0)] {
            let rate = schedule.learning_rate(0.1, &Progress::new(step, steps_per_epoch, epochs));
            assert!(
                rate.is_finite() && (0.0..=0.1).contains(&rate),
                "{}: {rate}",
                schedule.name()
            );
        }
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let cases: [(&dyn Schedule, &str); 6] = [
        (
            &StepDecay::new(Span::Steps(0), 0.5),
            "StepDecay: every is 0, expected a length above 0",
        ),
        (
            &StepDecay::new(Span::Steps(1), 0.0),
            "StepDecay: factor is 0, expected above 0 and at most 1",
        ),
        (
            &CosineDecay::new().minimum(2.0),
            "CosineDecay: minimum is 2, expected 0 to 1",
        ),
        (
            &OneCycle::new().rising(1.0),
            "OneCycle: rising is 1, expected above 0 and below 1",
        ),
        (
            &LinearWarmup::new(Span::Epochs(f64::NAN), Constant),
            "LinearWarmup: span is NaN, expected a length above 0",
        ),
        (
            &ReduceOnPlateau::new(1.0, 1),
            "ReduceOnPlateau: factor is 1, expected above 0 and below 1",
        ),
    ];
    for (schedule, message) in cases {
        assert_eq!(schedule.validate().unwrap_err().to_string(), message);
    }
}
