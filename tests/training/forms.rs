//! Outputs of every form: one yes/no answer, several, many outputs; and what measuring leaves alone.

use crate::networks::{Small, Two, bits, classifier, figures, flowers};
use ndarray::{Array2, array};
use shapeflow::data::{Classes, Dataset, TargetsView, Values};
use shapeflow::engine::{PredictWorkspace, Predictor};
use shapeflow::link::OutputSpec;
use shapeflow::losses::{
    BinaryCrossEntropy, LossError, MeanSquaredError, OutputLoss, SparseCategoricalCrossEntropy,
    Weighted,
};
use shapeflow::metrics::{Accuracy, ConfusionMatrix, F1, Metric, MetricError, OnOutput, RocAuc};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::Sgd;
use shapeflow::training::{Evaluate, Fit, predict, predict_classes};

model! {
    /// One yes/no answer.
    struct Answer(x: [2]) -> [1] {
        x -> Dense(1) -> Sigmoid
    }
}

model! {
    /// The same as a logit.
    struct Logit(x: [2]) -> [1] {
        x -> Dense(1)
    }
}

model! {
    /// Three answers in a row.
    struct Tags(x: [2]) -> (tags: [3]) {
        x -> Dense(3) -> Sigmoid
    }
}

/// The first number, without a bias.
fn take_first<M: Model>() -> M {
    let mut model = M::with_seed(0);
    model.tensor_mut("dense1.weight").unwrap().fill(0.0);
    model.tensor_mut("dense1.weight").unwrap()[[0, 0]] = 1.0;
    model.tensor_mut("dense1.bias").unwrap().fill(0.0);
    model
}

#[test]
fn one_yes_no_answer_is_class_0_or_1() {
    let inputs = array![[2.0, 9.0], [-2.0, 9.0], [0.1, 0.0], [-0.1, 0.0], [0.0, 5.0]];
    let data = Dataset::new(inputs, Classes(vec![1, 0, 1, 0, 0])).unwrap();
    let (answer, logit) = (take_first::<Answer>(), take_first::<Logit>());
    let expected = [1, 0, 1, 0, 0];
    assert_eq!(predict_classes(&answer, &data).unwrap(), expected);
    assert_eq!(predict_classes(&logit, &data).unwrap(), expected);
    // As accuracy reads it.
    let run = Evaluate::new(BinaryCrossEntropy::new()).metric(Accuracy::new());
    let found = run.run(&answer, &data).unwrap().get("accuracy");
    assert_eq!(found, Ok(1.0));

    let error = predict_classes(&Tags::with_seed(0), &data).unwrap_err();
    assert_eq!(
        error.to_string(),
        "predict_classes: expected an output of classes, or of one yes/no answer, found output `tags`, with 3 yes/no answers in a row \
         (`predict` gives the probability of each)"
    );
}

/// 0.1 is a yes as a logit and a no as a number between 0 and 1.
#[test]
fn an_answer_trained_as_a_number_is_read_by_a_threshold_alone() {
    let inputs = array![[0.9, 9.0], [0.1, 9.0], [0.6, 0.0], [0.4, 0.0]];
    let data = Dataset::new(inputs, Values::from(vec![1.0, 0.0, 1.0, 0.0])).unwrap();
    let mut model = take_first::<Logit>();
    let run = Evaluate::new(MeanSquaredError)
        .metric(Accuracy::new().threshold(0.5))
        .metric(F1::new().threshold(0.5))
        .metric(ConfusionMatrix::new(2).threshold(0.5))
        .metric(RocAuc::new());
    let found = run.run(&model, &data).unwrap();
    for name in ["accuracy", "f1", "matrix_accuracy", "roc_auc"] {
        assert_eq!(found.get(name), Ok(1.0), "{name}");
    }
    let refused: [(&str, Box<dyn Metric>); 4] = [
        ("accuracy", Box::new(Accuracy::new())),
        ("f1", Box::new(F1::new())),
        ("matrix_accuracy", Box::new(ConfusionMatrix::new(2))),
        ("accuracy", Box::new(OnOutput::new(0, Accuracy::new()))),
    ];
    let before = bits(&model);
    for (name, mut metric) in refused {
        let expected = format!(
            "metrics: {name} reads a plain output as a logit, yes above 0, but MeanSquaredError draws it to the target itself: give the \
             metric `.threshold(0.5)`, or end the model in `Sigmoid` and train it with `BinaryCrossEntropy`"
        );
        let run = Evaluate::new(MeanSquaredError).metric(&mut *metric);
        assert_eq!(run.run(&model, &data).unwrap_err().to_string(), expected);
        let fit = Fit::new(Weighted::new(0.5, MeanSquaredError), Sgd::new(0.1));
        let run = fit.metric(metric).quiet().run(&mut model, &data);
        assert_eq!(run.unwrap_err().to_string(), expected);
    }
    assert_eq!(bits(&model), before);
    // After a sigmoid, and with a loss that takes logits, it is as it was.
    let squares = Evaluate::new(MeanSquaredError).metric(Accuracy::new());
    squares.run(&take_first::<Answer>(), &data).unwrap();
    let logits = Evaluate::new(BinaryCrossEntropy::new()).metric(Accuracy::new());
    let found = logits.run(&model, &data).unwrap();
    assert_eq!(found.get("accuracy"), Ok(0.5));
}

#[test]
fn predictions_pass_their_link_once_whichever_are_asked_for() {
    let model = Two::with_seed(4);
    let (a, b) = ([0.5, -0.25, 1.0, 2.0], [0.75, -1.0]);
    let inputs = vec![
        Array2::from_shape_vec((1, 4), a.to_vec())
            .unwrap()
            .into_dyn(),
        Array2::from_shape_vec((1, 2), b.to_vec())
            .unwrap()
            .into_dyn(),
    ];
    let targets = (Classes(vec![0]), Values::from(vec![0.0]));
    let data = Dataset::with_inputs(inputs, targets).unwrap();
    let right = predict(&model, &data).unwrap();
    let right = right.iter().map(|all| all.as_slice().unwrap());
    let right: Vec<&[f32]> = right.collect();

    let mut predictor = Predictor::new(&model, 1);
    assert_eq!(predictor.predict(&[&a, &b], 1).unwrap(), right[0]);
    for (output, right) in right.iter().enumerate() {
        assert_eq!(predictor.output(output), *right);
    }
    let mut workspace = PredictWorkspace::new(Two::PROGRAM, 1);
    for _ in 0..2 {
        workspace.run(&model, &[&a, &b], 1).unwrap();
        assert_ne!(workspace.logits(0), right[0]);
        assert_eq!(workspace.predictions(0), right[0]);
        assert_eq!(
            workspace.predictions(0),
            right[0],
            "twice through the softmax"
        );
        assert_eq!(workspace.predictions(1), right[1]);
    }
}

model! {
    /// More outputs than a small tuple has.
    struct Six(x: [2]) -> (a: [1], b: [1], c: [1], d: [1], e: [2], f: [1]) {
        let a = x -> Dense(1);
        let b = x -> Dense(1);
        let c = x -> Dense(1);
        let d = x -> Dense(1);
        let e = x -> Dense(2) -> Softmax;
        let f = x -> Dense(1);
        (a, b, c, d, e, f)
    }
}

#[test]
fn six_outputs_are_trained_with_a_tuple_of_six_losses() {
    let inputs = Array2::from_shape_fn((40, 2), |(i, j)| ((i * 3 + j * 5) % 7) as f32 / 7.0);
    let sums = || Values::from(inputs.outer_iter().map(|row| row.sum()).collect::<Vec<_>>());
    let classes = inputs.outer_iter().map(|row| u32::from(row[0] > row[1]));
    let targets = (
        sums(),
        sums(),
        sums(),
        sums(),
        Classes(classes.collect()),
        sums(),
    );
    let data = Dataset::new(inputs.clone(), targets).unwrap();
    let squares = MeanSquaredError::new;
    let sparse = SparseCategoricalCrossEntropy::new;
    let losses = || {
        (
            squares(),
            squares(),
            squares(),
            squares(),
            sparse(),
            squares(),
        )
    };
    let mut model = Six::with_seed(1);
    let history = Fit::new(losses(), Sgd::new(0.3))
        .epochs(60)
        .batch_size(8)
        .metric(OnOutput::new(4, Accuracy::new()))
        .quiet()
        .run(&mut model, &data)
        .unwrap();
    assert!(history.last("loss").unwrap() < 0.5, "{history}");
    assert!(history.last("e_accuracy").unwrap() > 0.9, "{history}");
    let loss = Evaluate::new(losses()).run(&model, &data).unwrap().loss;
    assert!(loss < 0.5, "{loss}");
}

#[test]
fn measuring_changes_nothing() {
    let (train, test) = (flowers(50, 0), flowers(30, 5000));
    let mut alone = Small::with_seed(4);
    let history = classifier().epochs(3).run(&mut alone, &train).unwrap();
    let mut measured = Small::with_seed(4);
    let run = classifier()
        .epochs(3)
        .validation(&test)
        .metric(Accuracy::new());
    let with = run.run(&mut measured, &train).unwrap();
    assert!(
        bits(&alone) == bits(&measured),
        "validation changed the weights"
    );
    assert_eq!(history.series("loss"), with.series("loss"));

    // Epoch by epoch the same, and the last `val_` figures are those of the model as it is now.
    let evaluate = || {
        let run = Evaluate::new(SparseCategoricalCrossEntropy::new()).batch_size(10);
        run.metric(Accuracy::new()).run(&measured, &test).unwrap()
    };
    let (first, second) = (evaluate(), evaluate());
    assert_eq!(first, second);
    assert_eq!(with.last("val_loss"), Ok(first.loss));
    assert_eq!(with.last("val_accuracy"), first.get("accuracy"));
    assert!(
        bits(&alone) == bits(&measured),
        "measuring changed the weights"
    );
    assert_eq!(figures(&history).len(), 3);
}

/// A loss and a metric that say in words of their own what they can't take.
struct Picky;

impl OutputLoss for Picky {
    fn name(&self) -> &'static str {
        "Picky"
    }
    fn check(&self, _: OutputSpec, _: TargetsView<'_>, _: usize) -> Result<(), LossError> {
        Err(LossError::Other {
            loss: "Picky",
            reason: "expected a full moon, found a new one".into(),
        })
    }
    fn total_weight(&self, _: OutputSpec, _: TargetsView<'_>, examples: usize) -> f64 {
        examples as f64
    }
    fn forward_backward(
        &self,
        _: OutputSpec,
        _: &[f32],
        _: TargetsView<'_>,
        _: f32,
        _: Option<&mut [f32]>,
    ) -> f64 {
        0.0
    }
}

impl shapeflow::losses::Loss<shapeflow::link::output::Sigmoid, Classes> for Picky {
    fn parts(&self) -> Vec<&dyn OutputLoss> {
        vec![self]
    }
}

impl Metric for Picky {
    fn name(&self) -> &str {
        "picky"
    }
    fn higher_is_better(&self) -> bool {
        true
    }
    fn reset(&mut self) {}
    fn update(&mut self, _: OutputSpec, _: &[f32], _: TargetsView<'_>) -> Result<(), MetricError> {
        Err(MetricError::Other {
            metric: "picky".into(),
            reason: "expected tea, found coffee".into(),
        })
    }
    fn value(&self) -> f64 {
        0.0
    }
}

#[test]
fn parts_of_ones_own_say_in_words_what_they_cannot_take() {
    let data = Dataset::new(array![[0.0, 1.0]], Classes(vec![1])).unwrap();
    let model = take_first::<Answer>();
    let error = Evaluate::new(Picky).run(&model, &data).unwrap_err();
    assert_eq!(
        error.to_string(),
        "data, output `output`: Picky: expected a full moon, found a new one"
    );
    let run = Evaluate::new(BinaryCrossEntropy::new()).metric(Picky);
    let error = run.run(&model, &data).unwrap_err();
    assert_eq!(error.to_string(), "data: picky: expected tea, found coffee");
}
