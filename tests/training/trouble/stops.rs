//! Runs that are stopped, within an epoch or at its end, and resumed.

use crate::networks::{Hits, Small, bits, classifier, figures, flowers};
use ndarray::Array2;
use shapeflow::data::{Classes, Dataset, Values};
use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::metrics::Accuracy;
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::schedules::ReduceOnPlateau;
use shapeflow::training::{
    BatchEnd, Callback, CallbackError, CallbackState, Checkpoint, Control, EarlyStopping, EpochEnd,
    Fit,
};
use shapeflow::weights;

/// Counts steps, and stops after one of them.
#[derive(Default)]
struct StopAt {
    step: u64,
    seen: Vec<u64>,
}

impl Callback for StopAt {
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        self.seen.push(batch.step);
        Ok(if batch.step == self.step {
            Control::Stop("that's enough".into())
        } else {
            Control::Continue
        })
    }
}

#[test]
fn resume_mid() {
    let folder = tempfile::tempdir().unwrap();
    let (train, test) = (flowers(50, 0), flowers(30, 5000));
    let fit = |schedule: bool| {
        let fit = classifier()
            .epochs(4)
            .metric(Accuracy::new())
            .metric(Hits::default())
            .validation(&test)
            .callback(EarlyStopping::new("val_loss").patience(9).restore_best());
        if schedule {
            fit.schedule(shapeflow::schedules::CosineDecay::new())
        } else {
            fit.schedule(ReduceOnPlateau::new(0.5, 0))
        }
    };
    for (number, schedule) in [(0, false), (1, true)] {
        let mut whole = Small::with_seed(4);
        let history = fit(schedule).run(&mut whole, &train).unwrap();
        // Within an epoch, after its first batch, before its last, at its end.
        for stop in [7, 6, 9, 10, 3, 16] {
            let file = folder.path().join(format!("{number}-{stop}"));
            let mut model = Small::with_seed(4);
            let mut first = StopAt {
                step: stop,
                ..StopAt::default()
            };
            fit(schedule)
                .callback(Checkpoint::every(10, &file))
                .callback(&mut first)
                .run(&mut model, &train)
                .unwrap();
            let mut rest = StopAt::default();
            let mut resumed = Small::with_seed(9);
            let again = fit(schedule)
                .callback(Checkpoint::every(10, &file))
                .callback(&mut rest)
                .resume(&file)
                .run(&mut resumed, &train)
                .unwrap();
            let steps: Vec<u64> = [first.seen, rest.seen].concat();
            assert_eq!(steps, (1..=20).collect::<Vec<_>>(), "stopped after {stop}");
            assert!(
                figures(&again) == figures(&history),
                "stopped after {stop}:\n{again}\n{history}"
            );
            assert!(bits(&resumed) == bits(&whole), "stopped after {stop}");
        }
    }
}

#[test]
fn resume_mid_twice_in_one_epoch_with_one_output_of_two_measured() {
    use crate::networks::Two;
    use shapeflow::metrics::{MeanAbsoluteError, OnOutput};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two");
    let a = Array2::from_shape_fn((60, 4), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 11.0 - 0.5);
    let b = Array2::from_shape_fn((60, 2), |(i, j)| ((i * 5 + j) % 13) as f32 / 13.0 - 0.5);
    let classes = (0..60).map(|i| i % 3).collect();
    let scores: Vec<f32> = b.outer_iter().map(|row| row[0] + row[1]).collect();
    let data = Dataset::with_inputs(
        vec![a.into_dyn(), b.into_dyn()],
        (Classes(classes), Values::from(scores)),
    )
    .unwrap();
    let fit = || {
        let losses = (
            SparseCategoricalCrossEntropy::new().class_weights([1.0, 2.0, 5.0]),
            MeanSquaredError,
        );
        Fit::new(losses, Adam::new(0.01))
            .batch_size(7)
            .epochs(2)
            .metric(OnOutput::new(1, MeanAbsoluteError::new()))
            .quiet()
    };
    let mut whole = Two::with_seed(1);
    let history = fit().run(&mut whole, &data).unwrap();
    for (seed, stop) in [(1, 2), (7, 5), (8, 11), (9, 0)] {
        // The weights come from the file, but for the first time.
        let mut model = Two::with_seed(seed);
        let again = fit()
            .callback(Checkpoint::every(1, &file))
            .callback(StopAt {
                step: stop,
                ..StopAt::default()
            })
            .resume_if_present(&file)
            .run(&mut model, &data)
            .unwrap();
        if stop == 0 {
            assert!(figures(&again) == figures(&history), "{again}\n{history}");
            assert!(bits(&model) == bits(&whole));
        }
    }
}

/// Counts the ends of epochs, as a run in one go has them.
#[derive(Default)]
struct Ends(u64);

impl Callback for Ends {
    fn reset(&mut self) {
        self.0 = 0;
    }
    fn on_epoch_end(&mut self, _: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        self.0 += 1;
        Ok(Control::Continue)
    }
    fn state(&self) -> CallbackState {
        CallbackState {
            values: self.0.into(),
            ..CallbackState::default()
        }
    }
    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        self.0 = state.values.as_u64().ok_or("no number")?;
        Ok(())
    }
}

#[test]
fn resume_mid_knows_nothing_of_the_end_of_the_epoch_that_was_broken_off() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let train = flowers(50, 0);
    let (mut ends, mut model) = (Ends::default(), Small::with_seed(0));
    let fit = || classifier().epochs(4);
    // It ends once more when it is taken up again: a mean over epochs must not count it twice.
    for (step, expected) in [(7, 2), (0, 4)] {
        let stop = StopAt {
            step,
            ..StopAt::default()
        };
        fit()
            .callback(&mut ends)
            .callback(Checkpoint::every(1, &file))
            .callback(stop)
            .resume_if_present(&file)
            .run(&mut model, &train)
            .unwrap();
        assert_eq!(ends.0, expected);
    }
}

#[test]
fn checkpoint_stop() {
    let folder = tempfile::tempdir().unwrap();
    let (train, test) = (flowers(30, 0), flowers(200, 5000));
    let stopping = || EarlyStopping::new("val_loss").patience(3).restore_best();
    for order in [false, true] {
        let (file, plain) = (
            folder.path().join(format!("{order}")),
            folder.path().join(format!("plain {order}")),
        );
        let every = Checkpoint::every(1000, &file);
        let weights_only = Checkpoint::every(1000, &plain).weights_only();
        let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
            .batch_size(10)
            .epochs(200)
            .validation(&test)
            .quiet();
        let fit = if order {
            fit.callback(every)
                .callback(weights_only)
                .callback(stopping())
        } else {
            fit.callback(stopping())
                .callback(every)
                .callback(weights_only)
        };
        let mut model = Small::with_seed(2);
        let history = fit.run(&mut model, &train).unwrap();
        assert!(history.len() < 200);
        for file in [&file, &plain] {
            let mut loaded = Small::with_seed(0);
            weights::load(&mut loaded, file).unwrap();
            assert_eq!(bits(&loaded), bits(&model), "{}", file.display());
        }

        // A stopped run that is started again is over; with more patience it goes on as a run in one go.
        let resume = |patience: usize| {
            let mut model = Small::with_seed(0);
            let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
                .batch_size(10)
                .epochs(200)
                .validation(&test)
                .callback(
                    EarlyStopping::new("val_loss")
                        .patience(patience)
                        .restore_best(),
                )
                .resume(&file)
                .quiet()
                .run(&mut model, &train)
                .unwrap();
            (bits(&model), figures(&history))
        };
        assert!(resume(3) == (bits(&model), figures(&history)));
        let mut longer = Small::with_seed(2);
        let in_one_go = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
            .batch_size(10)
            .epochs(200)
            .validation(&test)
            .callback(EarlyStopping::new("val_loss").patience(6).restore_best())
            .quiet()
            .run(&mut longer, &train)
            .unwrap();
        assert!(in_one_go.len() > history.len());
        assert!(resume(6) == (bits(&longer), figures(&in_one_go)));
    }
}

#[test]
fn drop_last_leaves_out_what_is_not_full() {
    let mut seen = StopAt::default();
    let mut model = Small::with_seed(0);
    let train = flowers(37, 0);
    let fit = |epochs| classifier().drop_last().epochs(epochs);
    let history = fit(2).callback(&mut seen).run(&mut model, &train).unwrap();
    assert_eq!((seen.seen.len(), history.len()), (6, 2));
    let mut other = Small::with_seed(0);
    let error = classifier()
        .drop_last()
        .batch_size(38)
        .run(&mut other, &train);
    let words = "batch_size: expected at most 37, the number of examples, since a batch that isn't full is left out, found 38";
    assert_eq!(error.unwrap_err().to_string(), words);

    // Also across a resume, which a run without it refuses.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let (mut first, mut resumed) = (Small::with_seed(0), Small::with_seed(1));
    let mut stop = StopAt {
        step: 4,
        ..StopAt::default()
    };
    let stopped = fit(2)
        .callback(Checkpoint::every(1, &file))
        .callback(&mut stop);
    stopped.run(&mut first, &train).unwrap();
    let again = fit(2).resume(&file).run(&mut resumed, &train).unwrap();
    assert!((bits(&resumed), figures(&again)) == (bits(&model), figures(&history)));
    let error = classifier()
        .epochs(2)
        .resume(&file)
        .run(&mut resumed, &train);
    let error = error.unwrap_err().to_string();
    assert!(
        error.ends_with("drop last: true in the checkpoint, false in this run"),
        "{error}"
    );
}
