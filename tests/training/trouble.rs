//! Quiet faults of the training loop that other libraries had; each test is named after its line in the list of them.

use crate::networks::{Hits, Line, Small, bits, figures, flowers, numbers};
use ndarray::Array2;
use shapeflow::data::{Classes, Dataset, Values};
use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::metrics::Accuracy;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Sgd};
use shapeflow::schedules::ReduceOnPlateau;
use shapeflow::training::{
    BatchBegin, BatchEnd, Callback, CallbackError, Checkpoint, Control, EarlyStopping, EpochEnd,
    Evaluate, Fit, History, TrainError,
};
use shapeflow::weights;

fn classifier<'a>() -> Fit<'a, SparseCategoricalCrossEntropy, Classes> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.05))
        .batch_size(10)
        .quiet()
}

model! {
    /// A weight and a bias.
    struct Slope(x: [1]) -> [1] {
        x -> Dense(1)
    }
}

model! {
    /// Two classes; with weight 0 its logits are the biases.
    struct Logits(x: [1]) -> [2] {
        x -> Dense(2) -> Softmax
    }
}

/// A metric that says what it is told to, epoch after epoch.
struct Told {
    figures: Vec<f64>,
    passes: usize,
    rising: bool,
}

impl Told {
    fn new(figures: &[f64], rising: bool) -> Self {
        Self {
            figures: figures.into(),
            passes: 0,
            rising,
        }
    }
}

impl shapeflow::metrics::Metric for Told {
    fn name(&self) -> &str {
        "told"
    }
    fn higher_is_better(&self) -> bool {
        self.rising
    }
    fn reset(&mut self) {
        self.passes += 1;
    }
    fn update(
        &mut self,
        _: shapeflow::link::OutputSpec,
        _: &[f32],
        _: shapeflow::data::TargetsView<'_>,
    ) -> Result<(), shapeflow::metrics::MetricError> {
        Ok(())
    }
    fn value(&self) -> f64 {
        self.figures[self.passes - 1]
    }
}

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

#[test]
fn early_stopping_lent() {
    let folder = tempfile::tempdir().unwrap();
    let test = flowers(60, 5000);
    let run =
        |train: &Dataset<Classes>, stopping: &mut EarlyStopping, checkpoint: &mut Checkpoint| {
            let mut model = Small::with_seed(2);
            let history = classifier()
                .epochs(12)
                .validation(&test)
                .callback(stopping)
                .callback(checkpoint)
                .run(&mut model, train)
                .unwrap();
            (bits(&model), figures(&history))
        };
    let stopping = || EarlyStopping::new("val_loss").patience(2).restore_best();
    let checkpoint = |name: &str| Checkpoint::best("val_loss", folder.path().join(name));
    // The first fold is the easier one: its best would never be reached by the second.
    let folds = [flowers(300, 0), flowers(20, 90_000)];
    let (mut lent, mut lent_too) = (stopping(), checkpoint("lent"));
    run(&folds[0], &mut lent, &mut lent_too);
    std::fs::remove_file(folder.path().join("lent")).unwrap();
    let second = run(&folds[1], &mut lent, &mut lent_too);
    let fresh = run(&folds[1], &mut stopping(), &mut checkpoint("fresh"));
    assert!(
        second == fresh,
        "what the first run taught is in the second"
    );
    let (lent, fresh) = (folder.path().join("lent"), folder.path().join("fresh"));
    let (mut a, mut b) = (Small::with_seed(0), Small::with_seed(1));
    weights::load(&mut a, lent).unwrap();
    weights::load(&mut b, fresh).unwrap();
    assert_eq!(bits(&a), bits(&b));
}

#[test]
fn a_lent_checkpoint_keeps_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let mut every = Checkpoint::every(3, folder.path().join("{epoch}"));
    for (epochs, expected) in [(2, vec!["2"]), (7, vec!["2", "3", "6", "7"])] {
        let mut model = Small::with_seed(2);
        classifier()
            .epochs(epochs)
            .callback(&mut every)
            .run(&mut model, &flowers(30, 0))
            .unwrap();
        assert_eq!(names(folder.path()), expected);
    }
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

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

model! {
    /// One value per channel and example.
    struct Normed(x: [1]) -> [1] {
        x -> BatchNorm(momentum = 0.5) -> Dense(1)
    }
}

/// 16 times +2 and -2, then more.
fn ups_and_downs(more: &[f32]) -> Dataset<Values> {
    let mut numbers = [2.0, -2.0].repeat(16);
    numbers.extend(more);
    let targets = Values::from(vec![0.0; numbers.len()]);
    let inputs = Array2::from_shape_vec((numbers.len(), 1), numbers).unwrap();
    Dataset::new(inputs, targets).unwrap()
}

#[test]
fn bn_tail() {
    let fit = || {
        Fit::new(MeanSquaredError, Sgd::new(0.0))
            .batch_size(32)
            .epochs(30)
            .quiet()
    };
    let refusal = |fit: Fit<'_, MeanSquaredError, Values>, data: &Dataset<Values>| {
        let mut model = Normed::with_seed(0);
        let before = bits(&model);
        let error = fit.run(&mut model, data).unwrap_err().to_string();
        assert_eq!(bits(&model), before, "{error}");
        assert!(error.contains("`batch_norm1`"), "{error}");
        error
    };
    // A last batch of one has no variance.
    let error = refusal(fit(), &ups_and_downs(&[0.0]));
    let words = "found 33 examples, of which the last batch has 1";
    assert!(
        error.contains("`Fit::drop_last()`") && error.ends_with(words),
        "{error}"
    );
    let error = refusal(fit().batch_size(1), &ups_and_downs(&[]));
    assert!(
        error.starts_with("batch_size: expected 2 or more"),
        "{error}"
    );
    let one = Dataset::new(Array2::zeros((1, 1)), Values::from(vec![0.0])).unwrap();
    refusal(fit(), &one);

    let variance = |fit: Fit<'_, MeanSquaredError, Values>, data: &Dataset<Values>| {
        let mut model = Normed::with_seed(0);
        fit.run(&mut model, data).unwrap();
        model.tensor("batch_norm1.running_variance").unwrap()[0]
    };
    // Without the last batch: 32 of 33, others in each epoch.
    let found = variance(fit().drop_last(), &ups_and_downs(&[0.0]));
    assert!((found / 4.0 - 1.0).abs() < 0.05, "{found}");
    // In order, the 0 is what is left out: 4 · 32 / 31.
    let found = variance(fit().drop_last().shuffle(false), &ups_and_downs(&[0.0]));
    assert!((found - 4.0 * 32.0 / 31.0).abs() < 1e-4, "{found}");
    // Two examples have a variance.
    variance(fit(), &ups_and_downs(&[1.0, -1.0]));
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

#[test]
fn weighted_epoch() {
    let inputs = Array2::zeros((8, 1));
    let classes = Classes(vec![0, 0, 0, 1, 0, 0, 0, 0]);
    let data = Dataset::new(inputs, classes).unwrap();
    let loss = || SparseCategoricalCrossEntropy::new().class_weights([1.0, 9.0]);
    let mut model = Logits::with_seed(0);
    model.tensor_mut("dense1.weight").unwrap().fill(0.0);
    model.tensor_mut("dense1.bias").unwrap()[0] = 3f32.ln();
    let history = Fit::new(loss(), Sgd::new(0.0))
        .batch_size(4)
        .shuffle(false)
        .validation(&data)
        .quiet()
        .run(&mut model, &data)
        .unwrap();
    // Σ w l / Σ w = (7 ln(4/3) + 9 ln 4) / 16
    let right = (7.0 * (4f64 / 3.0).ln() + 9.0 * 4f64.ln()) / 16.0;
    assert!((right - 0.905651).abs() < 1e-6);
    let evaluated = Evaluate::new(loss())
        .batch_size(4)
        .run(&model, &data)
        .unwrap()
        .loss;
    for (what, found) in [
        ("loss", history.last("loss").unwrap()),
        ("val_loss", history.last("val_loss").unwrap()),
        ("Evaluate", evaluated),
    ] {
        assert!(
            (found - right).abs() < 1e-6,
            "{what}: {found}, expected {right}"
        );
    }
}

#[test]
fn weighted_epoch_with_a_batch_without_weight_and_with_a_smaller_last_one() {
    // Batches 0 1 0 1, then 1 1 1 1 without weight, then 0.
    let classes = vec![0, 1, 0, 1, 1, 1, 1, 1, 0];
    let data = Dataset::new(Array2::zeros((9, 1)), Classes(classes)).unwrap();
    let loss = || SparseCategoricalCrossEntropy::new().class_weights([2.0, 0.0]);
    let mut model = Logits::with_seed(0);
    model.tensor_mut("dense1.weight").unwrap().fill(0.0);
    model.tensor_mut("dense1.bias").unwrap()[0] = 3f32.ln();
    let before = bits(&model);
    let history: History = Fit::new(loss(), Sgd::new(0.0))
        .batch_size(4)
        .shuffle(false)
        .validation(&data)
        .quiet()
        .run(&mut model, &data)
        .unwrap();
    let right = (4f64 / 3.0).ln();
    for figure in ["loss", "val_loss"] {
        let found = history.last(figure).unwrap();
        assert!((found - right).abs() < 1e-6, "{figure}: {found}");
    }
    assert_eq!(bits(&model), before);
    let nothing = Dataset::new(Array2::zeros((2, 1)), Classes(vec![1, 1])).unwrap();
    assert_eq!(
        Evaluate::new(loss()).run(&model, &nothing).unwrap().loss,
        0.0
    );
}
