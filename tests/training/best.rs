//! Which epoch is the best: first, last, of equals, and where a figure is no number.

use crate::networks::{Line, bits, numbers};
use crate::told::Told;
use shapeflow::data::Values;
use shapeflow::losses::MeanSquaredError;
use shapeflow::model::Model;
use shapeflow::optimizers::Sgd;
use shapeflow::training::{Checkpoint, EarlyStopping, Fit};
use shapeflow::weights;
use std::path::Path;
use std::process::Command;

/// A run in which `told` has these values.
fn fit<'a>(figures: &[f64], rising: bool) -> Fit<'a, MeanSquaredError, Values> {
    Fit::new(MeanSquaredError, Sgd::new(0.05))
        .batch_size(20)
        .epochs(figures.len())
        .metric(Told::new(figures, rising))
}

/// The weights after so many epochs, as bits.
fn after(epochs: usize) -> Vec<u32> {
    let mut model = Line::with_seed(3);
    let run = fit(&[0.0; 9][..epochs], false).quiet();
    run.run(&mut model, &numbers(60)).unwrap();
    bits(&model)
}

const NAN: f64 = f64::NAN;

#[test]
fn training_ends_with_the_epoch_after_the_patience_and_goes_back_to_the_best() {
    // Figures, whether they get better as they rise, patience; how many epochs there were, and the best of them.
    let cases: [(&[f64], bool, usize, usize, usize); 9] = [
        (&[3.0, 2.0, 1.0, 0.5], false, 0, 4, 4),
        (&[1.0, 1.0, 1.0, 1.0], false, 0, 2, 1),
        (&[1.0, 2.0, 3.0, 0.5], false, 0, 2, 1),
        (&[1.0, 2.0, 3.0, 0.5], false, 1, 3, 1),
        (&[1.0, 2.0, 3.0, 0.5], false, 2, 4, 4),
        (&[0.1, 0.3, 0.2, 0.2], true, 1, 4, 2),
        (&[1.0, NAN, 0.5, NAN, NAN], false, 1, 5, 3),
        (&[NAN, NAN, 0.5, 0.6], false, 1, 2, 2),
        (&[NAN, NAN, 0.5, 0.6], false, 2, 4, 3),
    ];
    for (number, (figures, rising, patience, epochs, best)) in cases.into_iter().enumerate() {
        let mut model = Line::with_seed(3);
        let stopping = EarlyStopping::new("told").patience(patience).restore_best();
        let run = fit(figures, rising).callback(stopping).quiet();
        let history = run.run(&mut model, &numbers(60)).unwrap();
        assert_eq!(history.len(), epochs, "case {number}");
        assert!(bits(&model) == after(best), "case {number}");
    }
}

#[test]
fn of_equal_epochs_the_first_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("best");
    for (figures, rising, best) in [
        ([0.5, 0.5, 0.5], false, 1),
        ([0.5, 0.7, 0.7], true, 2),
        ([0.5, 0.7, 0.9], true, 3),
        ([NAN, 0.7, 0.7], false, 2),
    ] {
        let checkpoint = Checkpoint::best("told", &file).weights_only();
        let run = fit(&figures, rising).callback(checkpoint).quiet();
        run.run(&mut Line::with_seed(3), &numbers(60)).unwrap();
        let mut loaded = Line::with_seed(0);
        weights::load(&mut loaded, &file).unwrap();
        assert!(bits(&loaded) == after(best), "{figures:?}");
        std::fs::remove_file(&file).unwrap();
    }
}

const FOLDER: &str = "SHAPEFLOW_TEST_NEVER_A_NUMBER";

/// What the next test starts as a program of its own.
#[test]
fn the_program_without_a_best_epoch() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let file = Path::new(&folder).join("best");
    let run = fit(&[NAN; 3], true)
        .callback(Checkpoint::best("told", file))
        .callback(EarlyStopping::new("told").patience(9).restore_best());
    run.run(&mut Line::with_seed(3), &numbers(60)).unwrap();
}

#[test]
fn a_best_file_that_is_never_written_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "best::the_program_without_a_best_epoch"])
        .args(["--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    let path = folder.path().join("best");
    for line in [
        format!(
            "{} isn't written: `told` was never a number",
            path.display()
        ),
        "No weights restored: `told` was never a number".to_string(),
    ] {
        assert!(text.lines().any(|found| found == line), "{text}");
    }
    assert!(!path.exists());
}
