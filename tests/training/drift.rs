//! A resume whose settings have drifted: it is refused with what differs, or gives the bits of a run in one go.

use crate::networks::{Hits, Small, bits, figures, flowers};
use ndarray::{Array2, Array4};
use shapeflow::data::augment::{HorizontalFlip, Pipeline};
use shapeflow::data::{BatchSource, Classes, Dataset};
use shapeflow::losses::{BinaryCrossEntropy, Huber, SparseCategoricalCrossEntropy};
use shapeflow::metrics::{Accuracy, TopK};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, AdamW, Clip, Optimizer, RmsProp, Sgd};
use shapeflow::schedules::{
    CosineDecay, LinearWarmup, OneCycle, ReduceOnPlateau, Schedule, Span, StepDecay,
};
use shapeflow::training::{Checkpoint, EarlyStopping, Fit};
use std::path::Path;

type Run<'a> = Fit<'a, SparseCategoricalCrossEntropy, Classes>;

fn run<'a>(loss: SparseCategoricalCrossEntropy, optimizer: impl Optimizer + 'a) -> Run<'a> {
    Fit::new(loss, optimizer).batch_size(16).quiet()
}

fn base<'a>() -> Run<'a> {
    run(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
}

/// Trains two epochs into a file.
fn write(fit: Run<'_>, file: &Path) {
    let mut model = Small::with_seed(4);
    fit.epochs(2)
        .callback(Checkpoint::every(1, file))
        .run(&mut model, &flowers(90, 0))
        .unwrap();
}

/// The differences that a resume is refused for, having seen that the model is unchanged.
fn differences(fit: Run<'_>, file: &Path, data: &Dataset<Classes>) -> String {
    let mut model = Small::with_seed(5);
    let before = bits(&model);
    let error = fit.resume(file).run(&mut model, data).unwrap_err();
    assert_eq!(bits(&model), before);
    let text = error.to_string();
    let Some((_, lines)) = text.split_once("the run is another one:\n  ") else {
        panic!("{text}")
    };
    lines.into()
}

#[test]
fn resume_drift() {
    let folder = tempfile::tempdir().unwrap();
    let plain = SparseCategoricalCrossEntropy::new;
    type Made<'a> = Box<dyn Fn() -> Run<'a>>;
    let pairs: Vec<(Made<'_>, Made<'_>, &str)> = vec![
        (
            Box::new(base),
            Box::new(move || run(plain(), Adam::new(0.2))),
            "optimizer: learning_rate: 0.02 in the checkpoint, learning_rate: 0.2 in this run",
        ),
        (
            Box::new(base),
            Box::new(move || run(plain(), Adam::new(0.02).beta1(0.8).epsilon(1e-8))),
            "optimizer: beta1: 0.9 in the checkpoint, beta1: 0.8 in this run\n  optimizer: epsilon: 1e-7 in the checkpoint, epsilon: 1e-8 in this run",
        ),
        (
            Box::new(move || run(plain(), AdamW::new(0.02))),
            Box::new(move || run(plain(), AdamW::new(0.02).weight_decay(0.1))),
            "optimizer: weight_decay: 0.004 in the checkpoint, weight_decay: 0.1 in this run",
        ),
        (
            Box::new(move || run(plain(), Sgd::new(0.02).momentum(0.9))),
            Box::new(move || run(plain(), Sgd::new(0.02).momentum(0.9).nesterov())),
            "optimizer: nesterov: false in the checkpoint, nesterov: true in this run",
        ),
        (
            Box::new(move || run(plain(), RmsProp::new(0.02))),
            Box::new(move || run(plain(), Adam::new(0.02))),
            "optimizer: RmsProp in the checkpoint, Adam in this run",
        ),
        (
            Box::new(base),
            Box::new(move || run(plain().label_smoothing(0.1), Adam::new(0.02))),
            "loss: label_smoothing: 0.0 in the checkpoint, label_smoothing: 0.1 in this run",
        ),
        (
            Box::new(move || run(plain().class_weights([1.0, 2.0, 3.0]), Adam::new(0.02))),
            Box::new(move || run(plain().class_weights([1.0, 2.5, 3.0]), Adam::new(0.02))),
            "loss: 2.0 in the checkpoint, 2.5 in this run",
        ),
        (
            Box::new(|| base().clip(Clip::GlobalNorm(1.0))),
            Box::new(|| base().clip(Clip::GlobalNorm(2.0))),
            "clip: GlobalNorm(1.0) in the checkpoint, GlobalNorm(2.0) in this run",
        ),
        (
            Box::new(|| base().clip(Clip::GlobalNorm(1.0))),
            Box::new(base),
            "clip: GlobalNorm(1.0) in the checkpoint, None in this run",
        ),
        (
            Box::new(|| base().schedule(CosineDecay::new())),
            Box::new(|| base().schedule(CosineDecay::new().minimum(0.1))),
            "schedule: minimum: 0.0 in the checkpoint, minimum: 0.1 in this run",
        ),
        (
            Box::new(|| base().schedule(StepDecay::new(Span::Epochs(9.0), 0.5))),
            Box::new(base),
            "schedule: StepDecay in the checkpoint, none in this run",
        ),
        (
            Box::new(|| base().schedule(LinearWarmup::new(Span::Steps(3), CosineDecay::new()))),
            Box::new(|| base().schedule(LinearWarmup::new(Span::Steps(3), OneCycle::new()))),
            "schedule: ",
        ),
        (
            Box::new(|| base().schedule(ReduceOnPlateau::new(0.5, 3))),
            Box::new(|| base().schedule(ReduceOnPlateau::new(0.5, 4))),
            "schedule: patience: 3 in the checkpoint, patience: 4 in this run",
        ),
        (
            Box::new(|| {
                base()
                    .metric(Accuracy::new())
                    .schedule(ReduceOnPlateau::new(0.5, 3))
            }),
            Box::new(|| {
                base()
                    .metric(Accuracy::new())
                    .monitor("accuracy")
                    .schedule(ReduceOnPlateau::new(0.5, 3))
            }),
            "schedule: monitor: loss in the checkpoint, monitor: accuracy in this run",
        ),
        (
            Box::new(base),
            Box::new(|| base().metric(Accuracy::new())),
            "metric `accuracy`: none in the checkpoint, measured in this run",
        ),
        (
            Box::new(|| base().metric(Hits::default()).metric(TopK::new(2))),
            Box::new(|| base().metric(Hits::default())),
            "metric `top_2_accuracy`: measured in the checkpoint, none in this run",
        ),
        (
            Box::new(|| base().metric(Accuracy::new())),
            Box::new(|| base().metric(Accuracy::new().threshold(0.5))),
            "metric `accuracy`: ",
        ),
        (
            Box::new(|| base().shuffle(false)),
            Box::new(base),
            "shuffle: false in the checkpoint, true in this run",
        ),
    ];
    for (number, (before, after, expected)) in pairs.iter().enumerate() {
        let file = folder.path().join(number.to_string());
        write(before(), &file);
        let found = differences(after().epochs(3), &file, &flowers(90, 0));
        assert!(found.starts_with(expected), "{expected}:\n{found}");
        // The same run is taken.
        let mut model = Small::with_seed(5);
        let again = before()
            .epochs(2)
            .resume(&file)
            .run(&mut model, &flowers(90, 0));
        assert_eq!(again.unwrap().len(), 2);
    }
}

#[test]
fn resume_drift_of_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let (train, test) = (flowers(90, 0), flowers(40, 7000));
    let mut model = Small::with_seed(4);
    let fit = base().epochs(1).validation(&test);
    fit.callback(Checkpoint::every(1, &file))
        .run(&mut model, &train)
        .unwrap();

    let changed = |change: &dyn Fn(&mut Array2<f32>, &mut Vec<u32>)| {
        let mut inputs: Array2<f32> = train.input(0).clone().into_dimensionality().unwrap();
        let mut classes = train.targets().0.clone();
        change(&mut inputs, &mut classes);
        Dataset::new(inputs, Classes(classes)).unwrap()
    };
    let others = [
        changed(&|inputs, _| inputs[[89, 3]] += 1e-6),
        changed(&|_, classes| classes[50] = (classes[50] + 1) % 3),
        changed(&|inputs, classes| {
            let (first, second) = (inputs.row(0).to_owned(), inputs.row(1).to_owned());
            inputs.row_mut(0).assign(&second);
            inputs.row_mut(1).assign(&first);
            classes.swap(0, 1);
        }),
    ];
    let words =
        "training examples: as many as in the checkpoint's run, but others, or in another order";
    for other in &others {
        assert_eq!(
            differences(base().epochs(3).validation(&test), &file, other),
            words
        );
    }
    let found = differences(base().epochs(3).validation(&others[0]), &file, &train);
    assert_eq!(
        found,
        "validation examples: 40 in the checkpoint, 90 in this run"
    );
    let found = differences(
        base().epochs(3).validation(&flowers(40, 7001)),
        &file,
        &train,
    );
    assert!(
        found.starts_with("validation examples: as many as"),
        "{found}"
    );
    let found = differences(base().epochs(3), &file, &train);
    assert_eq!(
        found,
        "validation examples: 40 in the checkpoint, none in this run"
    );
}

#[test]
fn resume_drift_of_the_length() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let train = flowers(90, 0);
    type Made = (&'static str, fn() -> Box<dyn Schedule>);
    let schedules: [Made; 3] = [
        ("CosineDecay", || Box::new(CosineDecay::new())),
        ("OneCycle", || Box::new(OneCycle::new())),
        ("StepDecay", || {
            Box::new(StepDecay::new(Span::WholeRun, 0.5))
        }),
    ];
    for (name, schedule) in &schedules[..2] {
        write(base().schedule(schedule()), &file);
        let found = differences(base().schedule(schedule()).epochs(9), &file, &train);
        let expected = format!(
            "epochs: 2 in the checkpoint, 9 in this run, and the learning rates of {name} follow the length of the run"
        );
        assert!(found.starts_with(&expected), "{found}");
    }
    // Where the rates so far are the same, so are the bits.
    let spanned = || Box::new(CosineDecay::new().over(Span::Steps(30))) as Box<dyn Schedule>;
    for schedule in [&spanned as &dyn Fn() -> Box<dyn Schedule>, &schedules[2].1] {
        write(base().schedule(schedule()), &file);
        let (mut resumed, mut whole) = (Small::with_seed(5), Small::with_seed(4));
        let fit = || base().schedule(schedule()).epochs(7);
        let again = fit().resume(&file).run(&mut resumed, &train).unwrap();
        let history = fit().run(&mut whole, &train).unwrap();
        assert!((bits(&resumed), figures(&again)) == (bits(&whole), figures(&history)));
    }
    // Less than is done already.
    let mut model = Small::with_seed(5);
    let error = base().epochs(1).resume(&file).run(&mut model, &train);
    let error = error.unwrap_err().to_string();
    assert!(
        error.ends_with("schedule: StepDecay in the checkpoint, none in this run"),
        "{error}"
    );
    write(base(), &file);
    let error = base().epochs(1).resume(&file).run(&mut model, &train);
    let error = error.unwrap_err().to_string();
    assert!(
        error.ends_with("it comes after epoch 2, but this run has 1 epochs"),
        "{error}"
    );
}

model! {
    /// The tensors of `Small`, and other bits.
    struct Softer(x: [4]) -> [3] {
        x -> Dense(16, bias = false) -> BatchNorm -> Relu -> Dropout(0.5) -> Dense(3) -> Softmax
    }
}

#[test]
fn resume_drift_of_the_architecture() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    write(base(), &file);
    let mut model = Softer::with_seed(4);
    let error = base()
        .epochs(3)
        .resume(&file)
        .run(&mut model, &flowers(90, 0));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("Dropout(0.25)") && error.contains("Dropout(0.5)"),
        "{error}"
    );
    assert!(!error.contains("Dense"), "only what differs: {error}");
}

model! {
    struct Pictures(x: [4, 4, 1]) -> [2] {
        x -> Flatten -> Dense(2) -> Softmax
    }
}

#[test]
fn resume_drift_of_the_augmentation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let pixels = Array4::from_shape_fn((20, 4, 4, 1), |(n, y, x, _)| (n * y + x) as f32 / 60.0);
    let data = Dataset::new(pixels, Classes((0..20).map(|n| n % 2).collect())).unwrap();
    let flipped = |probability| {
        let pipeline = Pipeline::new().with(HorizontalFlip { probability });
        data.augment(pipeline).unwrap()
    };
    fn fit<'a>() -> Run<'a> {
        base().epochs(2)
    }
    let mut model = Pictures::with_seed(0);
    let written = fit().callback(Checkpoint::every(1, &file));
    written.run(&mut model, &flipped(0.5)).unwrap();
    let mut resumed = Pictures::with_seed(0);
    fit()
        .resume(&file)
        .run(&mut resumed, &flipped(0.5))
        .unwrap();
    let error = fit()
        .resume(&file)
        .run(&mut resumed, &flipped(0.25))
        .unwrap_err();
    let words = "augmentation: probability: 0.5 in the checkpoint, probability: 0.25 in this run";
    assert!(error.to_string().ends_with(words), "{error}");
    let error = fit().resume(&file).run(&mut resumed, &data).unwrap_err();
    assert!(error.to_string().contains("augmentation: "), "{error}");
    assert!(flipped(0.5).settings().contains("HorizontalFlip"));
}

#[test]
fn what_changes_nothing_may_be_another() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let train = flowers(90, 0);
    let stopping = |patience| EarlyStopping::new("loss").patience(patience).restore_best();
    let mut model = Small::with_seed(4);
    let first = base().epochs(2).callback(stopping(3));
    first
        .callback(Checkpoint::every(1, &file))
        .threads(2)
        .run(&mut model, &train)
        .unwrap();
    let (mut resumed, mut whole) = (Small::with_seed(5), Small::with_seed(4));
    let fit = || base().epochs(6).callback(stopping(5)).threads(1);
    let again = fit().resume(&file).run(&mut resumed, &train).unwrap();
    let history = fit().run(&mut whole, &train).unwrap();
    assert!((bits(&resumed), figures(&again)) == (bits(&whole), figures(&history)));
}

/// No setting of a part is missing from what a checkpoint compares: each of these differs from all others.
#[test]
fn every_setting_is_compared() {
    use shapeflow::losses::OutputLoss;
    let mut seen: Vec<String> = Vec::new();
    let mut add = |text: String| {
        assert!(!seen.contains(&text), "{text}");
        seen.push(text);
    };
    let adam = || Adam::new(0.1);
    for optimizer in [
        adam(),
        Adam::new(0.2),
        adam().beta1(0.5),
        adam().beta2(0.5),
        adam().epsilon(0.5),
    ] {
        add(optimizer.settings());
    }
    for optimizer in [AdamW::new(0.1), AdamW::new(0.1).weight_decay(0.5)] {
        add(optimizer.settings());
    }
    for optimizer in [
        RmsProp::new(0.1),
        RmsProp::new(0.1).rho(0.5),
        RmsProp::new(0.1).momentum(0.5),
        RmsProp::new(0.1).centered(),
    ] {
        add(optimizer.settings());
    }
    for optimizer in [
        Sgd::new(0.1),
        Sgd::new(0.1).momentum(0.5),
        Sgd::new(0.1).weight_decay(0.5),
    ] {
        add(optimizer.settings());
    }
    add(Huber::new(1.0).settings());
    add(Huber::new(2.0).settings());
    add(BinaryCrossEntropy::new().settings());
    add(BinaryCrossEntropy::new().label_smoothing(0.1).settings());
    let plateau = || ReduceOnPlateau::new(0.5, 1);
    for schedule in [
        plateau(),
        ReduceOnPlateau::new(0.6, 1),
        plateau().cooldown(3),
        plateau().threshold(0.1),
        plateau().minimum(0.1),
    ] {
        add(schedule.settings());
    }
    let cycle = OneCycle::new;
    for schedule in [
        cycle(),
        cycle().over(Span::Steps(5)),
        cycle().rising(0.5),
        cycle().divisor(5.0),
        cycle().final_divisor(5.0),
    ] {
        add(schedule.settings());
    }
    add(LinearWarmup::new(Span::Steps(2), cycle()).settings());
    add(LinearWarmup::new(Span::Steps(2), cycle())
        .start(0.1)
        .settings());
    add(LinearWarmup::new(Span::Steps(2), cycle().rising(0.5)).settings());
}
