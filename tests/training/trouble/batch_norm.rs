//! Batches too small for `BatchNorm`'s variance.

use crate::networks::bits;
use ndarray::Array2;
use shapeflow::data::{Dataset, Values};
use shapeflow::losses::MeanSquaredError;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::Sgd;
use shapeflow::training::Fit;

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
