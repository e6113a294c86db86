//! Updates that overflow or panic: the model, what the optimizer remembers and the count of steps are as before.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, Culprit, EngineError, Network, OptimizerSlots, TrainWorkspace};
use shapeflow::losses::{MeanAbsoluteError, MeanSquaredError, OutputLoss};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{
    Adam, AdamW, Clip, GradientDescent, Optimizer, OptimizerError, OptimizerStep, RmsProp, Sgd,
    TensorPart,
};

use shapeflow_tests::models::{SmallResNet, Training, labels, numbers};

model! {
    /// A matrix larger than a task, and small tensors.
    pub struct Wide(x: [60]) -> [1] { x -> Dense(100) -> Relu -> LayerNorm -> Dense(1) }
}
model! {
    /// One weight, one bias.
    pub struct Line(x: [1]) -> [1] { x -> Dense(1) }
}
model! {
    /// A norm whose variance may overflow.
    pub struct Normed(x: [1]) -> [1] { x -> BatchNorm -> Dense(1) }
}

/// A model with what a step needs.
struct Run<M> {
    model: M,
    workspace: TrainWorkspace,
    slots: OptimizerSlots,
}

impl<M: Model> Run<M> {
    fn new(optimizer: &dyn Optimizer) -> Self {
        Self {
            model: M::with_seed(3),
            workspace: TrainWorkspace::new(M::PROGRAM, 8),
            slots: OptimizerSlots::new(M::PROGRAM, optimizer).expect("good settings"),
        }
    }

    fn step(
        &mut self,
        optimizer: &dyn Optimizer,
        rate: f32,
        loss: &dyn OutputLoss,
        (inputs, targets): (&[f32], &[f32]),
    ) -> Result<f64, EngineError> {
        let batch = Batch {
            inputs: &[inputs],
            targets: &[TargetsView::Values(targets)],
            examples: targets.len(),
        };
        let (workspace, slots) = (&mut self.workspace, &mut self.slots);
        let model = &mut self.model;
        let clip = Clip::None;
        let report = workspace.step(model, &batch, &[loss], optimizer, slots, rate, clip, 0);
        Ok(report?.loss)
    }

    /// A step of `Wide` on eight examples.
    fn usual(&mut self, optimizer: &dyn Optimizer, rate: f32) -> Result<f64, EngineError> {
        let inputs = numbers(8 * M::PROGRAM.inputs[0].size(), 5);
        self.step(optimizer, rate, &MeanSquaredError, (&inputs, &[100.0; 8]))
    }

    /// All that a step changes.
    fn bits(&self) -> Vec<u32> {
        let store = self.model.store();
        let slots = self.slots.vectors().flatten();
        let all = store.parameters().iter().chain(store.state()).chain(slots);
        let steps = [self.slots.steps() as u32];
        all.map(|x| x.to_bits()).chain(steps).collect()
    }
}

fn update_culprit(error: EngineError) -> (String, &'static str, Option<&'static str>) {
    let text = error.to_string();
    let EngineError::NotFinite {
        loss,
        culprit: Culprit::Update { tensor, slot, .. },
        ..
    } = error
    else {
        panic!("{text}")
    };
    assert!(loss.is_finite());
    (text, tensor, slot)
}

#[test]
fn an_update_that_overflows_changes_nothing_and_training_goes_on() {
    let optimizers: [&dyn Optimizer; 8] = [
        &GradientDescent::new(1e-3),
        &Sgd::new(1e-3),
        &Sgd::new(1e-3).momentum(0.9),
        &Sgd::new(1e-3).momentum(0.9).nesterov().weight_decay(0.1),
        &Adam::new(1e-3),
        &AdamW::new(1e-3),
        &RmsProp::new(1e-3),
        &RmsProp::new(1e-3).centered().momentum(0.9),
    ];
    for optimizer in optimizers {
        let (mut run, mut fresh) = (Run::<Wide>::new(optimizer), Run::<Wide>::new(optimizer));
        for step in 0..3 {
            let before = run.bits();
            let error = run.usual(optimizer, f32::MAX).expect_err("it overflows");
            let (text, tensor, slot) = update_culprit(error);
            let who = optimizer.name();
            let expected = format!(
                "step {}: all gradients are finite, but {who} would",
                step + 1
            );
            assert!(text.contains(&expected), "{text}");
            assert!(Wide::tensors().iter().any(|info| info.name == tensor));
            assert_eq!(slot, None, "{text}");
            assert!(run.bits() == before, "{who} changed something");
            let [found, expected] =
                [&mut run, &mut fresh].map(|run| run.usual(optimizer, 1e-3).expect("a step"));
            assert_eq!(found, expected, "{who}");
        }
        assert!(run.bits() == fresh.bits());
    }
}

#[test]
fn what_an_optimizer_remembers_is_named_where_it_overflows() {
    // The gradient of the weight is 1e20, and its square no `f32`.
    for (optimizer, rate, name) in [
        (&Adam::new(0.1) as &dyn Optimizer, 0.1, "second_moment"),
        (&RmsProp::new(0.1), 0.1, "mean_square"),
    ] {
        let mut run = Run::<Line>::new(optimizer);
        run.model.dense1_weight_mut().fill(0.0);
        let before = run.bits();
        let error = run.step(optimizer, rate, &MeanAbsoluteError, (&[1e20], &[1e30]));
        let (text, tensor, slot) = update_culprit(error.expect_err("it overflows"));
        assert_eq!((tensor, slot), ("dense1.weight", Some(name)), "{text}");
        assert!(
            text.contains(&format!("the {name} of `dense1.weight`")),
            "{text}"
        );
        assert!(run.bits() == before);
    }
}

#[test]
fn numbers_close_to_the_largest_are_no_error() {
    let optimizer = GradientDescent::new(1.0);
    let mut run = Run::<Line>::new(&optimizer);
    run.model.dense1_weight_mut().fill(3e38);
    run.model.dense1_bias_mut().fill(0.0);
    for number in 1..=3 {
        // |3e38 · 1e-3 - bias| has the gradients 1e-3 and 1.
        run.step(&optimizer, 1e35, &MeanAbsoluteError, (&[1e-3], &[0.0]))
            .expect("finite");
        let weight = f64::from(run.model.dense1_weight()[[0, 0]]);
        assert!(
            (weight - (3e38 - 1e32 * f64::from(number))).abs() < 5e31,
            "{weight} after step {number}"
        );
    }
    let error = run.step(&optimizer, 3e38, &MeanAbsoluteError, (&[0.5], &[3e38]));
    assert_eq!(
        update_culprit(error.expect_err("it overflows")).1,
        "dense1.weight"
    );
}

#[test]
fn second_moments_below_zero_that_somebody_put_in_are_found() {
    let optimizer = Adam::new(0.1);
    let mut run = Run::<Line>::new(&optimizer);
    let vectors = run.slots.vectors_mut();
    vectors.for_each(|vector| vector.fill(-1.0));
    let before = run.bits();
    let error = run.step(&optimizer, 0.1, &MeanSquaredError, (&[1.0], &[5.0]));
    assert_eq!(update_culprit(error.expect_err("no root")).2, None);
    assert!(run.bits() == before);
}

#[test]
fn a_variance_that_overflows_stops_the_step() {
    let optimizer = Sgd::new(0.1);
    let mut run = Run::<Normed>::new(&optimizer);
    let before = run.bits();
    // The variance would be 1e40.
    let huge: (&[f32], &[f32]) = (&[1e20, -1e20], &[1.0, 2.0]);
    let error = run.step(&optimizer, 0.1, &MeanSquaredError, huge);
    let EngineError::NotFinite {
        culprit: Culprit::Layer { name, .. },
        step: 1,
        ..
    } = error.expect_err("it overflows")
    else {
        panic!("another culprit")
    };
    assert_eq!(name, "batch_norm1");
    assert!(run.bits() == before);
    let usual: (&[f32], &[f32]) = (&[1.0, -1.0], &[1.0, 2.0]);
    run.step(&optimizer, 0.1, &MeanSquaredError, usual)
        .expect("it goes on");
}

#[test]
fn a_running_variance_that_somebody_made_infinite_stops_the_step() {
    let optimizer = Sgd::new(0.1);
    let mut run = Run::<Normed>::new(&optimizer);
    let info = Normed::tensors()
        .iter()
        .find(|info| info.name == "batch_norm1.running_variance")
        .expect("a norm has one");
    run.model.store_mut().tensor_mut(info).fill(f32::INFINITY);
    let before = run.bits();
    let usual: (&[f32], &[f32]) = (&[1.0, -1.0], &[1.0, 2.0]);
    let error = run.step(&optimizer, 0.1, &MeanSquaredError, usual);
    let EngineError::NotFinite {
        loss,
        culprit: Culprit::State("batch_norm1.running_variance"),
        step: 1,
    } = error.expect_err("it would stay infinite")
    else {
        panic!("another culprit")
    };
    assert!(loss.is_finite());
    assert!(run.bits() == before);
}

/// An optimizer of the user's: `p ← p - rate · g` with something else before.
struct Own<F> {
    slots: &'static [&'static str],
    act: F,
}

impl<F: Fn(&mut TensorPart<'_>) + Send + Sync> Optimizer for Own<F> {
    fn name(&self) -> &'static str {
        "Own"
    }
    fn learning_rate(&self) -> f32 {
        1e-3
    }
    fn slots(&self) -> &'static [&'static str] {
        self.slots
    }
    fn validate(&self) -> Result<(), OptimizerError> {
        Ok(())
    }
    fn update(&self, step: &OptimizerStep, mut part: TensorPart<'_>) {
        for slot in part.slots.iter_mut() {
            slot.fill(step.number as f32);
        }
        for (value, gradient) in part.values.iter_mut().zip(part.gradient) {
            *value -= step.learning_rate * gradient;
        }
        (self.act)(&mut part);
    }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    pool.build().expect("threads")
}

/// A step of `SmallResNet`, which has state, on 16 examples.
fn residual_step(
    run: &mut Training<SmallResNet>,
    optimizer: &dyn Optimizer,
) -> Result<f64, EngineError> {
    let loss = shapeflow::losses::SparseCategoricalCrossEntropy::new();
    let batch = Batch {
        inputs: &[&run.inputs],
        targets: &[TargetsView::Classes(&run.labels)],
        examples: 16,
    };
    let report = run.workspace.step(
        &mut run.model,
        &batch,
        &[&loss],
        optimizer,
        &mut run.slots,
        1e-3,
        Clip::GlobalNorm(1.0),
        5,
    );
    Ok(report?.loss)
}

fn residual(optimizer: &dyn Optimizer) -> Training<SmallResNet> {
    let mut run = Training::<SmallResNet>::new(16);
    run.slots = OptimizerSlots::new(SmallResNet::PROGRAM, optimizer).expect("few slots");
    run
}

#[test]
fn an_optimizer_that_panics_leaves_the_model_as_it_was_and_the_workspace_ready() {
    for threads in [1, 4] {
        pool(threads).install(|| {
            let calls = AtomicUsize::new(usize::MAX);
            let own = Own {
                slots: &["memory"],
                act: |_: &mut TensorPart<'_>| {
                    if calls.fetch_sub(1, Ordering::SeqCst) == 1 {
                        panic!("of the user's")
                    }
                },
            };
            let (mut run, mut fresh) = (residual(&own), residual(&own));
            for step in 1..=3 {
                let before = run.bits();
                for call in [1, 5, 20] {
                    calls.store(call, Ordering::SeqCst);
                    let caught = AssertUnwindSafe(|| residual_step(&mut run, &own));
                    assert!(catch_unwind(caught).is_err(), "panic in call {call}");
                    assert!(run.bits() == before, "something moved");
                    assert_eq!(run.slots.steps(), step - 1);
                }
                calls.store(usize::MAX, Ordering::SeqCst);
                let [found, expected] =
                    [&mut run, &mut fresh].map(|run| residual_step(run, &own).expect("it goes on"));
                assert_eq!(found, expected);
            }
            assert!(run.bits() == fresh.bits());
        });
    }
}

#[test]
fn an_optimizer_of_the_users_that_gives_nan_is_an_error_of_the_same_step() {
    let own = |in_slot: bool| Own {
        slots: &["first", "second"],
        act: move |part: &mut TensorPart<'_>| {
            if part.name == "dense1.bias" {
                let target = if in_slot {
                    &mut part.slots[1]
                } else {
                    &mut part.values
                };
                target[3] = f32::NAN;
            }
        },
    };
    for (in_slot, expected) in [(false, None), (true, Some("second"))] {
        let own = own(in_slot);
        let mut run = residual(&own);
        let before = run.bits();
        let error = residual_step(&mut run, &own).expect_err("NaN");
        let (_, tensor, slot) = update_culprit(error);
        assert_eq!((tensor, slot), ("dense1.bias", expected));
        assert!(run.bits() == before && run.slots.steps() == 0);
    }
}

#[test]
fn an_optimizer_may_run_in_parallel_and_gives_the_same_bits_on_any_number_of_threads() {
    let own = Own {
        slots: &["a", "b", "c", "d", "e", "f", "g", "h"],
        act: |part: &mut TensorPart<'_>| {
            part.values.par_chunks_mut(7).for_each(|values| {
                // Long enough for other threads to look for work.
                std::thread::yield_now();
                values.iter_mut().for_each(|x| *x = x.mul_add(0.999, 1e-4));
            });
        },
    };
    let train = |threads: usize| {
        pool(threads).install(|| {
            let mut run = residual(&own);
            let losses: Vec<u64> = (0..3)
                .map(|_| residual_step(&mut run, &own).expect("a step").to_bits())
                .collect();
            (losses, run.bits())
        })
    };
    let one = train(1);
    for threads in 2..=8 {
        assert!(train(threads) == one, "{threads} threads");
    }
}

#[test]
fn more_slots_than_there_is_room_for_are_an_error_before_training() {
    let own = Own {
        slots: &["a", "b", "c", "d", "e", "f", "g", "h", "i"],
        act: |_: &mut TensorPart<'_>| {},
    };
    let error = OptimizerSlots::new(Wide::PROGRAM, &own).expect_err("nine");
    assert_eq!(
        error.to_string(),
        "Own keeps 9 vectors, at most 8 are possible; put several into one, or keep fewer"
    );
}

#[test]
fn the_last_number_of_a_step_stays() {
    let optimizer = Adam::new(1e-3);
    let mut run = Run::<Wide>::new(&optimizer);
    run.slots.set_steps(u64::MAX - 1);
    for _ in 0..3 {
        run.usual(&optimizer, 1e-3).expect("a step");
        assert_eq!(run.slots.steps(), u64::MAX);
    }
}

#[test]
fn an_update_alone_that_overflows_leaves_the_state_of_the_pass_before() {
    let optimizer = GradientDescent::new(1.0);
    let mut run = residual(&optimizer);
    let targets = labels(16, 5);
    let batch = Batch {
        inputs: &[&run.inputs],
        targets: &[TargetsView::Classes(&targets)],
        examples: 16,
    };
    let loss = shapeflow::losses::SparseCategoricalCrossEntropy::new();
    let (workspace, model) = (&mut run.workspace, &mut run.model);
    workspace
        .backward_and_gather(model, &batch, &[&loss], 0, 1)
        .expect("finite");
    workspace
        .gradients_mut()
        .iter_mut()
        .for_each(|g| *g *= 1e30);
    let before: Vec<f32> = [model.store().parameters(), model.store().state()].concat();
    let slots = &mut run.slots;
    let error = workspace.update(model, &optimizer, slots, 1e30, Clip::None);
    update_culprit(error.expect_err("it overflows"));
    assert!([model.store().parameters(), model.store().state()].concat() == before);
    let clip = Clip::GlobalNorm(1.0);
    workspace
        .update(model, &optimizer, slots, 1e-3, clip)
        .expect("with clipping it doesn't");
}
