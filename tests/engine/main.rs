//! The engine's promises on bad input, on numbers that overflow, on sizes from elsewhere, on the parts of a step and on
//! optimizers.

mod batch_norm;
mod isa;
mod numbers;
mod optimizers;
mod own_losses;
mod steps;
mod taken;
mod updates;

use shapeflow::data::TargetsView;
use shapeflow::engine::{
    Batch, Culprit, EngineError, OptimizerSlots, PredictWorkspace, TrainWorkspace,
};
use shapeflow::losses::{LossError, OutputLoss, SparseCategoricalCrossEntropy};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip, GradientDescent};
use shapeflow_tests::models::{SmallCnn, SmallResNet, Training, labels, numbers};

// Sizes that the macro can't see

mod sizes {
    pub const SIDE: usize = 7 + 7;
    pub const FILTERS: usize = 8;
    pub const HIDDEN: usize = 3 * FILTERS;
    pub const RATE: f32 = 0.25;
}
use sizes::SIDE;

model! {
    const CLASSES: usize = 10 / 2;
    /// `SmallCnn` with its sizes from consts.
    pub struct FromConsts(image: [SIDE, SIDE, 3]) -> [CLASSES] {
        image
            -> Conv2d(sizes::FILTERS, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(sizes::RATE)
            -> Conv2d(12, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(sizes::HIDDEN) -> Relu -> Dropout(0.5)
            -> Dense(CLASSES) -> Softmax
    }
}

#[test]
fn sizes_from_consts_give_the_same_model() {
    assert_eq!(FromConsts::PARAMETERS, SmallCnn::PARAMETERS);
    assert_eq!(FromConsts::FLOPS, SmallCnn::FLOPS);
    assert_eq!(FromConsts::TRAIN_BYTES, SmallCnn::TRAIN_BYTES);
    let (mut a, mut b) = (
        Training::<FromConsts>::new(40),
        Training::<SmallCnn>::new(40),
    );
    for _ in 0..3 {
        assert_eq!(a.step(40), b.step(40));
    }
    assert!(a.bits() == b.bits());
}

// Bad input

/// Runs a step that must fail, and checks that it changed nothing.
fn refused<M: Model>(batch: &Batch<'_>, losses: &[&dyn OutputLoss]) -> EngineError {
    let mut training = Training::<M>::new(8);
    let before = training.bits();
    let error = training
        .workspace
        .step(
            &mut training.model,
            batch,
            losses,
            &training.optimizer,
            &mut training.slots,
            1e-3,
            Clip::None,
            0,
        )
        .expect_err("the batch is wrong");
    assert!(training.bits() == before, "the model changed");
    assert_eq!(training.slots.steps(), 0);
    // It goes on with a good batch.
    training.step(8).expect("a step");
    error
}

#[test]
fn wrong_batches_are_errors() {
    let loss = SparseCategoricalCrossEntropy::new();
    let losses: [&dyn OutputLoss; 1] = [&loss];
    let (x, labels) = (numbers(9 * 588, 1), labels(9, 5));
    let batch = |inputs, targets, examples| Batch {
        inputs,
        targets,
        examples,
    };
    let all: [&[f32]; 1] = [&x[..4 * 588]];
    let targets = [TargetsView::Classes(&labels[..4])];

    let short: [&[f32]; 1] = [&x[..4 * 588 - 1]];
    let error = refused::<SmallCnn>(&batch(&short, &targets, 4), &losses);
    assert_eq!(
        error.to_string(),
        "input `image` of `SmallCnn`: 4 example(s) of shape [14, 14, 3] are 2352 numbers, but 2351 came"
    );
    let error = refused::<SmallCnn>(&batch(&[], &targets, 4), &losses);
    assert_eq!(error.to_string(), "`SmallCnn` has 1 input(s), but 0 came");
    let error = refused::<SmallCnn>(&batch(&all, &targets, 0), &losses);
    assert_eq!(
        error.to_string(),
        "a batch of 0 came, but this workspace of `SmallCnn` was made for batches of at least 1 and at most 8"
    );
    let nine: [&[f32]; 1] = [&x];
    let nine_targets = [TargetsView::Classes(&labels)];
    let error = refused::<SmallCnn>(&batch(&nine, &nine_targets, 9), &losses);
    assert!(matches!(
        error,
        EngineError::BatchSize {
            found: 9,
            capacity: 8,
            ..
        }
    ));
    let error = refused::<SmallCnn>(&batch(&all, &targets, 4), &[]);
    assert!(matches!(
        error,
        EngineError::Outputs {
            outputs: 1,
            losses: 0,
            targets: 1,
            ..
        }
    ));

    let few = [TargetsView::Classes(&labels[..3])];
    let error = refused::<SmallCnn>(&batch(&all, &few, 4), &losses);
    assert!(matches!(
        error,
        EngineError::Loss {
            source: LossError::Length {
                expected: 4,
                found: 3,
                ..
            },
            ..
        }
    ));
    let beyond = [TargetsView::Classes(&[0, 1, 5, 2])];
    let error = refused::<SmallCnn>(&batch(&all, &beyond, 4), &losses);
    assert_eq!(
        error.to_string(),
        "output `output` of `SmallCnn`: SparseCategoricalCrossEntropy: the class of example 2 is 5, but the output has 5 classes (0 to 4)"
    );
    let values = [TargetsView::Values(&x[..20])];
    let error = refused::<SmallResNet>(&batch(&all, &values, 4), &losses);
    assert!(matches!(
        error,
        EngineError::Loss {
            source: LossError::TargetKind { .. },
            ..
        }
    ));
}

#[test]
fn a_workspace_or_state_of_another_model_is_an_error() {
    let mut other = TrainWorkspace::new(SmallResNet::PROGRAM, 8);
    let mut training = Training::<SmallCnn>::new(8);
    std::mem::swap(&mut other, &mut training.workspace);
    let error = training.step(8).expect_err("another model");
    assert_eq!(
        error.to_string(),
        "this workspace was made for `SmallResNet`, not for `SmallCnn`"
    );
    training.workspace = other;
    training.slots =
        OptimizerSlots::new(SmallCnn::PROGRAM, &GradientDescent::default()).expect("good settings");
    let error = training.step(8).expect_err("no slots for Adam");
    assert!(
        matches!(
            error,
            EngineError::Slots {
                expected: 2,
                found: 0,
                ..
            }
        ),
        "{error}"
    );
    training.slots =
        OptimizerSlots::new(SmallCnn::PROGRAM, &Adam::default()).expect("good settings");
    training.clip = Clip::GlobalNorm(f32::NAN);
    assert!(matches!(training.step(8), Err(EngineError::Optimizer(_))));
}

#[test]
fn wrong_inputs_of_predictions_are_errors() {
    let model = SmallCnn::new(0);
    let mut predictor = model.predictor(4);
    let x = numbers(5 * 588, 1);
    assert!(matches!(
        predictor.predict(&[&x[..587]], 1),
        Err(EngineError::InputLength { .. })
    ));
    assert!(matches!(
        predictor.predict(&[&x], 5),
        Err(EngineError::BatchSize { .. })
    ));
    assert!(matches!(
        predictor.predict(&[], 1),
        Err(EngineError::Inputs { .. })
    ));
    assert!(predictor.predict(&[&x[..588]], 1).is_ok());
    let wide = ndarray::Array4::zeros((2, 14, 15, 3));
    let error = model.predict(wide.view()).expect_err("wrong shape");
    assert_eq!(
        error.to_string(),
        "input `image` of `SmallCnn` wants shape [2, 14, 14, 3], but an array of shape [2, 14, 15, 3] came"
    );
    let none = model.predict(ndarray::Array4::zeros((0, 14, 14, 3)).view());
    assert_eq!(none.expect("no examples, no predictions").shape(), [0, 5]);
}

#[test]
fn two_models_in_one_workspace_keep_their_weights_apart() {
    let (a, b) = (SmallCnn::new(1), SmallCnn::new(2));
    let x = numbers(588, 1);
    let mut workspace = PredictWorkspace::new(SmallCnn::PROGRAM, 1);
    let mut run = |model: &SmallCnn| {
        workspace.run(model, &[&x], 1).expect("fits");
        workspace.predictions(0).to_vec()
    };
    let (first, second) = (run(&a), run(&b));
    assert_eq!(first, a.predictor(1).predict(&[&x], 1).expect("fits"));
    assert_eq!(second, b.predictor(1).predict(&[&x], 1).expect("fits"));
    assert_ne!(first, second);
}

// Numbers that overflow

/// The culprit of a step that must fail without changing anything.
fn culprit<M: Model>(change: impl FnOnce(&mut Training<M>)) -> Culprit {
    let mut training = Training::<M>::new(8);
    training.step(8).expect("a step");
    change(&mut training);
    let (before, steps) = (training.bits(), training.slots.steps());
    let error = training.step(8).expect_err("the loss isn't finite");
    assert!(training.bits() == before, "{}: the model changed", M::NAME);
    assert_eq!(training.slots.steps(), steps);
    match error {
        EngineError::NotFinite { step, culprit, .. } => {
            assert_eq!(step, 2);
            culprit
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_loss_that_is_not_finite_names_where_it_began() {
    let huge = |name: &'static str| {
        move |training: &mut Training<SmallResNet>| {
            training
                .model
                .tensor_mut(name)
                .expect("a tensor")
                .fill(1e38);
        }
    };
    assert_eq!(
        culprit(huge("dense1.weight")),
        Culprit::Layer {
            name: "dense1",
            kind: "Dense"
        }
    );
    assert_eq!(
        culprit(huge("down1.conv2d2.weight")),
        Culprit::Layer {
            name: "down1.conv2d2",
            kind: "Conv2d"
        }
    );
    assert_eq!(
        culprit(|training: &mut Training<SmallCnn>| {
            training.model.conv2d2_weight_mut().fill(1e38);
            training.model.conv2d2_bias_mut().fill(f32::MAX);
        }),
        Culprit::Layer {
            name: "conv2d2",
            kind: "Conv2d"
        }
    );
    assert_eq!(
        culprit(|training: &mut Training<SmallCnn>| training.inputs[3 * 588 + 5] = f32::NAN),
        Culprit::Input {
            input: "image",
            example: 3
        }
    );
    assert_eq!(
        culprit(|training: &mut Training<SmallResNet>| training
            .model
            .basic1_conv2d1_weight_mut()
            .fill(f32::NAN)),
        Culprit::Tensor("basic1.conv2d1.weight")
    );
}
