//! Numbers that aren't finite, and arguments out of range: errors that say which, and the model unchanged.

use shapeflow::data::{Classes, Dataset, TargetsView, Values};
use shapeflow::engine::{Batch, EngineError, PredictWorkspace, TrainWorkspace};
use shapeflow::link::{Link, OutputSpec};
use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::metrics::{
    Accuracy, ConfusionMatrix, F1, MeanAbsoluteError, Metric, R2, RocAuc, RootMeanSquaredError,
    TopK, measure,
};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip, Optimizer};
use shapeflow::training::{Evaluate, predict, predict_classes};

use shapeflow_tests::models::{SmallCnn, Training, numbers};

#[test]
fn a_learning_rate_that_is_no_rate_leaves_the_model_unchanged() {
    let mut training = Training::<SmallCnn>::new(8);
    training.step(8).expect("a step");
    let before = training.bits();
    for rate in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1e-3] {
        let batch = Batch {
            inputs: &[&training.inputs],
            targets: &[TargetsView::Classes(&training.labels)],
            examples: 8,
        };
        let error = training
            .workspace
            .step(
                &mut training.model,
                &batch,
                &[&SparseCategoricalCrossEntropy::new()],
                &training.optimizer,
                &mut training.slots,
                rate,
                Clip::None,
                5,
            )
            .expect_err("no rate");
        assert_eq!(
            error.to_string(),
            format!("Adam: learning_rate is {rate}, expected a finite number, 0 or more")
        );
        let (workspace, slots) = (&mut training.workspace, &mut training.slots);
        let optimizer = &training.optimizer;
        let update = workspace.update(&mut training.model, optimizer, slots, rate, Clip::None);
        assert!(update.is_err());
        assert!(training.bits() == before && training.slots.steps() == 1);
    }
    training.optimizer = Adam::new(1e-3).epsilon(f32::NAN);
    let error = training.step(8).expect_err("a setting").to_string();
    assert_eq!(
        error,
        "Adam: epsilon is NaN, expected a finite number above 0"
    );
    assert!(training.bits() == before && training.optimizer.validate().is_err());
}

model! {
    pub struct Line(x: [2]) -> [1] { x -> Dense(1) }
}
model! {
    pub struct Three(x: [2]) -> [3] { x -> Relu -> Dense(3) -> Softmax }
}

fn rows(value: f32) -> ndarray::Array2<f32> {
    let mut rows = ndarray::Array2::ones((300, 2));
    rows[(290, 1)] = value;
    rows
}

#[test]
fn nan_class() {
    let mut model = Three::new(0);
    let data = Dataset::new(rows(1.0), Classes(vec![0; 300])).expect("finite");
    assert_eq!(predict_classes(&model, &data).expect("finite").len(), 300);
    // `Relu` would make a 0 of the NaN.
    let error = model.predict(rows(f32::NAN).view()).expect_err("NaN");
    assert_eq!(
        error.to_string(),
        "input `x` of `Three` is NaN in example 290 of the batch; clean the data or leave that example out"
    );
    let one = model.predict_one(ndarray::arr1(&[f32::INFINITY, 0.0]).view());
    assert!(matches!(
        one,
        Err(EngineError::InputNotFinite { example: 0, .. })
    ));
    model.dense1_bias_mut()[1] = f32::NAN;
    let text = "output `output` of `Three` is NaN in example 0 of the batch: the model's `dense1.bias` is not finite";
    assert!(
        predict_classes(&model, &data)
            .expect_err("NaN")
            .to_string()
            .contains(text)
    );
    assert!(predict(&model, &data).is_err());
    assert!(
        model
            .predict_one(ndarray::arr1(&[0.0, 0.0]).view())
            .is_err()
    );
    let error = model
        .predictor(1)
        .predict(&[&[0.0, 0.0]], 1)
        .expect_err("NaN");
    assert_eq!(error.to_string(), text);
    let evaluated = Evaluate::new(SparseCategoricalCrossEntropy::new()).run(&model, &data);
    assert!(evaluated.expect_err("NaN").to_string().contains(text));
}

#[test]
fn a_measured_loss_that_is_infinite_is_an_error() {
    let mut model = Line::new(0);
    model.dense1_weight_mut().fill(1e30);
    let data = Dataset::new(rows(1.0), Values::from(ndarray::Array2::zeros((300, 1))));
    let error = Evaluate::new(MeanSquaredError)
        .run(&model, &data.expect("finite"))
        .expect_err("infinite");
    assert!(error.to_string().contains("inf"), "{error}");
}

#[test]
fn every_metric_refuses_predictions_that_are_not_finite() {
    fn refuses(metric: impl Metric, link: Link, values: bool) {
        let (name, output) = (metric.name().to_owned(), OutputSpec::new(link, &[2]));
        let targets = match values {
            true => TargetsView::Values(&[0.0, 1.0, 1.0, 0.0]),
            false => TargetsView::Classes(&[0, 1]),
        };
        let mut metric = metric;
        for bad in [f32::NAN, f32::INFINITY] {
            let predictions = [0.0, 1.0, 1.0, bad];
            let error = measure(&mut metric, output, &predictions, targets).expect_err(&name);
            assert!(
                error.to_string().contains(&format!("is {bad}, expected")),
                "{error}"
            );
        }
    }
    refuses(Accuracy::new(), Link::Softmax, false);
    refuses(F1::new(), Link::Softmax, false);
    refuses(RocAuc::new(), Link::Sigmoid, true);
    refuses(TopK::new(1), Link::Softmax, false);
    refuses(ConfusionMatrix::new(2), Link::Softmax, false);
    refuses(RootMeanSquaredError::new(), Link::Plain, true);
    refuses(MeanAbsoluteError::new(), Link::Plain, true);
    refuses(R2::new(), Link::Plain, true);
    let output = OutputSpec::new(Link::Sigmoid, &[1]);
    let threshold = Accuracy::new().threshold(f32::NAN);
    let error = measure(threshold, output, &[0.5], TargetsView::Values(&[1.0]));
    assert_eq!(
        error.expect_err("NaN").to_string(),
        "accuracy: threshold is NaN, expected a finite number"
    );
}

#[test]
fn sizes_that_no_memory_holds_are_errors() {
    let mut model = SmallCnn::new(0);
    let x = numbers(588, 1);
    for batch in [usize::MAX, usize::MAX / 2, 1 << 61, (1 << 32) + 1] {
        let text = format!(
            "there is no memory for batches of {batch} example(s) of `SmallCnn`; take smaller ones"
        );
        let mut predictor = model.predictor(batch);
        let error = predictor.predict(&[&x], 1).expect_err("too large");
        assert_eq!(error.to_string(), text);
        let error = predictor.get_output(9).expect_err("one output");
        assert_eq!(
            error.to_string(),
            "`SmallCnn` has 1 output(s), so none of number 9 (they count from 0)"
        );
        let mut workspace = PredictWorkspace::new(SmallCnn::PROGRAM, batch);
        assert!(workspace.run(&model, &[&x], 1).is_err());
        let lesson = Batch {
            inputs: &[&x],
            targets: &[TargetsView::Classes(&[1])],
            examples: 1,
        };
        let error = TrainWorkspace::new(SmallCnn::PROGRAM, batch)
            .backward(
                &mut model,
                &lesson,
                &[&SparseCategoricalCrossEntropy::new()],
                0,
                1,
            )
            .expect_err("too large");
        assert_eq!(error.to_string(), text);
    }
    let error = ConfusionMatrix::from_classes(100_000_000_000, &[1], &[1]).expect_err("too many");
    assert!(
        error.to_string().contains("16384 classes at most"),
        "{error}"
    );
    let matrix = ConfusionMatrix::new(usize::MAX);
    assert!(matrix.accuracy().is_nan() && matrix.count(1, 1) == 0);
    assert!(matrix.report().support() == 0 && !matrix.to_string().is_empty());
    let mut gradients = [2.0, -3.0];
    Clip::Value(-1.0).apply(1.0, &mut gradients);
    assert!(Clip::Value(-1.0).validate().is_err());
}
