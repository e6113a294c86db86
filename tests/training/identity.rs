//! Callbacks of a resumed run find their state again, and no other's.

use crate::networks::{Small, flowers};
use crate::told::Told;
use serde_json::json;
use shapeflow::data::Classes;
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::training::{
    Callback, CallbackError, CallbackState, Checkpoint, Control, EarlyStopping, EpochEnd, Fit,
};
use std::fs;

fn base<'a>() -> Fit<'a, SparseCategoricalCrossEntropy, Classes> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.05))
        .batch_size(16)
        .quiet()
}

#[test]
fn the_best_file_is_never_replaced_by_a_worse_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (train, test) = (flowers(30, 0), flowers(200, 5000));
    let run = |epochs: usize, callbacks: Vec<Checkpoint>| {
        let mut model = Small::with_seed(2);
        let mut fit = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
            .batch_size(10)
            .epochs(epochs)
            .validation(&test)
            .resume_if_present(at("last"))
            .quiet();
        for callback in callbacks {
            fit = fit.callback(callback);
        }
        fit.run(&mut model, &train).unwrap()
    };
    let best = || Checkpoint::best("val_loss", at("best")).weights_only();
    let other = || Checkpoint::best("loss", at("other")).weights_only();
    let last = || Checkpoint::every(1, at("last"));
    let history = run(40, vec![best(), other(), last()]);
    let (epoch, _) = history.lowest("val_loss").unwrap();
    assert!(
        epoch < 40,
        "the best epoch must lie before the end: {history}"
    );
    let kept = fs::read(at("best")).unwrap();

    // Exchanged, left out, and there again.
    run(41, vec![last(), other(), best()]);
    run(42, vec![last(), best()]);
    run(43, vec![last()]);
    let history = run(45, vec![best(), last()]);
    assert_eq!(history.lowest("val_loss").unwrap().0, epoch, "{history}");
    assert!(fs::read(at("best")).unwrap() == kept);
}

#[test]
fn early_stopping_on_another_figure_begins_afresh() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let (train, test) = (flowers(90, 0), flowers(90, 100));
    let mut model = Small::with_seed(4);
    // The loss is best in epoch 3, the figure in epoch 1: weights of the one are none of the other. Each epoch has two passes.
    let told = Told::new(&[0.1, 0.1, 0.9, 0.9, 0.9, 0.9], false);
    let first = base().epochs(3).metric(told).validation(&test);
    let history = first
        .callback(EarlyStopping::new("loss").min_delta(1e-9).restore_best())
        .callback(Checkpoint::every(1, &file))
        .run(&mut model, &train)
        .unwrap();
    assert_eq!(history.lowest("loss").unwrap().0, 3, "{history}");
    for other in [
        EarlyStopping::new("val_told"),
        EarlyStopping::new("val_loss"),
        EarlyStopping::new("loss").min_delta(1e9),
    ] {
        let mut model = Small::with_seed(5);
        let resumed = base().epochs(6).metric(Told::new(&[0.5; 6], false));
        let history = resumed
            .validation(&test)
            .resume(&file)
            .callback(other.patience(9).restore_best())
            .run(&mut model, &train)
            .unwrap();
        assert_eq!(history.len(), 6);
    }
}

/// Remembers how many epochs it saw.
struct Counter(u64);

impl Callback for Counter {
    fn on_epoch_end(&mut self, _: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        self.0 += 1;
        Ok(Control::Continue)
    }
    fn reset(&mut self) {
        self.0 = 0;
    }
    fn state(&self) -> CallbackState {
        CallbackState {
            values: json!(self.0),
            tensors: vec![("seen".into(), vec![self.0 as f32])],
        }
    }
    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        self.0 = state.values.as_u64().ok_or("no number")?;
        assert_eq!(state.tensors, [("seen".to_string(), vec![self.0 as f32])]);
        Ok(())
    }
}

#[test]
fn callbacks_that_cannot_be_told_apart_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let train = flowers(90, 0);
    let (mut a, mut b) = (Counter(70), Counter(80));
    let mut model = Small::with_seed(4);
    let first = base().epochs(2).callback(&mut a).callback(&mut b);
    first
        .callback(Checkpoint::every(1, &file))
        .run(&mut model, &train)
        .unwrap();
    assert_eq!((a.0, b.0), (2, 2));
    let (mut a, mut b) = (Counter(0), Counter(0));
    let resumed = base().epochs(5).resume(&file);
    resumed
        .callback(&mut a)
        .callback(&mut b)
        .run(&mut model, &train)
        .unwrap();
    assert_eq!((a.0, b.0), (5, 5));
    let resumed = base().epochs(5).resume(&file).callback(&mut a);
    let error = resumed.run(&mut model, &train).unwrap_err().to_string();
    assert!(
        error.contains("callbacks `Counter`: 2 in the checkpoint, 1 in this run"),
        "{error}"
    );
    // None of them at all is no mistake.
    base()
        .epochs(5)
        .resume(&file)
        .run(&mut model, &train)
        .unwrap();
}
