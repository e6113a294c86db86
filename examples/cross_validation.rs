//! Cross-validation: five networks, each trained on four fifths of few examples and judged on the last fifth.
//!
//! `cargo run --release --example cross_validation`

use std::error::Error;

use shapeflow::ndarray::Array2;
use shapeflow::prelude::*;

model! {
    pub struct Kinds(features: [4]) -> [3] { features -> Dense(16) -> Relu -> Dense(3) -> Softmax }
}

fn main() -> Result<(), Box<dyn Error>> {
    let noise = |i: usize, j: usize| ((i * 7 + j * 3) % 11) as f32 / 11.0;
    let features = Array2::from_shape_fn((150, 4), |(i, j)| f32::from(i % 3 == j) + noise(i, j));
    let data = Dataset::new(features, Classes((0..150).map(|i| i % 3).collect()))?;

    let mut accuracies = Vec::new();
    for (fold, (train, test)) in data.stratified_folds(5, 42)?.enumerate() {
        // Fitted on each training part anew; early stopping looks at a part of it, for the test part is only judged by.
        let scaling = Standardize::per_column().fit(train.input(0))?;
        let (train, test) = (train.normalize(0, &scaling)?, test.normalize(0, &scaling)?);
        let (train, validation) = train.stratified_split(0.85, 1)?;
        let mut network = Kinds::new(fold as u64);
        let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
            .epochs(60)
            .validation(&validation)
            .callback(EarlyStopping::new("val_loss").patience(3).restore_best())
            .quiet()
            .run(&mut network, &train)?;
        let figures = Evaluate::new(SparseCategoricalCrossEntropy::new())
            .metric(Accuracy::new())
            .run(&network, &test)?;
        println!("fold {}: {} epochs, {figures}", fold + 1, history.len());
        accuracies.push(figures.get("accuracy")?);
    }
    let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
    println!("mean accuracy {mean:.3}");
    assert!(mean > 0.9);
    Ok(())
}
