//! A step is three calls that can stand alone: backward, gather and update.

use shapeflow::data::TargetsView;
use shapeflow::engine::{
    Batch, Culprit, EngineError, Network, OptimizerSlots, TrainWorkspace, step_key,
};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model;
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip, GradientDescent, Optimizer};

use shapeflow_tests::models::{SmallCnn, SmallResNet, Training, labels, numbers};

/// A model with what the three calls need, on batches of 8.
struct Parts<M> {
    model: M,
    workspace: TrainWorkspace,
}

const SIZE: usize = 14 * 14 * 3;

impl<M: Model> Parts<M> {
    fn new() -> Self {
        Self {
            model: M::with_seed(1),
            workspace: TrainWorkspace::new(M::PROGRAM, 8),
        }
    }

    /// Backward on 8 of `examples`, from number `first` on.
    fn backward(
        &mut self,
        (inputs, labels): &(Vec<f32>, Vec<u32>),
        first: usize,
        step: u64,
    ) -> Result<f64, EngineError> {
        let batch = Batch {
            inputs: &[&inputs[first * SIZE..(first + 8) * SIZE]],
            targets: &[TargetsView::Classes(&labels[first..first + 8])],
            examples: 8,
        };
        let loss = SparseCategoricalCrossEntropy::new();
        let key = step_key(5, step);
        self.workspace
            .backward(&mut self.model, &batch, &[&loss], key, step)
    }

    fn bits(&self) -> Vec<u32> {
        let store = self.model.store();
        let all = store.parameters().iter().chain(store.state());
        all.map(|x| x.to_bits()).collect()
    }
}

fn examples(count: usize) -> (Vec<f32>, Vec<u32>) {
    (numbers(count * SIZE, 2), labels(count, 5))
}

fn three_calls_are_a_step<M: Model>() {
    let mut whole = Training::<M>::new(8);
    let mut parts = Parts::<M>::new();
    let optimizer = Adam::default();
    let mut slots = OptimizerSlots::new(M::PROGRAM, &optimizer).expect("good settings");
    for step in 1..=3 {
        let report = whole.step(8).expect("a step");
        let loss = parts.backward(&examples(8), 0, step).expect("finite");
        let norm = parts.workspace.gather(&mut parts.model).expect("finite");
        assert_eq!((loss, norm), (report.loss, report.gradient_norm));
        let (workspace, clip) = (&mut parts.workspace, Clip::GlobalNorm(1.0));
        workspace
            .update(&mut parts.model, &optimizer, &mut slots, 1e-3, clip)
            .expect("finite");
        assert_eq!(workspace.logits(0), whole.workspace.logits(0));
    }
    let mut bits = parts.bits();
    bits.extend(slots.vectors().flatten().map(|x| x.to_bits()));
    assert!(bits == whole.bits(), "{}", M::NAME);
}

#[test]
fn backward_gather_and_update_are_a_step() {
    three_calls_are_a_step::<SmallCnn>();
    three_calls_are_a_step::<SmallResNet>();
}

#[test]
fn gradients_of_two_batches_may_be_added_by_hand() {
    let data = examples(16);
    let mut parts = Parts::<SmallCnn>::new();
    let before = parts.model.store().parameters().to_vec();
    let mut gradients = Vec::new();
    for first in [0, 8] {
        parts.backward(&data, first, 1).expect("finite");
        let norm = parts.workspace.gather(&mut parts.model).expect("finite");
        assert_eq!(parts.workspace.gradient_norm(), norm);
        gradients.push(parts.workspace.gradients().to_vec());
    }
    // The second batch's gradients lie in the workspace: the first one's come to them.
    for (sum, first) in parts
        .workspace
        .gradients_mut()
        .iter_mut()
        .zip(&gradients[0])
    {
        *sum = 0.5 * (*sum + first);
    }
    let squares = parts.workspace.gradients().iter();
    let norm = squares.map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
    assert!((parts.workspace.gradient_norm() / norm - 1.0).abs() < 1e-12);

    let optimizer = GradientDescent::new(0.1);
    let mut slots = OptimizerSlots::new(SmallCnn::PROGRAM, &optimizer).expect("good settings");
    let (workspace, model) = (&mut parts.workspace, &mut parts.model);
    workspace
        .update(model, &optimizer, &mut slots, 0.1, Clip::None)
        .expect("finite");
    assert_eq!(slots.steps(), 1);
    let after = model.store().parameters();
    let expected = before.iter().zip(&gradients[0]).zip(&gradients[1]);
    for (number, (((p, a), b), &found)) in expected.zip(after).enumerate() {
        assert_eq!(p - 0.1 * (0.5 * (b + a)), found, "parameter {number}");
    }
    assert!(after != before);
}

#[test]
fn calls_out_of_order_are_errors() {
    let (data, optimizer) = (examples(8), GradientDescent::new(0.1));
    let mut slots = OptimizerSlots::new(SmallCnn::PROGRAM, &optimizer).expect("good settings");
    let mut parts = Parts::<SmallCnn>::new();
    let error = parts.workspace.gather(&mut parts.model).expect_err("empty");
    assert_eq!(
        error.to_string(),
        "`gather` of a workspace of `SmallCnn` comes after `backward`, which has not been called"
    );
    parts.backward(&data, 0, 1).expect("finite");
    let before = parts.bits();
    let (workspace, model) = (&mut parts.workspace, &mut parts.model);
    let mut update = |workspace: &mut TrainWorkspace, model: &mut SmallCnn| {
        workspace.update(model, &optimizer, &mut slots, 0.1, Clip::None)
    };
    let error = update(workspace, model).expect_err("not gathered");
    assert_eq!(
        error.to_string(),
        "`update` of a workspace of `SmallCnn` comes after `gather`, which has not been called"
    );
    workspace.gather(model).expect("finite");
    assert!(workspace.gather(model).is_err(), "nothing waits any more");
    update(workspace, model).expect("gathered");
    assert!(parts.bits() != before);
}

model! {
    /// A state, and weights after it whose product may overflow.
    pub struct Overflow(x: [588]) -> [5] {
        x -> Dense(6, bias = false) -> BatchNorm -> Dense(6) -> Dense(5) -> Softmax
    }
}

#[test]
fn gradients_that_are_not_finite_leave_model_and_state_unchanged() {
    let mut parts = Parts::<Overflow>::new();
    // Small forward, too large backward.
    parts.model.batch_norm1_scale_mut().fill(1e-30);
    parts.model.dense2_weight_mut().mapv_inplace(|x| x * 1e12);
    parts.model.dense3_weight_mut().mapv_inplace(|x| x * 1e28);
    let before = parts.bits();
    let data = examples(8);
    parts.backward(&data, 0, 7).expect("the loss is finite");
    assert!(parts.bits() != before, "running means move in `backward`");
    let found = parts.workspace.gather(&mut parts.model);
    let Err(EngineError::NotFinite {
        step: 7,
        loss,
        culprit: Culprit::Gradient(_),
    }) = found
    else {
        panic!("{found:?}")
    };
    assert!(loss.is_finite());
    assert!(parts.bits() == before, "the model changed");
}

#[test]
fn an_update_refuses_gradients_that_became_nan_by_hand() {
    let optimizer = Adam::default();
    let mut slots = OptimizerSlots::new(SmallCnn::PROGRAM, &optimizer).expect("good settings");
    let mut parts = Parts::<SmallCnn>::new();
    parts.backward(&examples(8), 0, 1).expect("finite");
    parts.workspace.gather(&mut parts.model).expect("finite");
    let field = SmallCnn::tensors()[1].field();
    parts.workspace.gradients_mut()[field.offset] = f32::NAN;
    let before = parts.bits();
    let (workspace, model) = (&mut parts.workspace, &mut parts.model);
    let rate = optimizer.learning_rate();
    let error = workspace
        .update(model, &optimizer, &mut slots, rate, Clip::None)
        .expect_err("NaN");
    assert!(error.to_string().contains("`conv2d1.bias`"), "{error}");
    assert!(parts.bits() == before && slots.steps() == 0);
    assert!(slots.vectors().flatten().all(|&x| x == 0.0));
}
