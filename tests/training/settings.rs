//! Settings without a meaning: each is an error before the first step that names the setting, its value and its range.

use crate::networks::{Line, Small, bits, flowers, numbers};
use shapeflow::data::{Classes, Values};
use shapeflow::engine::OptimizerSlots;
use shapeflow::losses::{Huber, Loss, MeanSquaredError, SparseCategoricalCrossEntropy, Weighted};
use shapeflow::metrics::TopK;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, AdamW, Clip, GradientDescent, Optimizer, RmsProp, Sgd};
use shapeflow::schedules::{
    Constant, CosineDecay, LinearWarmup, OneCycle, ReduceOnPlateau, Schedule, Span, StepDecay,
};
use shapeflow::training::{BatchBegin, Callback, CallbackError, Fit};

const NAN: f32 = f32::NAN;
const INF: f32 = f32::INFINITY;
const BELOW: [f32; 3] = [NAN, INF, -0.5];
const RANGE: [f32; 5] = [NAN, INF, -0.5, 1.0, 1.5];
const PART: [f32; 5] = [NAN, INF, -INF, -0.5, 1.5];
const ABOVE_ZERO: [f32; 4] = [NAN, INF, -0.5, 0.0];

/// Whether a message has the name of the setting, its value and what was expected.
fn names(message: &str, setting: &str, value: impl ToString) {
    let value = value.to_string();
    assert!(
        message.contains(setting) && message.contains(&value) && message.contains("expected"),
        "{setting} = {value}: {message}"
    );
}

/// The message of a run on numbers, which must leave the model as it was.
fn refused(fit: Fit<'_, impl Loss<shapeflow::link::output::Plain, Values>, Values>) -> String {
    let mut model = Line::with_seed(0);
    let before = bits(&model);
    let result = fit.quiet().run(&mut model, &numbers(20));
    assert!(bits(&model) == before, "the model changed");
    result.expect_err("a setting without a meaning").to_string()
}

/// The same of a run on classes.
fn refused_classes(loss: SparseCategoricalCrossEntropy) -> String {
    let mut model = Small::with_seed(0);
    let before = bits(&model);
    let fit: Fit<'_, _, Classes> = Fit::new(loss, Adam::default());
    let result = fit.quiet().run(&mut model, &flowers(20, 0));
    assert!(bits(&model) == before, "the model changed");
    result.expect_err("a setting without a meaning").to_string()
}

type Row<T> = (&'static str, &'static [f32], fn(f32) -> Box<T>);

#[test]
fn every_setting_of_every_optimizer() {
    let rows: [Row<dyn Optimizer>; 23] = [
        ("learning_rate", &BELOW, |x| {
            Box::new(GradientDescent::new(x))
        }),
        ("learning_rate", &BELOW, |x| Box::new(Sgd::new(x))),
        ("momentum", &RANGE, |x| Box::new(Sgd::default().momentum(x))),
        ("momentum", &[0.0], |x| {
            Box::new(Sgd::default().momentum(x).nesterov())
        }),
        ("weight_decay", &BELOW, |x| {
            Box::new(Sgd::default().weight_decay(x))
        }),
        ("learning_rate", &BELOW, |x| Box::new(Adam::new(x))),
        ("beta1", &RANGE, |x| Box::new(Adam::default().beta1(x))),
        ("beta2", &RANGE, |x| Box::new(Adam::default().beta2(x))),
        ("epsilon", &ABOVE_ZERO, |x| {
            Box::new(Adam::default().epsilon(x))
        }),
        ("learning_rate", &BELOW, |x| Box::new(AdamW::new(x))),
        ("beta1", &RANGE, |x| Box::new(AdamW::default().beta1(x))),
        ("beta2", &RANGE, |x| Box::new(AdamW::default().beta2(x))),
        ("epsilon", &ABOVE_ZERO, |x| {
            Box::new(AdamW::default().epsilon(x))
        }),
        ("weight_decay", &BELOW, |x| {
            Box::new(AdamW::default().weight_decay(x))
        }),
        ("learning_rate", &BELOW, |x| Box::new(RmsProp::new(x))),
        ("rho", &RANGE, |x| Box::new(RmsProp::default().rho(x))),
        ("epsilon", &ABOVE_ZERO, |x| {
            Box::new(RmsProp::default().epsilon(x))
        }),
        ("momentum", &RANGE, |x| {
            Box::new(RmsProp::default().momentum(x))
        }),
        ("weight_decay", &BELOW, |x| {
            Box::new(RmsProp::default().weight_decay(x))
        }),
        ("rho", &RANGE, |x| {
            Box::new(RmsProp::default().rho(x).centered())
        }),
        ("epsilon", &ABOVE_ZERO, |x| {
            Box::new(RmsProp::default().epsilon(x).centered())
        }),
        ("momentum", &RANGE, |x| {
            Box::new(RmsProp::default().momentum(x).centered())
        }),
        ("learning_rate", &BELOW, |x| {
            Box::new(RmsProp::new(x).centered())
        }),
    ];
    for (setting, values, make) in rows {
        for &value in values {
            let optimizer = make(value);
            let error = OptimizerSlots::new(Line::PROGRAM, &*optimizer).expect_err("refused");
            let error = error.to_string();
            assert!(error.starts_with(optimizer.name()), "{error}");
            names(&error, setting, value);
        }
    }
    for value in BELOW {
        let fit = Fit::new(MeanSquaredError, AdamW::default().weight_decay(value));
        names(&refused(fit), "AdamW: weight_decay", value);
    }
}

#[test]
fn clipping() {
    for (what, make) in [
        ("the limit of the value", Clip::Value as fn(f32) -> Clip),
        ("the limit of the norm", Clip::GlobalNorm),
    ] {
        for value in ABOVE_ZERO {
            let fit = Fit::new(MeanSquaredError, Adam::default()).clip(make(value));
            names(&refused(fit), what, value);
        }
    }
}

#[test]
fn every_setting_of_every_schedule() {
    const SPANS: [Span; 5] = [
        Span::Steps(0),
        Span::Epochs(0.0),
        Span::Epochs(-1.0),
        Span::Epochs(f64::NAN),
        Span::Epochs(f64::INFINITY),
    ];
    type Spanned = fn(Span) -> Box<dyn Schedule>;
    let spans: [(&str, Spanned); 4] = [
        ("every", |span| Box::new(StepDecay::new(span, 0.5))),
        ("over", |span| Box::new(CosineDecay::new().over(span))),
        ("over", |span| Box::new(OneCycle::new().over(span))),
        ("span", |span| Box::new(LinearWarmup::new(span, Constant))),
    ];
    for (setting, make) in spans {
        for span in SPANS {
            let value = match span {
                Span::Epochs(epochs) => epochs.to_string(),
                _ => "0".into(),
            };
            let fit = Fit::new(MeanSquaredError, Adam::default()).schedule(make(span));
            names(&refused(fit), setting, value);
        }
    }
    let inside = &[NAN, INF, -0.5, 0.0, 1.0, 1.5];
    let rows: [Row<dyn Schedule>; 9] = [
        ("factor", &[NAN, INF, -0.5, 0.0, 1.5], |x| {
            Box::new(StepDecay::new(Span::Steps(1), x))
        }),
        ("minimum", &PART, |x| {
            Box::new(CosineDecay::new().minimum(x))
        }),
        ("start", &PART, |x| {
            Box::new(LinearWarmup::new(Span::Steps(2), Constant).start(x))
        }),
        ("minimum", &PART, |x| {
            Box::new(LinearWarmup::new(
                Span::Steps(2),
                CosineDecay::new().minimum(x),
            ))
        }),
        ("rising", inside, |x| Box::new(OneCycle::new().rising(x))),
        ("divisor", &[NAN, INF, 0.0, 0.5], |x| {
            Box::new(OneCycle::new().divisor(x))
        }),
        ("factor", inside, |x| Box::new(ReduceOnPlateau::new(x, 1))),
        ("threshold", &PART, |x| {
            Box::new(ReduceOnPlateau::new(0.5, 1).threshold(x))
        }),
        ("minimum", &BELOW, |x| {
            Box::new(ReduceOnPlateau::new(0.5, 1).minimum(x))
        }),
    ];
    for (setting, values, make) in rows {
        for &value in values {
            let fit = Fit::new(MeanSquaredError, Adam::default()).schedule(make(value));
            names(&refused(fit), setting, value);
        }
    }
}

#[test]
fn every_setting_of_every_loss() {
    for value in PART {
        let loss = SparseCategoricalCrossEntropy::new().label_smoothing(value);
        names(&refused_classes(loss), "label_smoothing", value);
    }
    for value in BELOW {
        let loss = SparseCategoricalCrossEntropy::new().class_weights([1.0, value, 1.0]);
        names(&refused_classes(loss), "class_weights", value);
        let fit = Fit::new(Weighted::new(value, MeanSquaredError), Adam::default());
        names(&refused(fit), "weight", value);
    }
    for value in ABOVE_ZERO {
        let fit = Fit::new(Huber::new(value), Adam::default());
        names(&refused(fit), "delta", value);
    }
}

/// Sets the learning rate of the first step.
struct Rate(f32);

impl Callback for Rate {
    fn on_batch_begin(&mut self, batch: &mut BatchBegin) -> Result<(), CallbackError> {
        batch.learning_rate = self.0;
        Ok(())
    }
}

#[test]
fn rates_of_callbacks_and_metrics() {
    for value in BELOW {
        let fit = Fit::new(MeanSquaredError, Adam::default()).callback(Rate(value));
        names(&refused(fit), "learning", value);
    }
    let mut model = Small::with_seed(0);
    for (k, expected) in [
        (0, "metrics: top_0_accuracy: k is 0, expected 1 or more"),
        (
            4,
            "metrics: top_4_accuracy needs an output of 4 classes or more, but the output's last axis is 3",
        ),
    ] {
        let fit: Fit<'_, _, Classes> =
            Fit::new(SparseCategoricalCrossEntropy::new(), Adam::default()).metric(TopK::new(k));
        let before = bits(&model);
        let error = fit.quiet().run(&mut model, &flowers(20, 0));
        assert_eq!(error.expect_err("of three classes").to_string(), expected);
        assert_eq!(bits(&model), before, "found before the first step");
    }
}

#[test]
fn the_largest_numbers_that_there_are() {
    let most = usize::MAX;
    let mut model = Line::with_seed(0);
    let history = Fit::new(MeanSquaredError, Adam::default())
        .batch_size(most)
        .seed(u64::MAX)
        .epochs(2)
        .schedule(LinearWarmup::new(Span::Steps(u64::MAX), OneCycle::new()))
        .quiet()
        .run(&mut model, &numbers(20))
        .expect("one batch of 20");
    assert_eq!(history.len(), 2);
    let plateau = ReduceOnPlateau::new(0.5, u64::MAX).cooldown(u64::MAX);
    let fit = Fit::new(MeanSquaredError, Adam::default()).schedule(plateau);
    fit.quiet().run(&mut model, &numbers(20)).expect("a run");
    for span in [Span::Steps(u64::MAX), Span::Epochs(1e300)] {
        for schedule in [
            Box::new(StepDecay::new(span, 0.5)) as Box<dyn Schedule>,
            Box::new(CosineDecay::new().over(span)),
            Box::new(OneCycle::new().over(span)),
        ] {
            let fit = Fit::new(MeanSquaredError, Adam::default()).schedule(schedule);
            fit.quiet().run(&mut model, &numbers(20)).expect("a run");
        }
    }
}
