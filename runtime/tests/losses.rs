//! Losses against PyTorch's values and gradients (`golden/losses.py`), and what they refuse.

use serde_json::Value;
use shapeflow_runtime::data::TargetsView;
use shapeflow_runtime::link::{Link, OutputSpec};
use shapeflow_runtime::losses::{
    BinaryCrossEntropy, CategoricalCrossEntropy, Huber, LossError, MeanAbsoluteError,
    MeanSquaredError, OutputLoss, SparseCategoricalCrossEntropy, Weighted,
};

fn floats(value: &Value) -> Vec<f32> {
    value.as_array().map_or(Vec::new(), |list| {
        list.iter()
            .map(|number| number.as_f64().unwrap() as f32)
            .collect()
    })
}

fn link(case: &Value) -> Link {
    match case["link"].as_str().unwrap() {
        "Plain" => Link::Plain,
        "Sigmoid" => Link::Sigmoid,
        "Softmax" => Link::Softmax,
        "LogSoftmax" => Link::LogSoftmax,
        other => panic!("{other}"),
    }
}

fn loss(case: &Value) -> Box<dyn OutputLoss> {
    let settings = &case["settings"];
    let smoothing = settings["label_smoothing"].as_f64().unwrap_or(0.0) as f32;
    let weights = floats(&settings["class_weights"]);
    match case["loss"].as_str().unwrap() {
        "MeanSquaredError" => Box::new(MeanSquaredError),
        "MeanAbsoluteError" => Box::new(MeanAbsoluteError),
        "Huber" => Box::new(Huber::new(settings["delta"].as_f64().unwrap() as f32)),
        "BinaryCrossEntropy" => Box::new(
            BinaryCrossEntropy::new()
                .label_smoothing(smoothing)
                .positive_weights(floats(&settings["positive_weights"])),
        ),
        "SparseCategoricalCrossEntropy" => Box::new(
            SparseCategoricalCrossEntropy::new()
                .label_smoothing(smoothing)
                .class_weights(weights),
        ),
        "CategoricalCrossEntropy" => Box::new(
            CategoricalCrossEntropy::new()
                .label_smoothing(smoothing)
                .class_weights(weights),
        ),
        other => panic!("{other}"),
    }
}

#[test]
fn values_and_gradients_are_pytorchs() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("golden/losses.json")).unwrap();
    assert!(cases.len() > 50);
    for case in &cases {
        let context = format!("{} {} {}", case["loss"], case["link"], case["settings"]);
        let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
        let (examples, output) = (shape[0], OutputSpec::new(link(case), &shape[1..]));
        let (outputs, expected) = (floats(&case["outputs"]), floats(&case["gradients"]));
        let values = floats(&case["targets"]);
        let classes: Vec<u32> = values.iter().map(|&class| class as u32).collect();
        let targets = if case["loss"] == "SparseCategoricalCrossEntropy" {
            TargetsView::Classes(&classes)
        } else {
            TargetsView::Values(&values)
        };
        let loss = loss(case);
        loss.check(output, targets, examples).expect(&context);
        let total = loss.total_weight(output, targets, examples);
        let scale = (1.0 / total) as f32;
        let mut gradients = vec![f32::NAN; outputs.len()];
        let sum = loss.forward_backward(output, &outputs, targets, scale, Some(&mut gradients));
        let value = case["value"].as_f64().unwrap();
        assert!(
            (sum / total - value).abs() <= 1e-6 * value.abs().max(1.0),
            "{context}: {} for {value}",
            sum / total
        );
        for (index, (&found, &expected)) in gradients.iter().zip(&expected).enumerate() {
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs() + 1e-7,
                "{context}: gradient {index} is {found}, PyTorch's {expected}"
            );
        }

        let alone = loss.forward_backward(output, &outputs, targets, scale, None);
        assert!(
            (alone - sum).abs() <= 1e-12 * sum.abs(),
            "{context}: the value depends on the gradients"
        );
        let half = examples / 2;
        let parts: f64 = [0..half, half..examples]
            .into_iter()
            .map(|part| {
                let each = targets.len() / examples;
                let size = output.size();
                loss.forward_backward(
                    output,
                    &outputs[part.start * size..part.end * size],
                    targets.slice(part.start * each..part.end * each),
                    scale,
                    None,
                )
            })
            .sum();
        assert!(
            (parts - sum).abs() <= 1e-12 * sum.abs(),
            "{context}: the value depends on the chunks"
        );
    }
}

#[test]
fn huge_logits_neither_overflow_nor_vanish() {
    let softmax = OutputSpec::new(Link::Softmax, &[3]);
    let outputs = [1000.0, -1000.0, 0.0];
    let mut gradients = [0.0; 3];
    let loss = SparseCategoricalCrossEntropy::new();
    let value = loss.forward_backward(
        softmax,
        &outputs,
        TargetsView::Classes(&[1]),
        1.0,
        Some(&mut gradients),
    );
    assert_eq!(value, 2000.0);
    assert_eq!(gradients, [1.0, -1.0, 0.0]);

    let sigmoid = OutputSpec::new(Link::Sigmoid, &[2]);
    let targets = TargetsView::Values(&[0.0, 1.0]);
    let mut gradients = [0.0; 2];
    let loss = BinaryCrossEntropy::new();
    let value = loss.forward_backward(
        sigmoid,
        &[500.0, -500.0],
        targets,
        1.0,
        Some(&mut gradients),
    );
    assert_eq!(value, 500.0);
    assert_eq!(gradients, [0.5, -0.5]);
}

#[test]
fn binary_classes_count_as_no_and_yes() {
    let loss = BinaryCrossEntropy::new()
        .positive_weight(2.0)
        .label_smoothing(0.1);
    let output = OutputSpec::new(Link::Sigmoid, &[1]);
    let outputs = [0.5, -1.5, 3.0];
    let classes = TargetsView::Classes(&[1, 0, 0]);
    loss.check(output, classes, 3).unwrap();
    let (mut by_class, mut by_value) = ([0.0; 3], [0.0; 3]);
    let values = TargetsView::Values(&[1.0, 0.0, 0.0]);
    assert_eq!(
        loss.forward_backward(output, &outputs, classes, 1.0, Some(&mut by_class)),
        loss.forward_backward(output, &outputs, values, 1.0, Some(&mut by_value))
    );
    assert_eq!(by_class, by_value);
    assert_eq!(
        refusal(&loss, Link::Sigmoid, &[1], TargetsView::Classes(&[2]), 1),
        "BinaryCrossEntropy: the class of example 0 is 2, but the output has 2 classes (0 to 1)"
    );
    assert_eq!(
        refusal(&loss, Link::Sigmoid, &[3], TargetsView::Classes(&[2]), 1),
        "BinaryCrossEntropy takes a yes (1) or no (0) for each element of the output (`Values`) as targets, but got class numbers (`Classes`)"
    );
}

#[test]
fn a_weighted_loss_scales_value_and_gradient() {
    let output = OutputSpec::new(Link::Plain, &[1]);
    let targets = TargetsView::Values(&[0.0]);
    let mut gradients = [0.0];
    let loss = Weighted::new(0.25, MeanSquaredError);
    let value = loss.forward_backward(output, &[2.0], targets, 1.0, Some(&mut gradients));
    assert_eq!((value, gradients), (1.0, [1.0]));
}

#[test]
fn a_batch_of_classes_without_weight_has_no_loss() {
    let output = OutputSpec::new(Link::Softmax, &[2]);
    let loss = SparseCategoricalCrossEntropy::new().class_weights([1.0, 0.0]);
    let targets = TargetsView::Classes(&[1, 1]);
    assert_eq!(loss.total_weight(output, targets, 2), 1.0);
    assert_eq!(
        loss.forward_backward(output, &[1.0, 2.0, 3.0, 4.0], targets, 1.0, None),
        0.0
    );
}

fn refusal(
    loss: &dyn OutputLoss,
    link: Link,
    shape: &[usize],
    targets: TargetsView<'_>,
    examples: usize,
) -> String {
    loss.check(OutputSpec::new(link, shape), targets, examples)
        .unwrap_err()
        .to_string()
}

#[test]
fn a_class_out_of_range_is_named_with_its_example() {
    let loss = SparseCategoricalCrossEntropy::new();
    let targets = TargetsView::Classes(&[0, 9, 10]);
    assert_eq!(
        refusal(&loss, Link::Softmax, &[10], targets, 3),
        "SparseCategoricalCrossEntropy: the class of example 2 is 10, but the output has 10 classes (0 to 9)"
    );
    let maps = TargetsView::Classes(&[0, 0, 0, 0, 0, 3]);
    let error = loss.check(OutputSpec::new(Link::Softmax, &[2, 3]), maps, 3);
    assert!(
        matches!(error, Err(LossError::Class { example: 2, .. })),
        "{error:?}"
    );
}

#[test]
fn a_target_that_is_no_number_is_named_with_its_place() {
    let targets = TargetsView::Values(&[0.0, 1.0, 2.0, f32::NAN]);
    assert_eq!(
        refusal(&MeanSquaredError, Link::Plain, &[2], targets, 2),
        "MeanSquaredError: target 1 of example 1 is NaN, expected a finite number"
    );
    let loss = BinaryCrossEntropy::new();
    assert_eq!(
        refusal(
            &loss,
            Link::Sigmoid,
            &[1],
            TargetsView::Values(&[0.0, 2.0]),
            2
        ),
        "BinaryCrossEntropy: target 0 of example 1 is 2, expected 0 to 1"
    );
    let loss = CategoricalCrossEntropy::new();
    let targets = TargetsView::Values(&[1.0, 0.0, 1.0, 1.0]);
    assert_eq!(
        refusal(&loss, Link::Softmax, &[2], targets, 2),
        "CategoricalCrossEntropy: the class probabilities of example 1 sum to 2, expected 1 (one-hot or soft classes)"
    );
}

#[test]
fn wrong_kind_and_length_of_targets_are_refused() {
    let sparse = SparseCategoricalCrossEntropy::new();
    assert_eq!(
        refusal(&sparse, Link::Softmax, &[3], TargetsView::Classes(&[0]), 2),
        "SparseCategoricalCrossEntropy expected 2 targets (2 examples with 1 each), but got 1"
    );
    assert_eq!(
        refusal(&sparse, Link::Softmax, &[3], TargetsView::Values(&[0.0]), 1),
        "SparseCategoricalCrossEntropy takes class numbers (`Classes`) as targets, but got values (`Values`)"
    );
    assert_eq!(
        refusal(
            &MeanSquaredError,
            Link::Softmax,
            &[1],
            TargetsView::Values(&[0.0]),
            1
        ),
        "MeanSquaredError doesn't fit an output with link Softmax: it fits plain and `Sigmoid` outputs"
    );
}

#[test]
fn settings_out_of_range_are_refused() {
    let one = TargetsView::Classes(&[0]);
    let loss = SparseCategoricalCrossEntropy::new().label_smoothing(1.5);
    assert_eq!(
        refusal(&loss, Link::Softmax, &[3], one, 1),
        "SparseCategoricalCrossEntropy: label_smoothing is 1.5, expected 0 to 1"
    );
    let loss = SparseCategoricalCrossEntropy::new().class_weights([1.0, 2.0]);
    assert_eq!(
        refusal(&loss, Link::Softmax, &[3], one, 1),
        "SparseCategoricalCrossEntropy: class_weights is a list of 2, expected 3, one for each element of the output's last axis"
    );
    let value = TargetsView::Values(&[0.0]);
    assert_eq!(
        refusal(&Huber::new(0.0), Link::Plain, &[1], value, 1),
        "Huber: delta is 0, expected above 0"
    );
    assert_eq!(
        refusal(
            &Weighted::new(-1.0, MeanSquaredError),
            Link::Plain,
            &[1],
            value,
            1
        ),
        "Weighted: weight is -1, expected 0 or more"
    );
    let single = refusal(
        &SparseCategoricalCrossEntropy::new(),
        Link::Softmax,
        &[1],
        one,
        1,
    );
    assert!(single.contains("`BinaryCrossEntropy`"), "{single}");
}

#[test]
fn the_fitting_pairs_compile_and_tuples_list_their_parts() {
    use shapeflow_runtime::data::{ClassMaps, Classes, Values};
    use shapeflow_runtime::link::output::{LogSoftmax, Plain, Sigmoid, Softmax};
    use shapeflow_runtime::losses::Loss;

    fn names<Kind, Targets>(loss: impl Loss<Kind, Targets>) -> Vec<&'static str> {
        loss.parts().iter().map(|part| part.name()).collect()
    }
    names::<Softmax, Classes>(SparseCategoricalCrossEntropy::new());
    names::<LogSoftmax, ClassMaps>(SparseCategoricalCrossEntropy::new());
    names::<Plain, Values>(CategoricalCrossEntropy::new());
    names::<Plain, Values>(BinaryCrossEntropy::new());
    names::<Sigmoid, Values>(Weighted::new(2.0, Huber::default()));
    let losses = (
        SparseCategoricalCrossEntropy::new(),
        Weighted::new(0.3, MeanSquaredError),
        BinaryCrossEntropy::new(),
    );
    assert_eq!(
        names::<(Softmax, Plain, Sigmoid), (Classes, Values, Values)>(losses),
        [
            "SparseCategoricalCrossEntropy",
            "MeanSquaredError",
            "BinaryCrossEntropy"
        ]
    );
}

#[test]
fn wide_rows_are_exact_too() {
    let width = 1003;
    let outputs: Vec<f32> = (0..width).map(|i| (i as f32 * 0.7).sin() * 20.0).collect();
    let sum: f64 = outputs.iter().map(|&x| f64::from(x).exp()).sum();
    let expected = sum.ln() - f64::from(outputs[500]);
    let output = OutputSpec::new(Link::Softmax, &[width]);
    let mut gradients = vec![0.0; width];
    let value = SparseCategoricalCrossEntropy::new().forward_backward(
        output,
        &outputs,
        TargetsView::Classes(&[500]),
        1.0,
        Some(&mut gradients),
    );
    assert!((value - expected).abs() < 1e-6, "{value} for {expected}");
    for (index, (&found, &x)) in gradients.iter().zip(&outputs).enumerate() {
        let right = if index == 500 { 1.0 } else { 0.0 };
        let expected = f64::from(x).exp() / sum - right;
        assert!(
            (f64::from(found) - expected).abs() < 1e-7 + 1e-6 * expected.abs(),
            "gradient {index} is {found} for {expected}"
        );
    }
}

#[test]
fn a_nan_in_the_outputs_shows_in_the_loss() {
    let outputs = [1.0, f32::NAN, 0.0];
    let output = OutputSpec::new(Link::Softmax, &[3]);
    let sparse = SparseCategoricalCrossEntropy::new();
    let targets = TargetsView::Classes(&[0]);
    let value = sparse.forward_backward(output, &outputs, targets, 1.0, None);
    assert!(value.is_nan());
    let output = OutputSpec::new(Link::Plain, &[3]);
    let targets = TargetsView::Values(&[0.0, 0.0, 0.0]);
    for loss in [
        &MeanSquaredError as &dyn OutputLoss,
        &Huber::default(),
        &BinaryCrossEntropy::new(),
    ] {
        let value = loss.forward_backward(output, &outputs, targets, 1.0, None);
        assert!(value.is_nan(), "{}", loss.name());
    }
}
