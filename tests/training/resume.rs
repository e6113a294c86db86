//! Exact resume: interrupted training gives the same bits.

use crate::networks::{Figures, Hits, Small, Wider, bits, figures, flowers};
use shapeflow::data::Classes;
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip, Sgd};
use shapeflow::schedules::{CosineDecay, LinearWarmup, ReduceOnPlateau, Span};
use shapeflow::training::{
    Callback, CallbackError, Checkpoint, Control, EarlyStopping, EpochEnd, Fit, TrainError,
};
use std::path::Path;

type Run<'a> = Fit<'a, SparseCategoricalCrossEntropy, Classes>;

fn base<'a>() -> Run<'a> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
        .batch_size(16)
        .seed(11)
        .quiet()
}

/// Trains 5 epochs, throws everything away but the file, and trains on to 10.
fn interrupted<'a>(fit: impl Fn() -> Run<'a>, file: &Path) -> (Vec<u32>, Figures) {
    let train = flowers(90, 0);
    let mut model = Small::with_seed(4);
    let first = fit()
        .epochs(10)
        .callback(Checkpoint::every(1, file))
        .callback(Interrupt(5));
    assert_eq!(first.run(&mut model, &train).unwrap().len(), 5);
    let mut other = Small::with_seed(99);
    let history = fit()
        .epochs(10)
        .resume(file)
        .run(&mut other, &train)
        .unwrap();
    (bits(&other), figures(&history))
}

fn in_one_go(fit: Run<'_>) -> (Vec<u32>, Figures) {
    let mut model = Small::with_seed(4);
    let history = fit.epochs(10).run(&mut model, &flowers(90, 0)).unwrap();
    (bits(&model), figures(&history))
}

/// Stops after an epoch.
struct Interrupt(usize);

impl Callback for Interrupt {
    fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        Ok(if epoch.record.epoch == self.0 {
            Control::Stop("interrupted".into())
        } else {
            Control::Continue
        })
    }
}

#[test]
fn ten_epochs_are_five_and_five() {
    let folder = tempfile::tempdir().unwrap();
    let test = flowers(40, 7000);
    let fit = || base().metric(Hits::default()).validation(&test);
    assert!(interrupted(fit, &folder.path().join("a.safetensors")) == in_one_go(fit()));
}

#[test]
fn a_shorter_run_can_be_made_longer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("short.safetensors");
    let train = flowers(90, 0);
    let mut model = Small::with_seed(4);
    base()
        .epochs(5)
        .callback(Checkpoint::every(5, &file))
        .run(&mut model, &train)
        .unwrap();
    let mut model = Small::with_seed(0);
    let history = base()
        .epochs(10)
        .resume(&file)
        .run(&mut model, &train)
        .unwrap();
    assert!((bits(&model), figures(&history)) == in_one_go(base()));
}

#[test]
fn schedules_clipping_and_momentum_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let momentum = || {
        Fit::new(
            SparseCategoricalCrossEntropy::new(),
            Sgd::new(0.1).momentum(0.9),
        )
        .batch_size(16)
        .quiet()
    };
    let cosine = || {
        let schedule = LinearWarmup::new(Span::Epochs(2.0), CosineDecay::new());
        momentum().schedule(schedule).clip(Clip::GlobalNorm(0.5))
    };
    assert!(interrupted(cosine, &folder.path().join("cosine.safetensors")) == in_one_go(cosine()));
    let test = flowers(40, 7000);
    let plateau = || {
        momentum()
            .schedule(ReduceOnPlateau::new(0.3, 0))
            .validation(&test)
    };
    assert!(
        interrupted(plateau, &folder.path().join("plateau.safetensors")) == in_one_go(plateau())
    );
}

#[test]
fn early_stopping_remembers_its_best_weights() {
    // The best epoch lies before the interruption, the end after it.
    let folder = tempfile::tempdir().unwrap();
    let (train, test) = (flowers(30, 0), flowers(200, 5000));
    let fit = || {
        let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
            .batch_size(10)
            .epochs(60)
            .quiet();
        fit.validation(&test)
            .callback(EarlyStopping::new("val_loss").patience(6).restore_best())
    };
    let mut whole = Small::with_seed(2);
    let history = fit().run(&mut whole, &train).unwrap();
    let (best, _) = history.lowest("val_loss").unwrap();
    assert!(history.len() == best + 7 && history.len() < 60, "{history}");

    let file = folder.path().join("run.safetensors");
    let mut model = Small::with_seed(2);
    fit()
        .callback(Checkpoint::every(1, &file))
        .callback(Interrupt(best + 3))
        .run(&mut model, &train)
        .unwrap();
    let mut resumed = Small::with_seed(0);
    let again = fit().resume(&file).run(&mut resumed, &train).unwrap();
    assert!(figures(&again) == figures(&history));
    assert!(bits(&resumed) == bits(&whole));
}

#[test]
fn a_program_that_is_started_again_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("last.safetensors");
    let train = flowers(90, 0);
    let start = |epochs| {
        let mut model = Small::with_seed(4);
        let fit = base()
            .epochs(epochs)
            .callback(Checkpoint::every(1, &file))
            .resume_if_present(&file);
        let history = fit.run(&mut model, &train).unwrap();
        (bits(&model), figures(&history))
    };
    start(3);
    start(7);
    let last = start(10);
    assert!(last == in_one_go(base()));
    assert!(start(10) == last, "a finished run is only loaded");
}

/// The message when `fit` resumes from `file`, having seen that the model is unchanged.
fn refusal(fit: Run<'_>, file: &Path, examples: usize) -> String {
    let mut model = Small::with_seed(4);
    let before = bits(&model);
    let error = fit
        .epochs(9)
        .resume(file)
        .run(&mut model, &flowers(examples, 0))
        .unwrap_err();
    assert_eq!(bits(&model), before);
    error.to_string()
}

#[test]
fn another_run_is_refused_with_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.safetensors");
    let mut model = Small::with_seed(4);
    base()
        .epochs(2)
        .callback(Checkpoint::every(1, &file))
        .run(&mut model, &flowers(90, 0))
        .unwrap();

    let error = refusal(base().batch_size(8).seed(5), &file, 80);
    let expected = "the run is another one:\n  seed: 11 in the checkpoint, 5 in this run\n  batch size: 16 in the checkpoint, 8 in \
                    this run\n  training examples: 90 in the checkpoint, 80 in this run";
    assert!(
        error.contains("run.safetensors") && error.ends_with(expected),
        "{error}"
    );
    let other = Fit::new(SparseCategoricalCrossEntropy::new(), Sgd::new(0.1))
        .batch_size(16)
        .seed(11)
        .quiet();
    let error = refusal(other, &file, 90);
    assert!(
        error.contains("optimizer: Adam in the checkpoint"),
        "{error}"
    );

    let mut wider = Wider::with_seed(0);
    let error = base()
        .resume(&file)
        .run(&mut wider, &flowers(90, 0))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("(it was written by `Small`)") && error.contains("dense1.weight"),
        "{error}"
    );
}

#[test]
fn damaged_missing_and_other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut model = Small::with_seed(4);
    base()
        .epochs(1)
        .callback(Checkpoint::every(1, at("run")))
        .run(&mut model, &flowers(90, 0))
        .unwrap();
    let whole = std::fs::read(at("run")).unwrap();
    for part in [0, 5, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(at("cut"), &whole[..part]).unwrap();
        let error = refusal(base(), &at("cut"), 90);
        assert!(error.contains("cut is damaged"), "{error}");
    }
    assert!(refusal(base(), &at("nothing"), 90).contains("cannot read"));
    shapeflow::weights::save(&model, at("weights")).unwrap();
    let error = refusal(base(), &at("weights"), 90);
    assert!(
        error.ends_with("it holds weights, but no state of training; write it with `Checkpoint`"),
        "{error}"
    );
    let error = base()
        .resume_if_present(at("cut"))
        .run(&mut model, &flowers(90, 0))
        .unwrap_err();
    assert!(
        matches!(error, TrainError::Weights(_)),
        "a file that is there must be whole: {error}"
    );
}
