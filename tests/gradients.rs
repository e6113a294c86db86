//! Gradients against finite differences: a network with dropout, and graphs of odd form.

use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, TrainWorkspace};
use shapeflow::losses::{MeanSquaredError, OutputLoss, SparseCategoricalCrossEntropy};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow_tests::models::{labels, numbers};

const EXAMPLES: usize = 11;

/// Compares every gradient of `M` with differences of the loss.
fn check<M: Model>(losses: &[&dyn OutputLoss]) {
    let inputs: Vec<Vec<f32>> = (M::PROGRAM.inputs.iter().zip(1..))
        .map(|(port, seed)| numbers(EXAMPLES * port.size(), seed))
        .collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let labels = labels(EXAMPLES, 3);
    let values: Vec<Vec<f32>> = (M::PROGRAM.outputs.iter().zip(100..))
        .map(|(port, seed)| numbers(EXAMPLES * port.size(), seed))
        .collect();
    let targets: Vec<TargetsView<'_>> = (losses.iter().zip(&values))
        .map(|(loss, values)| match loss.name() {
            "SparseCategoricalCrossEntropy" => TargetsView::Classes(&labels),
            _ => TargetsView::Values(values),
        })
        .collect();
    let batch = Batch {
        inputs: &inputs,
        targets: &targets,
        examples: EXAMPLES,
    };
    let mut model = M::with_seed(4);
    let mut workspace = TrainWorkspace::new(M::PROGRAM, EXAMPLES);
    // The same key gives the same masks of `Dropout`.
    let mut value = |model: &mut M| {
        workspace
            .backward_and_gather(model, &batch, losses, 77, 1)
            .expect("a step")
    };
    let mut first = TrainWorkspace::new(M::PROGRAM, EXAMPLES);
    first
        .backward_and_gather(&mut model, &batch, losses, 77, 1)
        .expect("a step");
    for info in M::tensors().iter().filter(|info| info.trained) {
        let (mut error, mut norm) = (0.0, 0.0);
        for index in 0..info.len() {
            let start = model.store().tensor(info)[index];
            let mut at = |offset: f32| {
                model.store_mut().tensor_mut(info)[index] = start + offset;
                value(&mut model)
            };
            // Differences over two distances: what is left grows with the fourth power of the distance.
            let h = 0.02;
            let (near, far) = (at(h) - at(-h), at(2.0 * h) - at(-2.0 * h));
            at(0.0);
            let expected = (8.0 * near - far) / (12.0 * f64::from(h));
            let found = f64::from(first.gradients()[info.offset + index]);
            error += (found - expected) * (found - expected);
            norm += expected * expected;
        }
        let (error, norm): (f64, f64) = (f64::sqrt(error), f64::sqrt(norm));
        assert!(
            error <= 2e-3 * norm + 1e-5,
            "{}: gradient of {} is off by {error:.2e} of {norm:.2e}",
            M::NAME,
            info.name
        );
    }
}

model! {
    /// Smooth, so that differences are exact to many places.
    pub struct Smooth(x: [6, 5, 2], y: [4]) -> [3] {
        let picture = x
            -> Conv2d(4, 3x3, bias = false) -> BatchNorm -> Tanh -> Dropout(0.2)
            -> Conv2d(6, 2x2, groups = 2, stride = 2, padding = same) -> GroupNorm(2) -> Gelu
            -> AvgPool2d(2, stride = 1) -> Flatten;
        let gate = y -> Dense(6) -> Sigmoid;
        let joined = (picture, gate) -> Concat;
        joined -> Dense(7) -> LayerNorm -> Silu -> Dropout(0.1) -> Dense(3) -> Softmax
    }
}

#[test]
fn a_network_with_dropout() {
    check::<Smooth>(&[&SparseCategoricalCrossEntropy::new()]);
}

model! {
    /// One value is both outputs and goes on to a third.
    pub struct Thrice(x: [5]) -> (a: [4], b: [4], c: [3]) {
        let y = x -> Dense(4) -> Tanh;
        (y, y, y -> Dense(3) -> Softmax)
    }
}

#[test]
fn a_value_that_is_several_outputs() {
    let loss = SparseCategoricalCrossEntropy::new();
    check::<Thrice>(&[&MeanSquaredError, &MeanSquaredError, &loss]);
}

model! {
    /// A value added to itself, multiplied by itself, subtracted from itself, and joined to itself.
    pub struct Itself(x: [4]) -> [6] {
        let y = x -> Dense(3);
        let z = (y + y) * (y * y) - (y - y) + y;
        (z, z -> Tanh) -> Concat
    }
}

#[test]
fn a_value_that_meets_itself() {
    check::<Itself>(&[&MeanSquaredError]);
}

model! {
    /// Norms over the batch at both ends and side by side, an input that is an output, and one that nobody uses for learning.
    pub struct Ends(x: [3, 4], other: [5]) -> (y: [3, 4], same: [5], sum: [4]) {
        let left = x -> BatchNorm -> Dense(4, bias = false) -> BatchNorm -> Sigmoid;
        let right = x -> Dense(4, bias = false) -> BatchNorm;
        let y = (left - right) -> BatchNorm;
        let sum = (y -> Permute([1, 0]) -> Reshape([12]) -> Dense(4)) + (other -> Dense(4) -> Tanh -> Dropout(0.5));
        (y, other, sum)
    }
}

#[test]
fn batch_norms_at_both_ends_and_side_by_side() {
    check::<Ends>(&[&MeanSquaredError, &MeanSquaredError, &MeanSquaredError]);
}

model! {
    /// Norms that need the whole batch in turn, with skips across the stages.
    pub struct Skips(x: [4, 3, 2]) -> [3] {
        let a = x -> Conv2d(3, 2x2, padding = same);
        let b = a -> BatchNorm -> Tanh -> Conv2d(3, 1x1);
        let c = (a + b) -> BatchNorm -> Gelu -> Conv2d(3, 3x3, padding = same);
        let d = (a * c + b) -> BatchNorm;
        (d + a + c) -> Mish -> GlobalAvgPool -> Dense(3) -> Softmax
    }
}

#[test]
fn skips_across_whole_batch_norms() {
    check::<Skips>(&[&SparseCategoricalCrossEntropy::new()]);
}

model! {
    /// Nothing to learn.
    pub struct Fixed(x: [4, 4, 1]) -> [2, 2, 1] {
        x -> AvgPool2d(2) -> Tanh
    }
}

#[test]
fn a_model_without_parameters() {
    const { assert!(Fixed::PARAMETERS == 0) };
    check::<Fixed>(&[&MeanSquaredError]);
}
