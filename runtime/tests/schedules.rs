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

#[test]
fn a_threshold_is_a_part_of_the_best_values_size() {
    // PyTorch's plateau takes `best * (1 - threshold)`, which lies on the wrong side of a best value below 0.
    let cases = [
        ([-1.0, -1.04, -1.04], false, 0.25),
        ([-1.0, -0.96, -0.96], false, 0.25),
        ([-1.0, -1.06, -1.2], false, 1.0),
        ([-1.0, -0.96, -0.96], true, 0.25),
        ([-1.0, -0.94, -0.8], true, 1.0),
        ([1.0, 0.96, 0.96], false, 0.25),
        ([0.0, -0.01, -0.02], false, 1.0),
        ([0.0, 0.0, 0.0], true, 0.25),
    ];
    for (values, rising, expected) in cases {
        let mut schedule = ReduceOnPlateau::new(0.5, 0).threshold(0.05);
        schedule.begin(rising).unwrap();
        let mut rate = 0.0;
        for epoch in 0..=values.len() {
            rate = schedule.learning_rate(1.0, &start_of(epoch, &values));
        }
        assert_eq!(rate, expected, "{values:?}, rising: {rising}");
    }
}

#[test]
fn a_run_begins_without_what_another_has_taught() {
    let values = [3.0, 4.0, 5.0, 6.0];
    let mut used = LinearWarmup::new(Span::Steps(1), ReduceOnPlateau::new(0.5, 0));
    for epoch in 0..=values.len() {
        used.learning_rate(1.0, &start_of(epoch, &values));
    }
    assert_ne!(used.state(), ReduceOnPlateau::new(0.5, 0).state());
    used.begin(false).unwrap();
    assert_eq!(used.state(), ReduceOnPlateau::new(0.5, 0).state());
    let mut boxed: Box<dyn Schedule> = Box::new(used);
    boxed.begin(true).unwrap();
    assert!(
        boxed.settings().contains("factor: 0.5"),
        "{}",
        boxed.settings()
    );
}

#[test]
fn states_that_no_run_could_have_made_are_refused() {
    let mut schedule = ReduceOnPlateau::new(0.5, 2).cooldown(3);
    let fresh = schedule.state();
    for (field, value) in [
        ("waited", serde_json::json!(u64::MAX)),
        ("waited", serde_json::json!(3)),
        ("cooling", serde_json::json!(4)),
        ("rate", serde_json::json!(1e300)),
        ("rate", serde_json::json!(-0.1)),
        ("epochs", serde_json::json!(-1)),
        ("more", serde_json::json!(1)),
    ] {
        let mut state = fresh.clone();
        state[field] = value;
        assert!(schedule.restore(&state).is_err(), "{state}");
        assert_eq!(schedule.state(), fresh);
    }
    schedule.restore(&fresh).unwrap();
}

#[test]
fn an_infinite_value_is_no_best() {
    let values = [f64::INFINITY, 5.0, 4.0, 3.0];
    let mut schedule = ReduceOnPlateau::new(0.5, 1);
    let rates: Vec<f32> = (0..=values.len())
        .map(|epoch| schedule.learning_rate(1.0, &start_of(epoch, &values)))
        .collect();
    assert_eq!(rates, [1.0; 5]);
}

#[test]
fn a_plateau_that_begins_another_run_has_forgotten_the_first() {
    let mut schedule = ReduceOnPlateau::new(0.5, 0);
    let mut rates = |values: &[f64]| {
        schedule.begin(false).unwrap();
        let epochs = values.iter().enumerate();
        let rate = |(epoch, &value)| {
            let progress = Progress::new(epoch as u64 + 1, 1, 9).monitored(Some(value));
            schedule.learning_rate(BASE, &progress)
        };
        epochs.map(rate).collect::<Vec<f32>>()
    };
    assert_eq!(rates(&[0.2, 0.3, 0.4]), [0.5, 0.25, 0.125]);
    // Worse than all before, and yet each better than the last.
    assert_eq!(rates(&[0.9, 0.8, 0.7]), [0.5; 3]);
}
