//! `ReduceOnPlateau` on figures that rise, and on figures below 0.

use crate::networks::{Line, numbers};
use crate::told::Told;
use shapeflow::losses::MeanSquaredError;
use shapeflow::model::Model;
use shapeflow::optimizers::Sgd;
use shapeflow::schedules::ReduceOnPlateau;
use shapeflow::training::Fit;

/// The learning rates of the epochs with a plateau schedule on a metric with these values.
fn plateau_rates(figures: &[f64], rising: bool, schedule: ReduceOnPlateau) -> Vec<f64> {
    let mut model = Line::with_seed(0);
    let history = Fit::new(MeanSquaredError, Sgd::new(0.5))
        .epochs(figures.len())
        .batch_size(70)
        .metric(Told::new(figures, rising))
        .monitor("told")
        .schedule(schedule)
        .quiet()
        .run(&mut model, &numbers(70))
        .unwrap();
    history
        .epochs()
        .iter()
        .map(|epoch| epoch.learning_rate)
        .collect()
}

#[test]
fn plateau_mode() {
    let halve = || ReduceOnPlateau::new(0.5, 0);
    let rising = [0.5, 0.6, 0.7, 0.8];
    assert_eq!(plateau_rates(&rising, true, halve()), [0.5; 4]);
    assert_eq!(plateau_rates(&rising, true, halve().rising()), [0.5; 4]);
    let falling = [0.8, 0.7, 0.6, 0.5];
    assert_eq!(plateau_rates(&falling, false, halve()), [0.5; 4]);
    assert_eq!(
        plateau_rates(&falling, true, halve()),
        [0.5, 0.5, 0.25, 0.125]
    );
    assert_eq!(
        plateau_rates(&rising, false, halve()),
        [0.5, 0.5, 0.25, 0.125]
    );

    let mut model = Line::with_seed(0);
    let error = Fit::new(MeanSquaredError, Sgd::new(0.5))
        .schedule(halve().rising())
        .quiet()
        .run(&mut model, &numbers(70))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`rising` is set, but the watched figure gets better as it falls"),
        "{error}"
    );
}

#[test]
fn plateau_negative() {
    let halve = || ReduceOnPlateau::new(0.5, 0);
    // Equal values are a plateau, in either direction and on either side of 0.
    for value in [-3.0, 3.0, 0.0] {
        for rising in [false, true] {
            let rates = plateau_rates(&[value; 3], rising, halve());
            assert_eq!(rates, [0.5, 0.5, 0.25], "{value}, rising: {rising}");
        }
    }
    // Worse by less than the threshold is no improvement, better by less isn't either, better by more is.
    let cases = [
        ([-1.0, -0.99995, -0.99995], false, 0.25),
        ([-1.0, -1.00005, -1.00005], false, 0.25),
        ([-1.0, -1.1, -1.2], false, 0.5),
        ([-1.0, -0.99995, -0.99995], true, 0.25),
        ([-1.0, -0.9, -0.8], true, 0.5),
    ];
    for (figures, rising, last) in cases {
        let rates = plateau_rates(&figures, rising, halve());
        assert_eq!(rates[2], last, "{figures:?}, rising: {rising}");
    }
}
