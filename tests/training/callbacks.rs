//! Early stopping, checkpoints, the log, and a callback of one's own.

use crate::networks::{Hits, Small, bits, flowers};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::training::{
    BatchEnd, Callback, CallbackError, Checkpoint, Control, CsvLog, EarlyStopping, EpochEnd,
    Evaluate, Fit,
};
use shapeflow::weights;

#[test]
fn early_stopping_ends_after_its_patience_and_restores_the_best_weights() {
    // Few examples and a high rate: the validation loss soon rises.
    let (train, test) = (flowers(30, 0), flowers(200, 5000));
    let mut model = Small::with_seed(2);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
        .batch_size(10)
        .epochs(200)
        .validation(&test)
        .callback(EarlyStopping::new("val_loss").patience(4).restore_best())
        .quiet()
        .run(&mut model, &train)
        .unwrap();
    let (best, lowest) = history.lowest("val_loss").unwrap();
    assert_eq!(history.len(), best + 5, "{history}");
    let loss = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .batch_size(10)
        .run(&model, &test)
        .unwrap()
        .loss;
    assert_eq!(loss, lowest, "the weights are those of epoch {best}");
}

#[test]
fn a_figure_of_which_more_is_better_is_followed_upwards() {
    let (train, test) = (flowers(60, 0), flowers(60, 5000));
    let mut model = Small::with_seed(2);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
        .batch_size(10)
        .epochs(40)
        .metric(Hits::default())
        .validation(&test)
        .callback(EarlyStopping::new("val_hits").patience(3))
        .quiet()
        .run(&mut model, &train)
        .unwrap();
    let (best, _) = history.highest("val_hits").unwrap();
    assert!(
        history.len() == 40 || history.len() == best + 4,
        "{history}"
    );
    assert!(
        history.len() > 4,
        "it would stop at once if less were better: {history}"
    );
}

#[test]
fn checkpoints_are_written_when_they_are_due() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (train, test) = (flowers(60, 0), flowers(60, 5000));
    let mut model = Small::with_seed(2);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
        .epochs(5)
        .validation(&test)
        .callback(Checkpoint::every(2, at("epoch{epoch}.safetensors")))
        .callback(Checkpoint::best("val_loss", at("best.safetensors")).weights_only())
        .callback(CsvLog::new(at("log.csv")))
        .quiet()
        .run(&mut model, &train)
        .unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "best.safetensors",
        "epoch2.safetensors",
        "epoch4.safetensors",
        "epoch5.safetensors",
        "log.csv",
    ];
    assert_eq!(names, expected);

    let mut best = Small::with_seed(0);
    weights::load(&mut best, at("best.safetensors")).unwrap();
    let loss = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .batch_size(32)
        .run(&best, &test)
        .unwrap()
        .loss;
    assert_eq!(loss, history.lowest("val_loss").unwrap().1);

    let mut last = Small::with_seed(0);
    weights::load(&mut last, at("epoch5.safetensors")).unwrap();
    assert_eq!(
        bits(&last),
        bits(&model),
        "a checkpoint can be loaded as weights"
    );
    assert_eq!(
        std::fs::read_to_string(at("log.csv"))
            .unwrap()
            .lines()
            .count(),
        6
    );
}

/// Counts, and stops in the middle of an epoch.
#[derive(Default)]
struct Impatient {
    batches: usize,
    epochs: usize,
}

impl Callback for Impatient {
    fn on_batch_end(&mut self, _: &BatchEnd) -> Result<Control, CallbackError> {
        self.batches += 1;
        Ok(if self.batches == 7 {
            Control::Stop("seven is enough".into())
        } else {
            Control::Continue
        })
    }
    fn on_epoch_end(&mut self, _: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        self.epochs += 1;
        Ok(Control::Continue)
    }
}

#[test]
fn a_callback_may_stop_training_after_any_batch() {
    let mut callback = Impatient::default();
    let mut model = Small::with_seed(0);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .batch_size(10)
        .epochs(9)
        .callback(&mut callback)
        .quiet()
        .run(&mut model, &flowers(50, 0))
        .unwrap();
    assert_eq!(
        (callback.batches, callback.epochs, history.len()),
        (7, 2, 2)
    );
}
