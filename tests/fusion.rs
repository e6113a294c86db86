//! What fusion does to a network changes no result: each network against itself with every value between its layers
//! an output too, so that nothing can be fused.

// The compiler's own warning of a bias before a norm: folding must take such a bias along.
#![allow(deprecated)]

use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, Network, TrainWorkspace};
use shapeflow::losses::{MeanSquaredError, OutputLoss};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow_tests::models::numbers;
use shapeflow_tests::own::SILENT;

const EXAMPLES: usize = 5;

model! {
    pub struct Fused(x: [9, 9, 16], side: [6]) -> (picture: [9, 9, 16], flat: [7]) {
        // Onto the model's input, which must stay as it is.
        let a = x + (x -> c1: Conv2d(16, 3x3, padding = same) -> n1: BatchNorm);
        let b = a -> Relu;
        // Onto what the convolution itself reads.
        let c = b + (b -> c2: Conv2d(16, 3x3, padding = same, bias = false));
        let d = c -> Relu6;
        // Onto a value of which this is the last use, and one that is read again.
        let e = (d -> c3: Conv2d(16, 1x1) -> n3: BatchNorm) + c;
        let f = e -> Silu;
        let g = (f -> c4: Conv2d(16, 3x3, padding = same, depthwise) -> n4: BatchNorm)
            + (f -> c5: Conv2d(16, 3x3, padding = same, groups = 4) -> n5: BatchNorm);
        let h = (g -> Relu) + f;
        // A normalisation that sees other channels than its convolution made, and one behind a dense layer.
        let i = h -> c6: Conv2d(4, 3x3, stride = 2) -> Reshape([8, 8]) -> n6: BatchNorm;
        let j = i -> Flatten -> d1: Dense(7) -> n7: BatchNorm;
        let k = (side -> d2: Dense(7)) + j;
        (h, k -> Tanh)
    }
}

model! {
    #[allow(clippy::type_complexity)]
    pub struct Apart(x: [9, 9, 16], side: [6]) -> (
        picture: [9, 9, 16], flat: [7],
        o1: [9, 9, 16], o2: [9, 9, 16], o3: [9, 9, 16], o4: [9, 9, 16], o5: [9, 9, 16], o6: [9, 9, 16],
        o7: [9, 9, 16], o8: [4, 4, 4], o9: [7], o10: [7], o11: [9, 9, 16], o12: [9, 9, 16], o13: [9, 9, 16], o14: [9, 9, 16],
    ) {
        let c1 = x -> c1: Conv2d(16, 3x3, padding = same);
        let n1 = c1 -> n1: BatchNorm;
        let a = x + n1;
        let b = a -> Relu;
        let c2 = b -> c2: Conv2d(16, 3x3, padding = same, bias = false);
        let c = b + c2;
        let d = c -> Relu6;
        let c3 = d -> c3: Conv2d(16, 1x1);
        let n3 = c3 -> n3: BatchNorm;
        let e = n3 + c;
        let f = e -> Silu;
        let c4 = f -> c4: Conv2d(16, 3x3, padding = same, depthwise);
        let n4 = c4 -> n4: BatchNorm;
        let c5 = f -> c5: Conv2d(16, 3x3, padding = same, groups = 4);
        let n5 = c5 -> n5: BatchNorm;
        let g = n4 + n5;
        let h = (g -> Relu) + f;
        let c6 = h -> c6: Conv2d(4, 3x3, stride = 2);
        let i = c6 -> Reshape([8, 8]) -> n6: BatchNorm;
        let d1 = i -> Flatten -> d1: Dense(7);
        let j = d1 -> n7: BatchNorm;
        let d2 = side -> d2: Dense(7);
        let k = d2 + j;
        (h, k -> Tanh, c1, n1, a, c2, c3, n3, c4, c6, d1, k, n4, c5, n5, c)
    }
}

/// The same weights and statistics in both, none of them at its start.
fn pair() -> (Fused, Apart) {
    let (mut fused, mut apart) = (Fused::with_seed(3), Apart::with_seed(3));
    assert_eq!(Fused::tensors().len(), Apart::tensors().len());
    for (seed, info) in (50..).zip(Fused::tensors()) {
        let values: Vec<f32> = numbers(info.len(), seed)
            .into_iter()
            .map(|x| match info.name.ends_with("variance") {
                true => x.abs() + 0.1,
                false => 0.5 * x,
            })
            .collect();
        let twin = Apart::tensors().iter().find(|twin| twin.name == info.name);
        let twin = twin.expect("the same layers");
        fused.store_mut().tensor_mut(info).copy_from_slice(&values);
        apart.store_mut().tensor_mut(twin).copy_from_slice(&values);
    }
    (fused, apart)
}

fn inputs() -> [Vec<f32>; 2] {
    [numbers(EXAMPLES * 9 * 9 * 16, 1), numbers(EXAMPLES * 6, 2)]
}

fn close(what: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f32, |most, x| most.max(x.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= 1e-4 * scale,
            "{what}: {found} at {index}, expected {expected}"
        );
    }
}

#[test]
fn predictions_are_those_of_layers_one_by_one() {
    let (fused, apart) = pair();
    let [x, side] = inputs();
    for examples in [1, EXAMPLES] {
        let inputs: [&[f32]; 2] = [&x[..examples * 9 * 9 * 16], &side[..examples * 6]];
        let (mut one, mut other) = (fused.predictor(examples), apart.predictor(examples));
        one.run(&inputs, examples).expect("fits");
        other.run(&inputs, examples).expect("fits");
        for output in 0..2 {
            close("prediction", one.output(output), other.output(output));
        }
    }
}

#[test]
fn predictions_follow_when_statistics_change() {
    let (mut fused, mut apart) = pair();
    let [x, side] = inputs();
    let mut workspace = shapeflow::engine::PredictWorkspace::new(Fused::PROGRAM, EXAMPLES);
    for round in 0..2 {
        workspace.run(&fused, &[&x, &side], EXAMPLES).expect("fits");
        let mut other = apart.predictor(EXAMPLES);
        other.run(&[&x, &side], EXAMPLES).expect("fits");
        close("prediction", workspace.logits(0), other.output(0));
        for model in [&mut fused as &mut dyn Changes, &mut apart] {
            model.change(round as f32 + 1.0);
        }
    }
}

trait Changes {
    fn change(&mut self, to: f32);
}

impl<M: Model> Changes for M {
    fn change(&mut self, to: f32) {
        let mut mean = self.tensor_mut("n1.running_mean").expect("a norm");
        mean.fill(to);
    }
}

/// The gradients of a model whose first two outputs have a say.
fn gradients<M: Model>(model: &mut M) -> Vec<f32> {
    let [x, side] = inputs();
    let values: Vec<Vec<f32>> = (M::PROGRAM.outputs.iter().zip(8..))
        .map(|(port, seed)| numbers(EXAMPLES * port.size(), seed))
        .collect();
    let targets: Vec<TargetsView<'_>> = values.iter().map(|v| TargetsView::Values(v)).collect();
    let losses: Vec<&dyn OutputLoss> = (0..values.len())
        .map(|index| match index {
            0 | 1 => &MeanSquaredError as &dyn OutputLoss,
            // Outputs that are there only to keep their values apart.
            _ => &SILENT,
        })
        .collect();
    let batch = Batch {
        inputs: &[&x, &side],
        targets: &targets,
        examples: EXAMPLES,
    };
    let mut workspace = TrainWorkspace::new(M::PROGRAM, EXAMPLES);
    let loss = workspace.backward_and_gather(model, &batch, &losses, 1, 1);
    assert!(loss.expect("a step") > 0.0);
    workspace.gradients().to_vec()
}

#[test]
fn gradients_are_those_of_layers_one_by_one() {
    let (mut fused, mut apart) = pair();
    let (one, other) = (gradients(&mut fused), gradients(&mut apart));
    for info in Fused::tensors().iter().filter(|info| info.trained) {
        let twin = Apart::tensors().iter().find(|twin| twin.name == info.name);
        let twin = twin.expect("the same layers");
        let (one, other) = (&one[info.offset..], &other[twin.offset..]);
        close(info.name, &one[..info.len()], &other[..info.len()]);
    }
}
