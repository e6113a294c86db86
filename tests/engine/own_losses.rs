//! Losses of the user's: parallel ones, such that panic, that give NaN or nothing, and many of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, Culprit, EngineError, LossSum, OptimizerSlots, TrainWorkspace};
use shapeflow::link::OutputSpec;
use shapeflow::losses::{
    LossError, MeanSquaredError, OutputLoss, SparseCategoricalCrossEntropy, Weighted,
};
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Clip, GradientDescent};

use shapeflow_tests::models::{SmallCnn, SmallResNet, Training, numbers};
use shapeflow_tests::own::Own;

/// `Σ x² / 2` for each example, on as many threads as there are.
fn parallel_squares(
    output: OutputSpec,
    outputs: &[f32],
    _: TargetsView<'_>,
    scale: f32,
    gradients: Option<&mut [f32]>,
) -> f64 {
    let size = output.size();
    if let Some(gradients) = gradients {
        let rows = gradients.par_chunks_mut(size).zip(outputs.par_chunks(size));
        rows.for_each(|(gradients, outputs)| {
            // Long enough for other threads to look for work.
            (0..20).for_each(|_| std::thread::yield_now());
            for (gradient, x) in gradients.iter_mut().zip(outputs) {
                *gradient = scale * x;
            }
        });
    }
    outputs
        .iter()
        .map(|&x| 0.5 * f64::from(x) * f64::from(x))
        .sum()
}

/// Two steps on `threads` threads: the losses, and every number that they changed.
fn parallel_steps<M: Model>(threads: usize) -> (Vec<u64>, Vec<u32>) {
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    pool.install(|| {
        let mut training = Training::<M>::new(64);
        let loss = Own(parallel_squares);
        let step = |_| {
            let batch = Batch {
                inputs: &[&training.inputs],
                targets: &[TargetsView::Classes(&training.labels)],
                examples: 64,
            };
            let (workspace, slots) = (&mut training.workspace, &mut training.slots);
            let optimizer = &training.optimizer;
            let report = workspace.step(
                &mut training.model,
                &batch,
                &[&loss],
                optimizer,
                slots,
                1e-3,
                Clip::None,
                5,
            );
            report.expect("a step").loss.to_bits()
        };
        let losses = (0..2).map(step).collect();
        (losses, training.bits())
    })
}

#[test]
fn a_loss_that_runs_in_parallel_gives_the_same_bits_on_any_number_of_threads() {
    fn same<M: Model>(times: usize) {
        let one = parallel_steps::<M>(1);
        for time in 0..times {
            for threads in [2, 4, 8] {
                let found = parallel_steps::<M>(threads);
                assert!(
                    found == one,
                    "{} on {threads} threads, time {time}",
                    M::NAME
                );
            }
        }
    }
    same::<SmallCnn>(4);
    same::<SmallResNet>(2);
}

/// A step of `SmallResNet` with another loss.
fn step(training: &mut Training<SmallResNet>, loss: &dyn OutputLoss) -> Result<f64, EngineError> {
    let batch = Batch {
        inputs: &[&training.inputs],
        targets: &[TargetsView::Classes(&training.labels)],
        examples: 16,
    };
    let report = training.workspace.step(
        &mut training.model,
        &batch,
        &[loss],
        &training.optimizer,
        &mut training.slots,
        1e-3,
        Clip::GlobalNorm(1.0),
        5,
    )?;
    Ok(report.loss)
}

#[test]
fn a_loss_that_panics_leaves_the_model_as_it_was_and_the_workspace_ready() {
    for threads in [1, 4] {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| {
            let mut training = Training::<SmallResNet>::new(16);
            training.step(16).expect("a step");
            let before = training.bits();
            let calls = Arc::new(AtomicUsize::new(0));
            let panics = Own(
                |_, _: &[f32], _: TargetsView<'_>, _, _: Option<&mut [f32]>| {
                    if calls.fetch_add(1, Ordering::SeqCst) == 2 {
                        panic!("of the user's")
                    }
                    1.0
                },
            );
            let caught = std::panic::AssertUnwindSafe(|| step(&mut training, &panics));
            assert!(std::panic::catch_unwind(caught).is_err());
            assert!(training.bits() == before, "running means moved");
            let error = training.workspace.gather(&mut training.model);
            assert!(matches!(error, Err(EngineError::OutOfOrder { .. })));
            let mut fresh = Training::<SmallResNet>::new(16);
            for _ in 0..2 {
                fresh.step(16).expect("a step");
            }
            training.step(16).expect("it goes on");
            assert!(training.bits() == fresh.bits());
        });
    }
}

#[test]
fn nan_gradients_under_a_finite_loss_stop_the_step() {
    let mut training = Training::<SmallResNet>::new(16);
    let before = training.bits();
    let nan = Own(
        |_, _: &[f32], _: TargetsView<'_>, _, gradients: Option<&mut [f32]>| {
            gradients.expect("wanted").fill(f32::NAN);
            1.0
        },
    );
    let error = step(&mut training, &nan).expect_err("NaN");
    let EngineError::NotFinite {
        loss: 0.25,
        culprit: Culprit::Gradient(_),
        ..
    } = error
    else {
        panic!("{error}")
    };
    assert!(training.bits() == before);
}

#[test]
fn a_loss_that_sets_no_gradients_has_none() {
    let mut training = Training::<SmallResNet>::new(16);
    training
        .step(16)
        .expect("a step, which leaves numbers in every buffer");
    let nothing = Own(|_, _: &[f32], _: TargetsView<'_>, _, _: Option<&mut [f32]>| 1.0);
    // The mean of 16 examples in 4 chunks, each of which says 1.
    assert_eq!(step(&mut training, &nothing), Ok(0.25));
    assert!(training.workspace.gradients().iter().all(|&g| g == 0.0));
}

/// One whose total weight is what it is told.
struct Weighing(f64);

impl OutputLoss for Weighing {
    fn name(&self) -> &'static str {
        "Weighing"
    }
    fn check(&self, _: OutputSpec, _: TargetsView<'_>, _: usize) -> Result<(), LossError> {
        Ok(())
    }
    fn total_weight(&self, _: OutputSpec, _: TargetsView<'_>, _: usize) -> f64 {
        self.0
    }
    fn forward_backward(
        &self,
        _: OutputSpec,
        _: &[f32],
        _: TargetsView<'_>,
        scale: f32,
        gradients: Option<&mut [f32]>,
    ) -> f64 {
        gradients.expect("wanted").fill(scale);
        1.0
    }
}

#[test]
fn a_total_weight_that_is_no_weight_is_an_error_and_none_at_all_has_no_gradient() {
    let mut training = Training::<SmallResNet>::new(16);
    let before = training.bits();
    for weight in [f64::NAN, f64::INFINITY, -1.0] {
        let error = step(&mut training, &Weighing(weight)).expect_err("no weight");
        assert_eq!(
            error.to_string(),
            format!(
                "output `output` of `SmallResNet`: the total weight of Weighing is {weight}, expected a finite number, 0 or more"
            )
        );
        assert!(training.bits() == before);
    }
    assert_eq!(step(&mut training, &Weighing(0.0)), Ok(0.0));
    assert!(training.workspace.gradients().iter().all(|&g| g == 0.0));
}

#[test]
fn the_sums_of_several_batches_make_the_mean_of_all() {
    model! {
        pub struct Bias(x: [1]) -> [2] { x -> Dense(2) -> Softmax }
    }
    let mut model = Bias::new(0);
    model.dense1_weight_mut().fill(0.0);
    model.dense1_bias_mut()[0] = 3f32.ln();
    let loss = SparseCategoricalCrossEntropy::new().class_weights([1.0, 9.0]);
    let mut workspace = TrainWorkspace::new(Bias::PROGRAM, 4);
    let mut all = LossSum::default();
    for classes in [[0, 0, 0, 1], [0; 4]] {
        let batch = Batch {
            inputs: &[&[0.0; 4]],
            targets: &[TargetsView::Classes(&classes)],
            examples: 4,
        };
        let mean = workspace
            .backward_and_gather(&mut model, &batch, &[&loss], 0, 1)
            .expect("finite");
        assert_eq!(workspace.loss_sums()[0].mean(), mean);
        all += workspace.loss_sums()[0];
    }
    assert_eq!(all.weight, 16.0);
    assert!((all.mean() - 0.905651).abs() < 1e-6, "{}", all.mean());
}

model! {
    /// More outputs than anybody needs.
    pub struct Many(x: [3]) -> (
        a: [1], b: [1], c: [1], d: [1], e: [1], f: [1], g: [1], h: [1], i: [1],
        j: [1], k: [1], l: [1], m: [1], n: [1], o: [1], p: [1], q: [1], r: [2]
    ) {
        let y = x -> Dense(1);
        (y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, x -> Dense(2))
    }
}

#[test]
fn a_model_may_have_any_number_of_outputs() {
    let mut model = Many::new(0);
    let optimizer = GradientDescent::new(0.1);
    let mut slots = OptimizerSlots::new(Many::PROGRAM, &optimizer).expect("good settings");
    let mut workspace = TrainWorkspace::new(Many::PROGRAM, 5);
    let (inputs, zeros) = (numbers(15, 1), [0.0; 10]);
    let mut targets = [TargetsView::Values(&zeros[..5]); 18];
    targets[17] = TargetsView::Values(&zeros);
    let (one, last) = (MeanSquaredError, Weighted::new(0.5, MeanSquaredError));
    let mut losses: [&dyn OutputLoss; 18] = [&one; 18];
    losses[17] = &last;
    let batch = Batch {
        inputs: &[&inputs],
        targets: &targets,
        examples: 5,
    };
    let mut step = || {
        workspace
            .step(
                &mut model,
                &batch,
                &losses,
                &optimizer,
                &mut slots,
                0.01,
                Clip::None,
                0,
            )
            .expect("a step")
            .loss
    };
    let (first, second) = (step(), step());
    assert!(second < first);
    let sums = workspace.loss_sums();
    assert_eq!(sums.len(), 18);
    assert!(sums.iter().all(|sum| sum.weight == 5.0));
    assert!(sums[..17].iter().all(|sum| *sum == sums[0]));
}

#[test]
fn a_step_within_another_pool_gives_the_same_bits() {
    let pool = |threads| {
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
    };
    let (small, large) = (pool(1), pool(5));
    let mut training = small.install(|| Training::<SmallCnn>::new(64));
    let mut other = Training::<SmallCnn>::new(64);
    for pool in [&large, &small, &large] {
        let report = pool.install(|| training.step(64));
        assert_eq!(report, other.step(64));
    }
    assert!(training.bits() == other.bits());
}
