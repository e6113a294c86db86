//! Statistics over the batch: the running variance is that of the data, and one value has none.

use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, EngineError, OptimizerSlots, TrainWorkspace};
use shapeflow::losses::MeanSquaredError;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Clip, GradientDescent};

model! {
    pub struct Numbers(x: [1]) -> [1] { x -> norm: BatchNorm(momentum = 0.5) -> Dense(1) }
    pub struct Pairs(x: [2, 3]) -> [2, 3] { x -> norm: BatchNorm(momentum = 0.5) }
    pub struct Behind(x: [4, 4, 3]) -> [2] {
        x -> BatchNorm -> Conv2d(5, 4x4, bias = false) -> deep: BatchNorm -> Flatten -> Dense(2)
    }
    pub struct Without(x: [3]) -> [2] { x -> Dense(4) -> LayerNorm -> Dense(2) }
}

/// A model that is shown batches and learns nothing: the learning rate is 0.
struct Watched<M> {
    model: M,
    workspace: TrainWorkspace,
    slots: OptimizerSlots,
}

impl<M: Model> Watched<M> {
    fn new(most: usize) -> Self {
        Self {
            model: M::with_seed(1),
            workspace: TrainWorkspace::new(M::PROGRAM, most),
            slots: OptimizerSlots::new(M::PROGRAM, &GradientDescent::new(0.0))
                .expect("good settings"),
        }
    }

    fn show(&mut self, x: &[f32], targets_len: usize, examples: usize) -> Result<(), EngineError> {
        let targets = vec![0.0; targets_len];
        let batch = Batch {
            inputs: &[x],
            targets: &[TargetsView::Values(&targets)],
            examples,
        };
        let optimizer = GradientDescent::new(0.0);
        self.workspace
            .step(
                &mut self.model,
                &batch,
                &[&MeanSquaredError::new()],
                &optimizer,
                &mut self.slots,
                0.0,
                Clip::None,
                0,
            )
            .map(|_| ())
    }

    fn running(&self) -> [f32; 2] {
        let of = |name| self.model.tensor(name).expect("a tensor")[[0]];
        ["norm.running_mean", "norm.running_variance"].map(of)
    }
}

/// 32 times ±2 and one 0: the 33 numbers have the variance 3.8788.
#[test]
fn bn_tail() {
    let mut watched = Watched::<Numbers>::new(32);
    let x: Vec<f32> = (0..32)
        .map(|i| if i % 2 == 0 { 2.0 } else { -2.0 })
        .collect();
    for _ in 0..30 {
        watched.show(&x, 32, 32).expect("a step");
        let before = watched.running();
        let error = watched
            .show(&[0.0], 1, 1)
            .expect_err("one value has no variance");
        assert_eq!(watched.running(), before);
        assert_eq!(
            error.to_string(),
            "a batch of 1 example came, but `norm` of `Numbers` takes the variance over the batch and sees one value of each \
             channel in an example: it learns from batches of 2 or more; choose a batch size by which the last batch isn't \
             so small, or leave it out"
        );
    }
    let [mean, variance] = watched.running();
    assert!(mean.abs() < 1e-6);
    // 4 * 32 / 31 is 4.129.
    assert!((variance - 128.0 / 31.0).abs() < 1e-4, "{variance}");
}

/// Batches of two take the variance of the data, not half of it.
#[test]
fn bn_small() {
    model! { struct Slow(x: [1]) -> [1] { x -> norm: BatchNorm -> Dense(1) } }
    let mut watched = Watched::<Slow>::new(2);
    // Standard normal numbers in pairs (Box and Muller).
    let mut key = 1_u64;
    let mut uniform = || {
        key = key
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((key >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let pairs: Vec<[f32; 2]> = (0..2048)
        .map(|_| {
            let radius = (-2.0 * uniform().ln()).sqrt();
            let angle = std::f64::consts::TAU * uniform();
            [(radius * angle.cos()) as f32, (radius * angle.sin()) as f32]
        })
        .collect();
    let mut sum = 0.0;
    for epoch in 0..2 {
        for pair in &pairs {
            watched.show(pair, 2, 2).expect("a step");
            sum += if epoch == 1 {
                watched.running()[1]
            } else {
                0.0
            };
        }
    }
    let variance = sum / pairs.len() as f32;
    assert!((variance - 1.0).abs() < 0.1, "{variance}");
}

#[test]
fn one_example_is_enough_where_it_gives_a_channel_two_values() {
    let mut watched = Watched::<Pairs>::new(4);
    watched
        .show(&[1.0, 0.0, 0.0, 3.0, 0.0, 0.0], 6, 1)
        .expect("a step");
    // Mean 2 and variance ((1 - 2)² + (3 - 2)²) / (2 - 1), half way from 0 and 1.
    assert_eq!(watched.running(), [1.0, 1.5]);
}

#[test]
fn a_program_tells_how_small_a_batch_may_be() {
    let told = |program: &'static shapeflow::engine::Program| {
        (program.least_batch, program.needs_two_examples())
    };
    assert_eq!(told(Numbers::PROGRAM), (2, Some("norm")));
    assert_eq!(told(Pairs::PROGRAM), (1, None));
    assert_eq!(told(Behind::PROGRAM), (2, Some("deep")));
    assert_eq!(told(Without::PROGRAM), (1, None));
    let mut watched = Watched::<Behind>::new(4);
    assert!(watched.show(&[0.5; 48], 2, 1).is_err());
    watched.show(&[0.5; 96], 4, 2).expect("a step");
}
