//! Optimizers see tensors: their names, shapes and elements, whole where they ask for it.

use std::ops::Range;
use std::sync::Mutex;

use rayon::ThreadPoolBuilder;
use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, OptimizerSlots, TrainWorkspace};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Clip, Optimizer, OptimizerError, Step, TensorPart};

use shapeflow_tests::models::{SmallCnn, labels, numbers};

model! {
    /// A matrix larger than a task, and many small tensors.
    pub struct Wide(x: [60]) -> [5] {
        x -> Dense(100) -> Tanh -> LayerNorm -> Dense(7) -> Relu -> Dense(5) -> Softmax
    }
}

/// Runs `steps` steps of `optimizer` on `threads` threads.
fn train<M: Model>(optimizer: &dyn Optimizer, steps: usize, threads: usize) -> M {
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    pool.install(|| {
        let mut model = M::with_seed(3);
        let mut slots = OptimizerSlots::new(M::PROGRAM, optimizer).expect("good settings");
        let mut workspace = TrainWorkspace::new(M::PROGRAM, 64);
        let inputs = numbers(64 * M::PROGRAM.inputs[0].size(), 4);
        let batch = Batch {
            inputs: &[&inputs],
            targets: &[TargetsView::Classes(&labels(64, 5))],
            examples: 64,
        };
        let (loss, rate) = (
            SparseCategoricalCrossEntropy::new(),
            optimizer.learning_rate(),
        );
        for _ in 0..steps {
            workspace
                .step(
                    &mut model,
                    &batch,
                    &[&loss],
                    optimizer,
                    &mut slots,
                    rate,
                    Clip::None,
                    0,
                )
                .expect("a step");
        }
        model
    })
}

type Seen = (String, Vec<usize>, Range<usize>);

/// Writes down what it is given, and changes nothing.
struct Witness {
    whole: bool,
    seen: Mutex<Vec<Seen>>,
}

impl Optimizer for Witness {
    fn name(&self) -> &'static str {
        "Witness"
    }
    fn learning_rate(&self) -> f32 {
        0.0
    }
    fn slots(&self) -> &'static [&'static str] {
        &["first", "second"]
    }
    fn validate(&self) -> Result<(), OptimizerError> {
        Ok(())
    }
    fn needs_whole(&self, _name: &str, shape: &[usize]) -> bool {
        self.whole && shape.len() > 1
    }
    fn update(&self, _step: &Step, part: TensorPart<'_>) {
        assert_eq!(part.values.len(), part.elements.len());
        assert_eq!(part.gradient.len(), part.elements.len());
        assert!(part.slots.len() == 2 && part.slots.iter().all(|s| s.len() == part.values.len()));
        let seen = (part.name.to_owned(), part.shape.to_vec(), part.elements);
        self.seen.lock().expect("no panic").push(seen);
    }
}

fn seen<M: Model>(whole: bool) -> Vec<Seen> {
    let witness = Witness {
        whole,
        seen: Mutex::new(Vec::new()),
    };
    train::<M>(&witness, 1, 2);
    let mut seen = witness.seen.into_inner().expect("no panic");
    let order = |name: &str| M::tensors().iter().position(|info| info.name == name);
    seen.sort_by_key(|(name, _, elements)| (order(name), elements.start));
    seen
}

#[test]
fn an_optimizer_sees_every_tensor_by_name_and_shape() {
    let seen = seen::<Wide>(false);
    let small = |name: &str, shape: &[usize]| {
        let elements = 0..shape.iter().product();
        (name.to_owned(), shape.to_vec(), elements)
    };
    let part = |elements| ("dense1.weight".to_owned(), vec![60, 100], elements);
    let expected = [
        part(0..2048),
        part(2048..4096),
        part(4096..6000),
        small("dense1.bias", &[100]),
        small("layer_norm1.scale", &[100]),
        small("layer_norm1.shift", &[100]),
        small("dense2.weight", &[100, 7]),
        small("dense2.bias", &[7]),
        small("dense3.weight", &[7, 5]),
        small("dense3.bias", &[5]),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn an_optimizer_that_needs_matrices_whole_gets_them_whole() {
    for (name, shape, elements) in seen::<Wide>(true) {
        assert_eq!(elements, 0..shape.iter().product(), "{name}");
    }
    assert_eq!(seen::<SmallCnn>(true).len(), SmallCnn::tensors().len());
}

/// Steps of one length for each row of a matrix, and by the sign for vectors.
struct RowNormalised;

impl Optimizer for RowNormalised {
    fn name(&self) -> &'static str {
        "RowNormalised"
    }
    fn learning_rate(&self) -> f32 {
        0.01
    }
    fn slots(&self) -> &'static [&'static str] {
        &[]
    }
    fn validate(&self) -> Result<(), OptimizerError> {
        Ok(())
    }
    fn needs_whole(&self, _name: &str, shape: &[usize]) -> bool {
        shape.len() > 1
    }
    fn update(&self, step: &Step, part: TensorPart<'_>) {
        let learning_rate = step.learning_rate;
        let [.., _, width] = *part.shape else {
            for (value, gradient) in part.values.iter_mut().zip(part.gradient) {
                *value -= learning_rate * gradient.signum();
            }
            return;
        };
        let rows = part.values.chunks_exact_mut(width);
        for (row, gradient) in rows.zip(part.gradient.chunks_exact(width)) {
            let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
            for (value, gradient) in row.iter_mut().zip(gradient) {
                *value -= learning_rate * gradient / norm.max(1e-12);
            }
        }
    }
}

#[test]
fn an_optimizer_may_treat_matrices_otherwise_than_vectors() {
    let (before, after) = (Wide::with_seed(3), train::<Wide>(&RowNormalised, 1, 1));
    for info in Wide::tensors() {
        let [before, after] = [&before, &after].map(|model| model.tensor(info.name).expect("its"));
        let moved = &after - &before;
        if info.shape.len() == 1 {
            let right = moved.iter().all(|x| (x.abs() - 0.01).abs() < 1e-6);
            assert!(right, "{}: {moved}", info.name);
            continue;
        }
        for (number, row) in moved.rows().into_iter().enumerate() {
            let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
            // Behind a unit that is off for all examples there is no gradient.
            assert!(
                (length - 0.01).abs() < 1e-5 || length == 0.0,
                "{}: row {number} moved by {length}",
                info.name
            );
        }
    }
    let [one, four] = [1, 4].map(|threads| train::<Wide>(&RowNormalised, 5, threads));
    for info in Wide::tensors() {
        assert_eq!(
            one.tensor(info.name),
            four.tensor(info.name),
            "{}",
            info.name
        );
    }
}

#[test]
fn slots_follow_an_optimizer_that_asks_for_other_parts() {
    let witness = |whole| Witness {
        whole,
        seen: Mutex::new(Vec::new()),
    };
    let (parts, whole) = (witness(false), witness(true));
    let mut slots = OptimizerSlots::new(Wide::PROGRAM, &parts).expect("good settings");
    let mut workspace = TrainWorkspace::new(Wide::PROGRAM, 8);
    let mut model = Wide::with_seed(3);
    for optimizer in [&parts, &whole] {
        workspace
            .update(&mut model, optimizer, &mut slots, 0.0, Clip::None)
            .expect("no gradients");
        let seen = optimizer.seen.lock().expect("no panic").len();
        assert_eq!(seen, if optimizer.whole { 8 } else { 10 });
    }
    assert_eq!(slots.steps(), 2);
}
