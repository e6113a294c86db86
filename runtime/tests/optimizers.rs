//! Optimizers against PyTorch's over 20 steps (`golden/optimizers.py`), their settings, and clipping.

use serde_json::Value;
use shapeflow_runtime::optimizers::{
    Adam, AdamW, Clip, GradientDescent, Optimizer, OptimizerStep, RmsProp, Sgd, TensorPart,
    squared_norm,
};

fn floats(value: &Value) -> Vec<f32> {
    let list = value.as_array().unwrap();
    list.iter()
        .map(|number| number.as_f64().unwrap() as f32)
        .collect()
}

fn optimizer(name: &str) -> Box<dyn Optimizer> {
    match name {
        "GradientDescent" => Box::new(GradientDescent::new(0.05)),
        "Sgd" => Box::new(Sgd::new(0.05).weight_decay(0.01)),
        "Sgd momentum" => Box::new(Sgd::new(0.05).momentum(0.9).weight_decay(0.01)),
        "Sgd nesterov" => Box::new(Sgd::new(0.05).momentum(0.9).nesterov().weight_decay(0.01)),
        "Adam" => Box::new(Adam::new(0.01)),
        "Adam betas" => Box::new(Adam::new(0.01).beta1(0.8).beta2(0.99).epsilon(1e-4)),
        "AdamW" => Box::new(AdamW::new(0.01).weight_decay(0.1)),
        "RmsProp" => Box::new(RmsProp::new(0.01)),
        "RmsProp momentum" => Box::new(
            RmsProp::new(0.01)
                .rho(0.95)
                .momentum(0.8)
                .weight_decay(0.01),
        ),
        "RmsProp centered" => Box::new(RmsProp::new(0.01).centered().epsilon(1e-3)),
        "RmsProp centered momentum" => {
            Box::new(RmsProp::new(0.01).centered().momentum(0.8).epsilon(1e-3))
        }
        other => panic!("{other}"),
    }
}

/// Steps with the tensor cut at `cut`.
fn run(
    optimizer: &dyn Optimizer,
    start: &[f32],
    gradients: &[Vec<f32>],
    cut: usize,
    mut seen: impl FnMut(u64, &[f32]),
) {
    optimizer.validate().unwrap();
    let mut parameters = start.to_vec();
    let mut slots = vec![vec![0.0f32; start.len()]; optimizer.slots().len()];
    for (step, gradient) in (1..).zip(gradients) {
        let settings = OptimizerStep::new(optimizer, step, optimizer.learning_rate());
        for elements in [0..cut, cut..start.len()] {
            let slots = slots.iter_mut().map(|slot| &mut slot[elements.clone()]);
            let part = TensorPart {
                name: "dense1.bias",
                shape: &[start.len()],
                elements: elements.clone(),
                values: &mut parameters[elements.clone()],
                gradient: &gradient[elements.clone()],
                slots: &mut slots.collect::<Vec<_>>(),
            };
            optimizer.update(&settings, part);
        }
        seen(step, &parameters);
    }
}

#[test]
fn twenty_steps_are_pytorchs() {
    let golden: Value = serde_json::from_str(include_str!("golden/optimizers.json")).unwrap();
    let start = floats(&golden["start"]);
    let gradients: Vec<_> = golden["gradients"]
        .as_array()
        .unwrap()
        .iter()
        .map(floats)
        .collect();
    assert_eq!(gradients.len(), 20);
    for (name, after) in golden["runs"].as_object().unwrap() {
        run(&*optimizer(name), &start, &gradients, 0, |step, found| {
            let Some(expected) = after.get(step.to_string()) else {
                return;
            };
            for (index, (&found, expected)) in found.iter().zip(floats(expected)).enumerate() {
                assert!(
                    (found - expected).abs() <= 1e-5 * expected.abs(),
                    "{name}, step {step}: parameter {index} is {found}, PyTorch's {expected}"
                );
            }
        });
    }
}

#[test]
fn the_bits_do_not_depend_on_the_cut() {
    let start: Vec<f32> = (0..101).map(|i| (i as f32 * 0.37).sin()).collect();
    let gradients: Vec<Vec<f32>> = (0..5)
        .map(|step| {
            (0..101)
                .map(|i| ((i * 7 + step) as f32 * 0.61).cos())
                .collect()
        })
        .collect();
    for name in [
        "Sgd nesterov",
        "Adam",
        "AdamW",
        "RmsProp momentum",
        "RmsProp centered",
    ] {
        let mut ends = Vec::new();
        for cut in [0, 13, 64] {
            let mut end = Vec::new();
            run(
                &*optimizer(name),
                &start,
                &gradients,
                cut,
                |_, parameters| end = parameters.to_vec(),
            );
            ends.push(end);
        }
        assert_eq!(ends[0], ends[1], "{name}");
        assert_eq!(ends[0], ends[2], "{name}");
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let cases: [(&dyn Optimizer, &str); 9] = [
        (
            &GradientDescent::new(-0.1),
            "GradientDescent: learning_rate is -0.1, expected a finite number, 0 or more",
        ),
        (
            &Sgd::new(f32::NAN),
            "Sgd: learning_rate is NaN, expected a finite number, 0 or more",
        ),
        (
            &Sgd::new(0.1).momentum(1.0),
            "Sgd: momentum is 1, expected 0 or more and below 1",
        ),
        (
            &Sgd::new(0.1).nesterov(),
            "Sgd: momentum is 0, expected above 0 with `nesterov()`",
        ),
        (
            &Adam::new(0.1).beta1(1.0),
            "Adam: beta1 is 1, expected 0 or more and below 1",
        ),
        (
            &Adam::new(0.1).epsilon(0.0),
            "Adam: epsilon is 0, expected a finite number above 0",
        ),
        (
            &AdamW::new(0.1).beta2(-0.5),
            "AdamW: beta2 is -0.5, expected 0 or more and below 1",
        ),
        (
            &AdamW::new(0.1).weight_decay(-1.0),
            "AdamW: weight_decay is -1, expected a finite number, 0 or more",
        ),
        (
            &RmsProp::new(0.1).rho(2.0),
            "RmsProp: rho is 2, expected 0 or more and below 1",
        ),
    ];
    for (optimizer, message) in cases {
        assert_eq!(optimizer.validate().unwrap_err().to_string(), message);
    }
}

#[test]
fn a_long_run_neither_overflows_nor_stalls() {
    let mut parameter = [1.0f32];
    let (mut first, mut second) = ([0.0f32], [0.0f32]);
    let part = TensorPart {
        name: "dense1.bias",
        shape: &[1],
        elements: 0..1,
        values: &mut parameter,
        gradient: &[1.0],
        slots: &mut [&mut first, &mut second],
    };
    let optimizer = Adam::new(0.1);
    optimizer.update(&OptimizerStep::new(&optimizer, u64::MAX, 0.1), part);
    assert!(parameter[0].is_finite() && parameter[0] < 1.0);
}

#[test]
fn clipping_limits_values_and_the_norm() {
    let mut gradients = [3.0, -0.5, -4.0];
    Clip::Value(1.0).apply(0.0, &mut gradients);
    assert_eq!(gradients, [1.0, -0.5, -1.0]);

    let mut gradients = [3.0f32, 0.0, -4.0];
    let norm = squared_norm(&gradients).sqrt();
    assert_eq!(norm, 5.0);
    Clip::GlobalNorm(1.0).apply(norm, &mut gradients);
    // torch.nn.utils.clip_grad_norm_([3, 0, -4], 1.0)
    for (found, expected) in gradients.iter().zip([0.599_999_9, 0.0, -0.799_999_85]) {
        assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
    }
    let mut small = [0.3f32, 0.4];
    Clip::GlobalNorm(1.0).apply(0.5, &mut small);
    assert_eq!(small, [0.3, 0.4]);

    assert!(Clip::GlobalNorm(1.0).factor(f64::NAN).is_nan());

    assert!(Clip::None.validate().is_ok());
    assert_eq!(
        Clip::GlobalNorm(0.0).validate().unwrap_err().to_string(),
        "Clip: the limit of the norm is 0, expected a finite number above 0"
    );
}
