//! The loss of an epoch with class weights.

use crate::networks::bits;
use ndarray::Array2;
use shapeflow::data::{Classes, Dataset};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::Sgd;
use shapeflow::training::{Evaluate, Fit, History};

model! {
    /// Two classes; with weight 0 its logits are the biases.
    struct Logits(x: [1]) -> [2] {
        x -> Dense(2) -> Softmax
    }
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
    // A mean of nothing is no loss, least of all the best one.
    let words = "output `output`: expected an example that counts in the loss, found only such as have a weight of 0; look at the \
                 class weights";
    let error = Evaluate::new(loss()).run(&model, &nothing).unwrap_err();
    assert_eq!(error.to_string(), format!("data, {words}"));
    let fit = || Fit::new(loss(), Sgd::new(0.1)).quiet();
    let error = fit().validation(&nothing).run(&mut model, &data);
    let error = error.unwrap_err().to_string();
    assert_eq!(error, format!("validation data, {words}"));
    let error = fit().run(&mut model, &nothing).unwrap_err().to_string();
    assert_eq!(error, format!("training data, {words}"));
}
