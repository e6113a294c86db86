//! The best weights, after a run that ended with an error.

use crate::networks::{Line, bits, numbers};
use ndarray::Array2;
use shapeflow::data::{Dataset, Values};
use shapeflow::losses::MeanSquaredError;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::Sgd;
use shapeflow::training::{
    BatchBegin, Callback, CallbackError, Control, EarlyStopping, EpochEnd, Fit, TrainError,
};

model! {
    /// A weight and a bias.
    struct Slope(x: [1]) -> [1] {
        x -> Dense(1)
    }
}

/// Sets the learning rate from an epoch on.
struct RateFrom(usize, f32);

impl Callback for RateFrom {
    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        if batch.epoch >= self.0 {
            batch.learning_rate = self.1;
        }
        Ok(())
    }
}

/// The best weights as a run that ends in time leaves them, then the error and the weights of one that goes wrong.
fn gone_wrong(wrong: f32, validation: &Dataset<Values>) -> (TrainError, bool) {
    let data = numbers(100);
    let fit = |epochs| {
        Fit::new(MeanSquaredError, Sgd::new(0.01))
            .batch_size(20)
            .epochs(epochs)
            .validation(validation)
            .callback(EarlyStopping::new("loss").patience(99).restore_best())
            .quiet()
    };
    let mut best = Line::with_seed(1);
    fit(3).run(&mut best, &data).unwrap();
    let mut model = Line::with_seed(1);
    let error = fit(9)
        .callback(RateFrom(4, wrong))
        .run(&mut model, &data)
        .unwrap_err();
    let same = bits(&model) == bits(&best);
    (error, same)
}

#[test]
fn nan_later() {
    let (error, same) = gone_wrong(1e20, &numbers(30));
    let text = error.to_string();
    assert!(
        text.ends_with("; the model has the weights of epoch 3 again, the best one"),
        "{text}"
    );
    let (TrainError::NotFinite {
        restored, history, ..
    }
    | TrainError::ValidationNotFinite {
        restored, history, ..
    }) = error
    else {
        panic!("{text}")
    };
    assert_eq!((restored, history.len()), (Some(3), 3), "{text}");
    assert!(same, "the model doesn't hold the best weights");
}

#[test]
fn the_best_weights_come_back_after_any_error() {
    /// Fails at the end of an epoch.
    struct FailAt(usize);
    impl Callback for FailAt {
        fn on_epoch_end(&mut self, epoch: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
            if epoch.record.epoch == self.0 {
                return Err("the disk is full".into());
            }
            Ok(Control::Continue)
        }
    }
    // The loss of the first epoch is never reached again.
    let stopping = || {
        EarlyStopping::new("loss")
            .min_delta(1e9)
            .patience(99)
            .restore_best()
    };
    let (data, mut model) = (numbers(100), Line::with_seed(1));
    let fit = || Fit::new(MeanSquaredError, Sgd::new(0.01)).quiet();
    fit().run(&mut model, &data).unwrap();
    let best = bits(&model);
    let mut model = Line::with_seed(1);
    let run = fit().epochs(9).callback(stopping()).callback(FailAt(4));
    let error = run.run(&mut model, &data).unwrap_err();
    assert_eq!(
        error.to_string(),
        "callback FailAt, at the end of epoch 4: the disk is full; the model has the weights of epoch 1 again, the best one"
    );
    assert!(bits(&model) == best);
}

#[test]
fn nan_later_in_validation() {
    let line =
        |x: f32| Dataset::new(Array2::from_elem((4, 1), x), Values::from(vec![1.0; 4])).unwrap();
    // Predictions of 1e30 times the weight, whose squares overflow once the weight isn't 0 any more.
    let (data, validation) = (line(1.0), line(1e30));
    let mut model = Slope::with_seed(1);
    model.tensor_mut("dense1.weight").unwrap().fill(0.0);
    let before = bits(&model);
    let error = Fit::new(MeanSquaredError, Sgd::new(0.0))
        .epochs(9)
        .validation(&validation)
        .callback(RateFrom(2, 0.1))
        .callback(EarlyStopping::new("val_loss").patience(99).restore_best())
        .quiet()
        .run(&mut model, &data)
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.ends_with("; the model has the weights of epoch 1 again, the best one"),
        "{text}"
    );
    let TrainError::ValidationNotFinite {
        epoch, restored, ..
    } = error
    else {
        panic!("{text}")
    };
    assert_eq!((epoch, restored), (2, Some(1)));
    assert_eq!(bits(&model), before);
}
