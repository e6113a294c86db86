//! Every mistake is an error that says what is wrong and where.

use crate::networks::{Hits, Line, Small, bits, flowers, numbers};
use ndarray::Array2;
use shapeflow::data::{
    BatchPool, BatchSource, Classes, DataError, Dataset, Pass, Source, TargetsView, Values, Visit,
};
use shapeflow::engine::Culprit;
use shapeflow::link::OutputSpec;
use shapeflow::losses::{MeanAbsoluteError, MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::metrics::{Metric, MetricError};
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip, Sgd};
use shapeflow::schedules::{CosineDecay, LinearWarmup, Progress, Schedule, Span, StepDecay};
use shapeflow::training::{
    BatchBegin, BatchEnd, Callback, CallbackError, Checkpoint, Control, EarlyStopping, EpochEnd,
    Evaluate, Fit, TrainError,
};

type Classifier<'a> = Fit<'a, SparseCategoricalCrossEntropy, Classes>;

fn classifier<'a>() -> Classifier<'a> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .batch_size(16)
        .quiet()
}

/// Runs on 40 examples and returns the error's message, having seen that the model is unchanged.
fn message(fit: Classifier<'_>) -> String {
    let mut model = Small::with_seed(0);
    let before = bits(&model);
    let error = fit.run(&mut model, &flowers(40, 0)).unwrap_err();
    assert_eq!(bits(&model), before);
    error.to_string()
}

#[test]
fn settings_that_make_no_sense() {
    assert_eq!(
        message(classifier().batch_size(0)),
        "batch_size: expected at least 1, found 0"
    );
    assert_eq!(
        message(classifier().epochs(0)),
        "epochs: expected at least 1, found 0"
    );
    assert_eq!(
        message(classifier().threads(0)),
        "threads: expected at least 1, found 0"
    );
    for threads in [513, 5000, 100_000, usize::MAX] {
        assert_eq!(
            message(classifier().threads(threads)),
            format!("threads: expected at most 512, found {threads}")
        );
    }
    for (delta, found) in [(f64::NAN, "NaN"), (-0.1, "-0.1"), (f64::INFINITY, "inf")] {
        let stopping = EarlyStopping::new("loss").min_delta(delta);
        let expected = format!(
            "callback EarlyStopping, before training: min_delta: expected a finite number, 0 or more, found {found}"
        );
        assert_eq!(message(classifier().callback(stopping)), expected);
    }
    let folder = tempfile::tempdir().unwrap();
    let error = message(classifier().callback(Checkpoint::every(0, folder.path().join("run"))));
    assert_eq!(
        error,
        "callback Checkpoint, before training: expected to write every 1 epoch or more, found 0"
    );
    let error = message(classifier().clip(Clip::GlobalNorm(-1.0)));
    assert!(error.contains("-1"), "{error}");
    let error = message(Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(-0.5)).quiet());
    assert!(error.contains("-0.5"), "{error}");
}

#[test]
fn two_metrics_of_one_name() {
    let error = message(classifier().metric(Hits::default()).metric(Hits::default()));
    assert_eq!(
        error,
        "metric: expected a name that no other figure has, found `hits`"
    );
}

#[test]
fn classes_that_are_numbered_otherwise_than_in_training() {
    let named = |names: &[&str]| flowers(40, 0).with_class_names(names).unwrap();
    let run = |train: &Dataset<Classes>, test: &Dataset<Classes>| {
        let mut model = Small::with_seed(0);
        let result = classifier().validation(test).run(&mut model, train);
        result.map(drop).map_err(|error| error.to_string())
    };
    let right = named(&["iris", "rose", "tulip"]);
    run(&right, &named(&["iris", "rose", "tulip"])).unwrap();
    run(&right, &flowers(10, 0)).unwrap();
    run(&flowers(10, 0), &right).unwrap();
    assert_eq!(
        run(&right, &named(&["iris", "tulip", "rose"])).unwrap_err(),
        "validation data, output `output`: expected the class names to be those of the training data, 0 `iris`, 1 `rose`, 2 \
         `tulip`; found 0 `iris`, 1 `tulip`, 2 `rose`"
    );
    let error = run(&right, &named(&["iris", "rose", "tulip", "violet"])).unwrap_err();
    assert!(
        error.starts_with("validation data, output `output`"),
        "{error}"
    );
    let error = run(&named(&["a", "b", "c", "d"]), &right).unwrap_err();
    assert!(
        error.contains("at most 3, those of the model; found 4"),
        "{error}"
    );
    let model = Small::with_seed(0);
    let evaluate = Evaluate::new(SparseCategoricalCrossEntropy::new());
    let error = evaluate
        .run(&model, &named(&["a", "b", "c", "d"]))
        .unwrap_err();
    assert!(error.to_string().contains("at most 3"), "{error}");
}

/// A metric with a name of one's own.
struct Named(&'static str);

impl Metric for Named {
    fn name(&self) -> &str {
        self.0
    }
    fn higher_is_better(&self) -> bool {
        false
    }
    fn reset(&mut self) {}
    fn update(&mut self, _: OutputSpec, _: &[f32], _: TargetsView<'_>) -> Result<(), MetricError> {
        Ok(())
    }
    fn value(&self) -> f64 {
        0.0
    }
}

#[test]
fn a_metric_with_the_name_of_another_column() {
    for name in ["loss", "epoch", "learning_rate", "seconds", "val_loss", ""] {
        let error = message(classifier().metric(Named(name)));
        let words = format!("metric: expected a name that no other figure has, found `{name}`");
        assert_eq!(error, words);
    }
}

/// Can't be read in an evaluation.
struct Unreadable(Dataset<Classes>);

impl BatchSource for Unreadable {
    fn examples(&self) -> usize {
        self.0.len()
    }
    fn input_shapes(&self) -> &[Vec<usize>] {
        self.0.shapes()
    }
    fn pass(
        &self,
        pass: &Pass,
        pool: &mut BatchPool,
        visit: &mut Visit<'_>,
    ) -> Result<(), DataError> {
        let batch_size = if pass.augment { pass.batch_size } else { 0 };
        self.0.pass(
            &Pass {
                batch_size,
                ..*pass
            },
            pool,
            visit,
        )
    }
}

impl Source for Unreadable {
    type Targets = Classes;
}

#[test]
fn validation_data_that_cannot_be_read_is_found_before_training() {
    let validation = Unreadable(flowers(10, 0));
    let error = message(classifier().validation(&validation));
    assert_eq!(error, "batch size: expected at least 1, found 0");
}

#[test]
fn a_figure_that_is_not_measured_is_named_with_those_that_are() {
    let test = flowers(10, 0);
    let fit = classifier().metric(Hits::default()).validation(&test);
    let error = message(fit.callback(EarlyStopping::new("val_hit")));
    assert_eq!(
        error,
        "EarlyStopping watches `val_hit`, but this run has `loss`, `hits`, `val_loss`, `val_hits`; did you mean `val_hits`?"
    );
    let error = message(classifier().monitor("val_loss"));
    assert!(
        error.contains("the schedule watches `val_loss`, but this run has `loss`"),
        "{error}"
    );
}

#[test]
fn examples_of_another_shape() {
    let pictures = Dataset::new(Array2::zeros((5, 7)), Classes(vec![0; 5])).unwrap();
    let mut model = Small::with_seed(0);
    let error = classifier().run(&mut model, &pictures).unwrap_err();
    assert_eq!(
        error.to_string(),
        "training data: `Small` takes `x` [4], but the examples have [7]"
    );
    let error = message(classifier().validation(&pictures));
    assert!(
        error.starts_with("validation data: `Small` takes"),
        "{error}"
    );
}

#[test]
fn a_label_out_of_range_is_named_by_its_place_in_the_data() {
    let mut classes = flowers(700, 0).targets().0.clone();
    classes[613] = 9;
    let data = Dataset::new(flowers(700, 0).input(0).clone(), Classes(classes)).unwrap();
    let mut model = Small::with_seed(0);
    let error = classifier().run(&mut model, &data).unwrap_err().to_string();
    let words = "the class of example 613 is 9, but the output has 3 classes";
    assert!(
        error.starts_with("training data, output `output`") && error.contains(words),
        "{error}"
    );

    let error = message(classifier().validation(&data));
    assert!(
        error.starts_with("validation data") && error.contains(words),
        "{error}"
    );
    let error = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .run(&model, &data)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("data, output `output`") && error.contains(words),
        "{error}"
    );
}

#[test]
fn a_loss_that_becomes_infinite_stops_training_and_says_where_it_began() {
    let mut model = Line::with_seed(0);
    let fit = Fit::new(MeanSquaredError, Sgd::new(1e12))
        .batch_size(20)
        .epochs(20)
        .quiet();
    let error = fit.run(&mut model, &numbers(100)).unwrap_err();
    let text = error.to_string();
    let TrainError::NotFinite {
        epoch,
        batch,
        step,
        culprit,
        history,
        ..
    } = error
    else {
        panic!("{text}")
    };
    assert_eq!(step as usize, (epoch - 1) * 5 + batch);
    assert_eq!(history.len(), epoch - 1);
    assert!(!matches!(culprit, Culprit::Input { .. }), "{text}");
    assert!(
        text.starts_with(&format!(
            "training stopped in epoch {epoch}, batch {batch} (step {step}): "
        )),
        "{text}"
    );
    assert!(
        text.contains("learning rate") || text.contains("clip"),
        "{text}"
    );
}

#[test]
fn the_layer_is_named_in_which_values_overflow() {
    let mut model = Line::with_seed(0);
    model.tensor_mut("dense2.weight").unwrap().fill(3e38);
    model.tensor_mut("dense1.bias").unwrap().fill(10.0);
    let before = bits(&model);
    let fit = Fit::new(MeanSquaredError, Sgd::new(0.1)).quiet();
    let error = fit.run(&mut model, &numbers(100)).unwrap_err();
    assert!(error.to_string().contains("`dense2`"), "{error}");
    assert_eq!(
        bits(&model),
        before,
        "the step that failed changed the model"
    );
}

#[test]
fn a_gradient_that_overflows_under_a_finite_loss_changes_nothing_and_is_named() {
    let data = Dataset::new(Array2::from_elem((1, 4), 1e20), Values::from(vec![0.0])).unwrap();
    let mut model = Line::with_seed(0);
    model.tensor_mut("dense1.weight").unwrap().fill(1e-30);
    model.tensor_mut("dense2.weight").unwrap().fill(1e30);
    let before = bits(&model);
    let fit = Fit::new(MeanAbsoluteError, Adam::new(0.01)).quiet();
    let error = fit.run(&mut model, &data).unwrap_err();
    let text = error.to_string();
    let TrainError::NotFinite { loss, culprit, .. } = error else {
        panic!("{text}")
    };
    assert!(loss.is_finite(), "{text}");
    assert_eq!(culprit, Culprit::Gradient("dense1.weight"), "{text}");
    assert!(text.contains("gradient of `dense1.weight`"), "{text}");
    assert_eq!(bits(&model), before, "the step changed the model");
}

#[test]
fn a_parameter_that_breaks_in_the_very_last_step_is_found() {
    // Loss and gradient are finite: it is the update that goes beyond all numbers.
    let data = Dataset::new(Array2::from_elem((1, 4), 1e3), Values::from(vec![1e15])).unwrap();
    let mut model = Line::with_seed(1);
    let fit = Fit::new(MeanSquaredError, Sgd::new(3e38)).quiet();
    let error = fit.run(&mut model, &data).unwrap_err();
    let TrainError::NotFinite {
        epoch: 1,
        batch: 1,
        loss,
        ..
    } = error
    else {
        panic!("{error}")
    };
    assert!(loss.is_finite(), "{error}");
}

/// A learning rate that is no rate, from a schedule or from a callback.
struct Nonsense(f32);

impl Schedule for Nonsense {
    fn name(&self) -> &'static str {
        "Nonsense"
    }
    fn learning_rate(&mut self, _: f32, _: &Progress) -> f32 {
        self.0
    }
}

impl Callback for Nonsense {
    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        batch.learning_rate = self.0;
        Ok(())
    }
}

#[test]
fn a_learning_rate_that_is_none_is_refused() {
    for rate in [f32::NAN, f32::INFINITY, -0.1] {
        assert_eq!(
            message(classifier().schedule(Nonsense(rate))),
            format!(
                "learning rate: expected a finite number, 0 or more, found {rate} from Nonsense at step 1"
            )
        );
        assert_eq!(
            message(classifier().callback(Nonsense(rate))),
            format!(
                "callback Nonsense, before batch 1 of epoch 1: learning rate: expected a finite number, 0 or more, found {rate}"
            )
        );
    }
}

/// Panics after a batch.
struct Panicking;

impl Callback for Panicking {
    fn on_batch_end(&mut self, _: &BatchEnd) -> Result<Control, CallbackError> {
        panic!("a fault in a callback")
    }
}

#[test]
fn a_callback_that_panics_ends_the_run_and_nothing_else() {
    let mut model = Small::with_seed(0);
    let mut stopping = EarlyStopping::new("loss").patience(3).restore_best();
    for threads in [1, 3] {
        let run = std::panic::AssertUnwindSafe(|| {
            let fit = classifier().threads(threads).callback(&mut stopping);
            let _ = fit.callback(Panicking).run(&mut model, &flowers(40, 0));
        });
        let fault = std::panic::catch_unwind(run).unwrap_err();
        assert_eq!(fault.downcast_ref(), Some(&"a fault in a callback"));
    }
    let fit = classifier().epochs(3).callback(&mut stopping);
    assert_eq!(fit.run(&mut model, &flowers(40, 0)).unwrap().len(), 3);
}

#[test]
fn endless_runs_can_be_asked_for() {
    struct Enough;
    impl Callback for Enough {
        fn on_epoch_end(&mut self, _: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
            Ok(Control::Stop("enough".into()))
        }
    }
    let schedules: [Box<dyn Schedule>; 3] = [
        Box::new(CosineDecay::new()),
        Box::new(LinearWarmup::new(Span::Steps(u64::MAX), CosineDecay::new())),
        Box::new(StepDecay::new(Span::Epochs(1e300), 0.5)),
    ];
    for schedule in schedules {
        let mut model = Small::with_seed(0);
        let fit = classifier().epochs(usize::MAX).schedule(schedule);
        let history = fit.callback(Enough).run(&mut model, &flowers(40, 0));
        assert_eq!(history.unwrap().len(), 1);
    }
}

/// Announces more than it has.
struct Boaster(Dataset<Classes>);

impl BatchSource for Boaster {
    fn examples(&self) -> usize {
        self.0.len() + 32
    }
    fn input_shapes(&self) -> &[Vec<usize>] {
        self.0.shapes()
    }
    fn pass(
        &self,
        pass: &Pass,
        pool: &mut BatchPool,
        visit: &mut Visit<'_>,
    ) -> Result<(), DataError> {
        self.0.pass(pass, pool, visit)
    }
}

impl Source for Boaster {
    type Targets = Classes;
}

#[test]
fn a_source_that_hands_over_less_than_it_announced_is_found() {
    let mut model = Small::with_seed(0);
    let error = classifier().run(&mut model, &Boaster(flowers(40, 0)));
    assert_eq!(
        error.unwrap_err().to_string(),
        "training data: 72 examples in 5 batches were announced, but 40 in 3 came"
    );
}

#[test]
fn an_evaluation_never_answers_with_infinity() {
    let mut model = Line::with_seed(0);
    model.tensor_mut("dense2.bias").unwrap().fill(1e30);
    let error = Evaluate::new(MeanSquaredError).run(&model, &numbers(10));
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("data: the loss is inf"), "{error}");
}

struct Failing;

impl Callback for Failing {
    fn on_epoch_end(&mut self, _: &mut EpochEnd<'_>) -> Result<Control, CallbackError> {
        Err("the coffee is cold".into())
    }
}

#[test]
fn the_error_of_a_callback_is_handed_on() {
    let mut model = Small::with_seed(0);
    let error = classifier()
        .callback(Failing)
        .run(&mut model, &flowers(40, 0))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "callback Failing, at the end of epoch 1: the coffee is cold"
    );
}
