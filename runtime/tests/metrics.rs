//! Metrics against scikit-learn's figures (`golden/metrics.py`), cases without meaning, and what is refused.

use serde_json::Value;
use shapeflow_runtime::data::TargetsView;
use shapeflow_runtime::link::{Link, OutputSpec};
use shapeflow_runtime::metrics::{
    Accuracy, Average, ConfusionMatrix, F1, MeanAbsoluteError, Metric, OnOutput, Precision, R2,
    Recall, RocAuc, RootMeanSquaredError, TopK, measure, roc_auc,
};

fn golden(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("golden/metrics.json")).unwrap();
    all[part].as_array().unwrap().clone()
}

fn floats(value: &Value) -> Vec<f32> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Feeds the metric in three batches of different sizes, after a batch that is forgotten again.
fn in_batches(
    metric: &mut dyn Metric,
    output: OutputSpec,
    predictions: &[f32],
    targets: TargetsView<'_>,
) -> f64 {
    let size = output.size();
    let examples = predictions.len() / size;
    let each = targets.len() / examples;
    metric
        .update(output, &predictions[..size], targets.slice(0..each))
        .unwrap();
    metric.reset();
    for part in [
        0..examples / 5,
        examples / 5..examples / 2,
        examples / 2..examples,
    ] {
        let batch = targets.slice(part.start * each..part.end * each);
        metric
            .update(
                output,
                &predictions[part.start * size..part.end * size],
                batch,
            )
            .unwrap();
    }
    metric.value()
}

fn assert_close(case: usize, name: &str, found: f64, expected: &Value) {
    match expected.as_f64() {
        Some(expected) => assert!(
            (found - expected).abs() < 1e-9,
            "case {case}: {name} is {found}, scikit-learn's {expected}"
        ),
        None => assert!(
            found.is_nan(),
            "case {case}: {name} is {found}, expected NaN"
        ),
    }
}

const AVERAGES: [(&str, Average); 3] = [
    ("macro", Average::Macro),
    ("micro", Average::Micro),
    ("weighted", Average::Weighted),
];

/// Everything that is made of hits and misses, in each average and per class.
fn check_figures(
    number: usize,
    case: &Value,
    output: OutputSpec,
    scores: &[f32],
    targets: TargetsView<'_>,
) {
    for (name, average) in AVERAGES {
        let figures: [(&str, Box<dyn Metric>); 3] = [
            ("precision", Box::new(Precision::averaged(average))),
            ("recall", Box::new(Recall::averaged(average))),
            ("f1", Box::new(F1::averaged(average))),
        ];
        for (figure, mut metric) in figures {
            let key = format!("{figure} {name}");
            if let Some(expected) = case.get(&key) {
                let found = in_batches(&mut metric, output, scores, targets);
                assert_close(number, &key, found, expected);
            }
        }
    }
    let (mut precision, mut recall, mut f1) = (Precision::new(), Recall::new(), F1::new());
    in_batches(&mut precision, output, scores, targets);
    in_batches(&mut recall, output, scores, targets);
    in_batches(&mut f1, output, scores, targets);
    for class in 0..output.width {
        let expected = |figure: &str| &case["per class"][figure][class];
        assert_close(
            number,
            "precision",
            precision.per_class()[class],
            expected("precision"),
        );
        assert_close(
            number,
            "recall",
            recall.per_class()[class],
            expected("recall"),
        );
        assert_close(number, "f1", f1.per_class()[class], expected("f1"));
        let alone = in_batches(&mut F1::of_class(class), output, scores, targets);
        assert_close(number, "f1 of one class", alone, expected("f1"));
    }
}

#[test]
fn figures_of_classes_are_scikit_learns() {
    for (number, case) in golden("classes").iter().enumerate() {
        let truth: Vec<u32> = serde_json::from_value(case["truth"].clone()).unwrap();
        let scores = floats(&case["scores"]);
        let width = case["width"].as_u64().unwrap() as usize;
        let one_hot: Vec<f32> = truth
            .iter()
            .flat_map(|&class| (0..width as u32).map(move |c| f32::from(u8::from(c == class))))
            .collect();
        let output = OutputSpec::new(Link::Softmax, &[width]);
        for targets in [TargetsView::Classes(&truth), TargetsView::Values(&one_hot)] {
            let metrics: [(&str, Box<dyn Metric>); 3] = [
                ("accuracy", Box::new(Accuracy::new())),
                ("top 2", Box::new(TopK::new(2))),
                ("roc_auc", Box::new(RocAuc::new())),
            ];
            for (name, mut metric) in metrics {
                let found = in_batches(&mut metric, output, &scores, targets);
                assert_close(number, name, found, &case[name]);
            }
            check_figures(number, case, output, &scores, targets);

            let mut matrix = ConfusionMatrix::new(width);
            let accuracy = in_batches(&mut matrix, output, &scores, targets);
            assert_close(
                number,
                "accuracy of the matrix",
                accuracy,
                &case["accuracy"],
            );
            let report = matrix.report();
            for t in 0..width {
                for p in 0..width {
                    let expected = &case["matrix"][t * width + p];
                    assert_eq!(
                        matrix.count(t, p),
                        expected.as_u64().unwrap(),
                        "case {number}"
                    );
                }
                let support = case["per class"]["support"][t].as_u64().unwrap();
                assert_eq!(report.hits(t).support(), support);
            }
            for (name, average) in AVERAGES {
                let expected = |figure: &str| &case[format!("{figure} {name}")];
                assert_close(
                    number,
                    name,
                    report.precision(average),
                    expected("precision"),
                );
                assert_close(number, name, report.recall(average), expected("recall"));
                assert_close(number, name, report.f1(average), expected("f1"));
            }
            if let Some(text) = case.get("report") {
                let names: Vec<String> = serde_json::from_value(case["names"].clone()).unwrap();
                let found = matrix.named(names).report().to_string();
                assert_eq!(found, text.as_str().unwrap());
            }
        }
    }
}

#[test]
fn figures_of_answers_are_scikit_learns() {
    for (number, case) in golden("answers").iter().enumerate() {
        let (truth, scores) = (floats(&case["truth"]), floats(&case["scores"]));
        let width = case["width"].as_u64().unwrap() as usize;
        let output = OutputSpec::new(Link::Sigmoid, &[width]);
        let targets = TargetsView::Values(&truth);
        let metrics: [(&str, Box<dyn Metric>); 2] = [
            ("accuracy", Box::new(Accuracy::new())),
            ("roc_auc", Box::new(RocAuc::new())),
        ];
        for (name, mut metric) in metrics {
            let found = in_batches(&mut metric, output, &scores, targets);
            assert_close(number, name, found, &case[name]);
        }
        check_figures(number, case, output, &scores, targets);
        if width == 1 {
            let classes: Vec<u32> = truth.iter().map(|&yes| yes as u32).collect();
            let found = measure(F1::new(), output, &scores, TargetsView::Classes(&classes));
            assert_close(number, "f1 with classes", found.unwrap(), &case["f1 macro"]);
            let mut matrix = ConfusionMatrix::new(2);
            matrix.update(output, &scores, targets).unwrap();
            assert_close(
                number,
                "f1 of the matrix",
                matrix.hits(1).f1(),
                &case["f1 macro"],
            );
        }
    }
}

#[test]
fn figures_of_numbers_are_scikit_learns() {
    for (number, case) in golden("numbers").iter().enumerate() {
        let (truth, predicted) = (floats(&case["truth"]), floats(&case["predicted"]));
        let width = case["width"].as_u64().unwrap() as usize;
        let output = OutputSpec::new(Link::Plain, &[width]);
        let metrics: [Box<dyn Metric>; 3] = [
            Box::new(MeanAbsoluteError::new()),
            Box::new(RootMeanSquaredError::new()),
            Box::new(R2::new()),
        ];
        for mut metric in metrics {
            let found = in_batches(&mut metric, output, &predicted, TargetsView::Values(&truth));
            assert_close(number, metric.name(), found, &case[metric.name()]);
        }
    }
}

#[test]
fn nothing_seen_is_not_a_number() {
    let metrics: [Box<dyn Metric>; 10] = [
        Box::new(Accuracy::new()),
        Box::new(TopK::new(1)),
        Box::new(Precision::new()),
        Box::new(Recall::averaged(Average::Weighted)),
        Box::new(F1::averaged(Average::Micro)),
        Box::new(RocAuc::new()),
        Box::new(ConfusionMatrix::new(3)),
        Box::new(MeanAbsoluteError::new()),
        Box::new(RootMeanSquaredError::new()),
        Box::new(R2::new()),
    ];
    for mut metric in metrics {
        assert!(metric.value().is_nan(), "{}", metric.name());
        metric.reset();
        assert!(metric.value().is_nan(), "{}", metric.name());
    }
}

#[test]
fn plain_outputs_are_logits_unless_a_threshold_says_otherwise() {
    let output = OutputSpec::new(Link::Plain, &[1]);
    let targets = TargetsView::Classes(&[1, 0]);
    let scores = [0.3, -0.3];
    assert_eq!(measure(Accuracy::new(), output, &scores, targets), Ok(1.0));
    assert_eq!(
        measure(Accuracy::new().threshold(0.5), output, &scores, targets),
        Ok(0.5)
    );
    let two = OutputSpec::new(Link::Plain, &[2]);
    let found = measure(Accuracy::new(), two, &[0.1, 0.2, 0.4, 0.3], targets);
    assert_eq!(found, Ok(1.0));
}

#[test]
fn every_position_of_an_output_of_several_axes_counts() {
    let output = OutputSpec::new(Link::Softmax, &[2, 2]);
    let scores = [0.9, 0.1, 0.2, 0.8];
    let found = measure(
        Accuracy::new(),
        output,
        &scores,
        TargetsView::Classes(&[0, 0]),
    );
    assert_eq!(found, Ok(0.5));
}

#[test]
fn equal_scores_do_not_flatter_top_k() {
    let output = OutputSpec::new(Link::Softmax, &[4]);
    let same = [0.25; 4];
    let found = [0, 1, 2, 3]
        .map(|class| measure(TopK::new(2), output, &same, TargetsView::Classes(&[class])).unwrap());
    assert_eq!(found, [1.0, 1.0, 0.0, 0.0]);
}

#[test]
fn areas_take_zero_and_minus_zero_for_equal() {
    assert_eq!(roc_auc(&[0.0, -0.0], &[false, true]), Ok(Some(0.5)));
}

#[test]
fn an_area_is_one_of_numbers_with_an_answer_each() {
    let said = |scores: &[f32], positive: &[bool]| {
        let came = roc_auc(scores, positive);
        came.unwrap_err().to_string()
    };
    assert_eq!(
        said(&[0.0], &[false, true]),
        "roc_auc expected 1 targets for 1 predicted numbers, but got 2"
    );
    // Sorted behind all numbers, it would count as a sure yes.
    assert_eq!(
        said(&[0.1, f32::NAN, 0.3], &[false, true, false]),
        "roc_auc: prediction 1 is NaN, expected a number"
    );
    let ends = [f32::NEG_INFINITY, 0.5, f32::INFINITY];
    assert_eq!(roc_auc(&ends, &[false, true, true]), Ok(Some(1.0)));
    assert_eq!(roc_auc(&[], &[]), Ok(None));
}

#[test]
fn rows_of_several_yes_no_answers_name_no_class() {
    // Two labels of three are true: after plain outputs the first would be taken for the class.
    let plain = OutputSpec::new(Link::Plain, &[3]);
    let scores = [2.0, 1.0, -3.0];
    let metrics: [Box<dyn Metric>; 5] = [
        Box::new(Accuracy::new()),
        Box::new(F1::new()),
        Box::new(RocAuc::new()),
        Box::new(TopK::new(2)),
        Box::new(ConfusionMatrix::new(3)),
    ];
    for mut metric in metrics {
        for (row, sum) in [([1.0, 1.0, 0.0], "2"), ([0.0; 3], "0")] {
            let came = metric.update(plain, &scores, TargetsView::Values(&row));
            let text = came.unwrap_err().to_string();
            let words = format!(": the class probabilities of row 0 sum to {sum}, expected 1");
            assert!(text.contains(&words), "{text}");
            assert!(metric.value().is_nan(), "{text}");
        }
        let soft = TargetsView::Values(&[0.6, 0.3, 0.1]);
        metric.update(plain, &scores, soft).unwrap();
    }
    // With a threshold each number is an answer of its own: two of three are right.
    let by_answer = Accuracy::new().threshold(1.5);
    let found = measure(
        by_answer,
        plain,
        &scores,
        TargetsView::Values(&[1.0, 1.0, 0.0]),
    );
    assert_eq!(found, Ok(2.0 / 3.0));
}

#[test]
fn a_metric_that_was_lent_can_be_read_afterwards() {
    let mut matrix = ConfusionMatrix::new(2);
    let output = OutputSpec::new(Link::Softmax, &[2]);
    let mut boxed: Box<dyn Metric + '_> = Box::new(&mut matrix);
    let updated = boxed.update(output, &[0.9, 0.1], TargetsView::Classes(&[1]));
    assert_eq!((updated, boxed.value()), (Ok(()), 0.0));
    drop(boxed);
    assert_eq!(matrix.count(1, 0), 1);
}

#[test]
fn a_metric_on_another_output_keeps_its_figure() {
    let output = OutputSpec::new(Link::Plain, &[1]);
    let mut metric = OnOutput::new(2, MeanAbsoluteError::new());
    metric
        .update(output, &[3.0], TargetsView::Values(&[1.0]))
        .unwrap();
    assert_eq!(
        (metric.output(), metric.value(), metric.higher_is_better()),
        (2, 2.0, false)
    );
}

type Refused<'a> = (
    Box<dyn Metric>,
    OutputSpec,
    &'a [f32],
    TargetsView<'a>,
    &'static str,
);

#[test]
fn what_does_not_fit_is_refused_and_not_counted() {
    let softmax = OutputSpec::new(Link::Softmax, &[3]);
    let sigmoid = OutputSpec::new(Link::Sigmoid, &[2]);
    let plain = OutputSpec::new(Link::Plain, &[1]);
    let row = [0.2, 0.3, 0.5];
    let values = TargetsView::Values;
    let classes = TargetsView::Classes;
    let cases: Vec<Refused<'_>> = vec![
        (
            Box::new(Accuracy::new()),
            softmax,
            &row,
            classes(&[3]),
            "accuracy: the class of row 0 is 3, but there are 3 classes (0 to 2)",
        ),
        (
            Box::new(F1::new()),
            softmax,
            &row,
            classes(&[1, 2]),
            "f1 expected 1 targets for 3 predicted numbers, but got 2",
        ),
        (
            Box::new(F1::of_class(3)),
            softmax,
            &row,
            classes(&[1]),
            "f1_class_3 needs 4 classes or more, but the output's last axis is 3",
        ),
        (
            Box::new(Accuracy::new()),
            softmax,
            &[f32::NAN, 0.0, 0.0],
            classes(&[1]),
            "accuracy: prediction 0 is NaN, expected a finite number",
        ),
        (
            Box::new(Recall::new()),
            sigmoid,
            &[0.5, 0.5],
            classes(&[1, 0]),
            "recall takes a yes (1) or no (0) for each number of the output (`Values`) as targets, but got class numbers (`Classes`)",
        ),
        (
            Box::new(Recall::new()),
            sigmoid,
            &[0.5, 0.5],
            values(&[1.0, 7.0]),
            "recall: target 0 is 7, expected 0 to 1",
        ),
        (
            Box::new(R2::new()),
            plain,
            &[0.5],
            classes(&[1]),
            "r2 takes values (`Values`) as targets, but got class numbers (`Classes`)",
        ),
        (
            Box::new(MeanAbsoluteError::new()),
            plain,
            &[0.5],
            values(&[f32::INFINITY]),
            "mean_absolute_error: target 0 is inf, expected a finite number",
        ),
        (
            Box::new(TopK::new(5)),
            softmax,
            &row,
            classes(&[1]),
            "top_5_accuracy needs an output of 5 classes or more, but the output's last axis is 3",
        ),
        (
            Box::new(ConfusionMatrix::new(4)),
            softmax,
            &row,
            classes(&[1]),
            "confusion_matrix needs an output of 4 classes, but the output's last axis is 3",
        ),
        (
            Box::new(Accuracy::new()),
            softmax,
            &row[..2],
            classes(&[]),
            "accuracy needs whole rows, not 2 predicted numbers, but the output's last axis is 3",
        ),
    ];
    for (mut metric, output, predictions, targets, message) in cases {
        let error = metric.update(output, predictions, targets).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(metric.value().is_nan(), "{message}");
    }
}
