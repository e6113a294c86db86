//! Tensors that training leaves as they are, as transfer learning needs it.

use shapeflow::prelude::*;
use shapeflow::steps::{Batch, TrainWorkspace};

model! {
    block Stem<H, W>(x: [H, W, 1]) -> [H, W, 4] {
        x -> Conv2d(4, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
    }
    struct Net(image: [6, 6, 1]) -> [2] {
        image -> Stem -> GlobalAvgPool -> hidden: Dense(8) -> Relu -> head: Dense(2) -> Softmax
    }
}

fn pictures() -> Dataset<Classes> {
    let value = |(i, y, x, _): (usize, usize, usize, usize)| ((i * 5 + y * 3 + x) % 7) as f32 - 2.0;
    let pictures = ndarray::Array4::from_shape_fn((24, 6, 6, 1), value);
    Dataset::new(pictures, Classes((0..24).map(|i| i % 2).collect())).unwrap()
}

fn fit<'a>(optimizer: impl Optimizer + 'a) -> Fit<'a, SparseCategoricalCrossEntropy, Classes> {
    Fit::new(SparseCategoricalCrossEntropy::new(), optimizer)
        .batch_size(8)
        .epochs(3)
        .quiet()
}

/// The tensors that training has changed.
fn changed<'a>(optimizer: impl Optimizer + 'a, frozen: &[&str]) -> Vec<&'static str> {
    let mut network = Net::new(1);
    let before = network.clone();
    let fit = fit(optimizer).freeze(frozen.iter().copied());
    fit.run(&mut network, &pictures()).unwrap();
    let names = Net::tensors().iter().map(|info| info.name);
    let differ = |name: &&str| network.tensor(name).unwrap() != before.tensor(name).unwrap();
    names.filter(differ).collect()
}

#[test]
fn frozen_tensors_keep_their_bits_whatever_the_optimizer() {
    let left = ["head.weight", "head.bias"];
    let frozen = ["stem1", "hidden"];
    assert_eq!(changed(Adam::new(0.01), &frozen), left);
    assert_eq!(changed(AdamW::new(0.01).weight_decay(0.1), &frozen), left);
    let sgd = Sgd::new(0.01).momentum(0.9).weight_decay(0.1);
    assert_eq!(changed(sgd, &frozen), left);
    assert_eq!(changed(Adam::new(0.01), &[]).len(), Net::tensors().len());
}

#[test]
fn a_tensor_may_be_frozen_alone() {
    let all = changed(Adam::new(0.01), &["stem1.conv2d1.weight", "head.bias"]);
    let left = Net::tensors().iter().map(|info| info.name);
    let left = left.filter(|name| !["stem1.conv2d1.weight", "head.bias"].contains(name));
    assert_eq!(all, left.collect::<Vec<_>>());
}

#[test]
fn frozen_gradients_do_not_count_in_the_norm_that_is_clipped() {
    #[derive(Default)]
    struct Norm(f64);
    impl Callback for Norm {
        fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
            self.0 = batch.gradient_norm;
            Ok(Control::Stop("one step".into()))
        }
    }
    let (data, mut norm) = (pictures(), Norm::default());
    let fit = fit(Adam::new(0.01)).batch_size(24).shuffle(false);
    let fit = fit.freeze(["stem1", "hidden"]).callback(&mut norm);
    fit.run(&mut Net::new(1), &data).unwrap();

    let mut workspace = TrainWorkspace::new(Net::PROGRAM, 24);
    let batch = Batch {
        inputs: &[data.input(0).as_slice().unwrap()],
        targets: &[TargetsView::Classes(&data.targets().0)],
        examples: 24,
    };
    let loss = SparseCategoricalCrossEntropy::new();
    workspace
        .backward_and_gather(&mut Net::new(1), &batch, &[&loss], 0, 1)
        .unwrap();
    let head = Net::tensors()
        .iter()
        .filter(|info| info.name.starts_with("head."));
    let squares = head.flat_map(|info| &workspace.gradients()[info.offset..][..info.len()]);
    let right: f64 = squares.map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
    assert!((norm.0 - right).abs() < 1e-9 * right, "{} {right}", norm.0);
}

#[test]
fn a_name_that_nothing_has_and_a_model_all_frozen_are_errors() {
    let error = |frozen: &[&str]| {
        let fit = fit(Adam::new(0.01)).freeze(frozen.iter().copied());
        let error = fit.run(&mut Net::new(1), &pictures()).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        error(&["stem"]),
        "freeze: expected names of tensors, or of layers and blocks with tensors, of `Net`, found `stem`; did you mean `stem1`?"
    );
    assert_eq!(
        error(&["hidden", "head", "stem1"]),
        "freeze: expected a tensor that is left to train, found all frozen"
    );
}

#[test]
fn a_resume_with_other_frozen_tensors_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.checkpoint");
    let run = |frozen: &[&str]| {
        let fit = fit(Adam::new(0.01)).freeze(frozen.iter().copied());
        let fit = fit
            .callback(Checkpoint::every(1, &file))
            .resume_if_present(&file);
        fit.run(&mut Net::new(1), &pictures())
    };
    run(&["stem1"]).unwrap();
    run(&["stem1"]).unwrap();
    let error = run(&[]).unwrap_err().to_string();
    assert!(
        error.contains("frozen: stem1 in the checkpoint, none in this run"),
        "{error}"
    );
}
