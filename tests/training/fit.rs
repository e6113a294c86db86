//! What a run does and measures.

use crate::networks::{Hits, Line, Small, Two, bits, figures, flowers, noise, numbers};
use ndarray::Array2;
use shapeflow::data::{Classes, Dataset, Values};
use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip, Sgd};
use shapeflow::schedules::{ReduceOnPlateau, Span, StepDecay};
use shapeflow::training::{
    BatchEnd, Callback, CallbackError, Control, Evaluate, Fit, predict, predict_classes,
};

#[test]
fn a_classifier_learns_and_its_history_tells() {
    let (train, test) = (flowers(400, 0), flowers(150, 1_000_000));
    let mut model = Small::with_seed(1);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .batch_size(32)
        .epochs(30)
        .metric(Hits::default())
        .validation(&test)
        .quiet()
        .run(&mut model, &train)
        .unwrap();
    assert_eq!(history.names(), ["loss", "hits", "val_loss", "val_hits"]);
    assert_eq!(history.len(), 30);
    assert!(history.last("val_hits").unwrap() > 0.9, "{history}");
    let losses = history.series("loss").unwrap();
    assert!(losses[29] < losses[0] / 2.0, "{history}");

    let measured = Evaluate::new(SparseCategoricalCrossEntropy::new()).metric(Hits::default());
    let measured = measured.batch_size(32).run(&model, &test).unwrap();
    assert_eq!(
        measured.get("hits"),
        history.last("val_hits"),
        "the last epoch's figures are those of the final weights"
    );
    assert_eq!(Ok(measured.loss), history.last("val_loss"));
    assert_eq!(
        measured.to_string(),
        format!(
            "loss {:.4}  hits {:.4}",
            measured.loss,
            measured.get("hits").unwrap()
        )
    );

    let classes = predict_classes(&model, &test).unwrap();
    let right = classes
        .iter()
        .zip(&test.targets().0)
        .filter(|(a, b)| a == b)
        .count();
    assert_eq!(right as f64 / 150.0, measured.get("hits").unwrap());
    let predictions = &predict(&model, &test).unwrap()[0];
    assert_eq!(predictions.shape(), [150, 3]);
    assert!(
        predictions
            .outer_iter()
            .all(|row| (row.sum() - 1.0).abs() < 1e-5)
    );
}

#[test]
fn a_regression_learns() {
    let data = numbers(300);
    let mut model = Line::with_seed(3);
    let fit = Fit::new(MeanSquaredError, Adam::new(0.02))
        .batch_size(25)
        .epochs(60);
    let history = fit.quiet().run(&mut model, &data).unwrap();
    assert!(history.last("loss").unwrap() < 0.02, "{history}");
}

#[test]
fn several_inputs_and_outputs_are_trained_with_a_tuple_of_losses() {
    let a = Array2::from_shape_fn((200, 4), |(i, j)| noise(i * 4 + j) - 0.5);
    let b = Array2::from_shape_fn((200, 2), |(i, j)| noise(5000 + i * 2 + j) - 0.5);
    let classes = a
        .outer_iter()
        .map(|row| u32::from(row[0] > 0.0) + u32::from(row[1] > 0.0))
        .collect();
    let scores: Vec<f32> = b.outer_iter().map(|row| row[0] + row[1]).collect();
    let data = Dataset::with_inputs(
        vec![a.into_dyn(), b.into_dyn()],
        (Classes(classes), Values::from(scores)),
    )
    .unwrap();
    let mut model = Two::with_seed(0);
    let history = Fit::new(
        (SparseCategoricalCrossEntropy::new(), MeanSquaredError),
        Adam::new(0.02),
    )
    .epochs(40)
    .metric(Hits::default())
    .quiet()
    .run(&mut model, &data)
    .unwrap();
    assert_eq!(
        history.names(),
        ["loss", "class_hits"],
        "with several outputs a metric bears its output's name"
    );
    assert!(history.last("class_hits").unwrap() > 0.9, "{history}");
    let outputs = predict(&model, &data).unwrap();
    assert_eq!(
        (outputs[0].shape(), outputs[1].shape()),
        (&[200, 3][..], &[200, 1][..])
    );
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let (train, test) = (flowers(210, 0), flowers(50, 9000));
    let run = |threads| {
        let mut model = Small::with_seed(7);
        let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
            .batch_size(64)
            .epochs(3)
            .metric(Hits::default())
            .validation(&test)
            .threads(threads)
            .quiet()
            .run(&mut model, &train)
            .unwrap();
        (bits(&model), figures(&history))
    };
    let one = run(1);
    for threads in [2, 3, 8] {
        assert!(run(threads) == one, "{threads} threads differ from one");
    }
}

#[test]
fn the_seed_decides_and_nothing_else() {
    let train = flowers(100, 0);
    let run = |seed, shuffle| {
        let mut model = Small::with_seed(7);
        let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
            .batch_size(16)
            .epochs(2)
            .seed(seed);
        fit.shuffle(shuffle)
            .quiet()
            .run(&mut model, &train)
            .unwrap();
        bits(&model)
    };
    assert_eq!(run(5, true), run(5, true));
    assert_ne!(run(5, true), run(6, true));
    assert_ne!(run(5, true), run(5, false));
}

/// Writes down the batches that it sees.
#[derive(Default)]
struct Witness(Vec<BatchEnd>);

impl Callback for Witness {
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        self.0.push(*batch);
        Ok(Control::Continue)
    }
}

#[test]
fn the_last_smaller_batch_is_trained_too() {
    let train = flowers(70, 0);
    let mut witness = Witness::default();
    let mut model = Small::with_seed(0);
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .batch_size(32)
        .epochs(2)
        .clip(Clip::GlobalNorm(1.0))
        .callback(&mut witness)
        .quiet()
        .run(&mut model, &train)
        .unwrap();
    let seen: Vec<_> = witness
        .0
        .iter()
        .map(|b| (b.epoch, b.batch, b.batches, b.step, b.examples))
        .collect();
    assert_eq!(
        seen,
        [
            (1, 1, 3, 1, 32),
            (1, 2, 3, 2, 32),
            (1, 3, 3, 3, 6),
            (2, 1, 3, 4, 32),
            (2, 2, 3, 5, 32),
            (2, 3, 3, 6, 6)
        ]
    );
    assert!(witness.0.iter().all(|batch| batch.gradient_norm > 0.0));
}

#[test]
fn the_loss_of_an_epoch_weighs_every_example_the_same() {
    // With a learning rate of 0 each batch is measured with the same weights, and `Line` has nothing random.
    let data = numbers(70);
    let mut model = Line::with_seed(3);
    let fit = Fit::new(MeanSquaredError, Sgd::new(0.0))
        .batch_size(32)
        .quiet();
    let history = fit.run(&mut model, &data).unwrap();
    let whole = Evaluate::new(MeanSquaredError)
        .run(&model, &data)
        .unwrap()
        .loss;
    let loss = history.last("loss").unwrap();
    assert!((loss - whole).abs() < 1e-6 * whole, "{loss} {whole}");
}

#[test]
fn schedules_set_the_rate_that_the_history_records() {
    let train = flowers(40, 0);
    let mut model = Small::with_seed(0);
    let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Sgd::new(0.5))
        .batch_size(20)
        .epochs(4)
        .quiet();
    let history = fit
        .schedule(StepDecay::new(Span::Epochs(2.0), 0.1))
        .run(&mut model, &train)
        .unwrap();
    let rates: Vec<f32> = history
        .epochs()
        .iter()
        .map(|epoch| epoch.learning_rate as f32)
        .collect();
    assert_eq!(rates, [0.5, 0.5, 0.05, 0.05]);

    // A rate of 0 never improves: a plateau from the first epoch on.
    let mut model = Line::with_seed(0);
    let plateau = ReduceOnPlateau::new(0.5, 1);
    let fit = Fit::new(MeanSquaredError, Sgd::new(1e-12))
        .batch_size(70)
        .epochs(6)
        .schedule(plateau);
    let history = fit
        .shuffle(false)
        .quiet()
        .run(&mut model, &numbers(70))
        .unwrap();
    assert!(
        history.epochs()[5].learning_rate < history.epochs()[0].learning_rate,
        "{history}"
    );
}
