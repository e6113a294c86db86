//! What the compiled program does with each model: a step of training and a prediction.

use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, EngineError, OptimizerSlots, PredictWorkspace, TrainWorkspace};
use shapeflow::losses::OutputLoss;
use shapeflow::model::Model;
use shapeflow::optimizers::{Clip, Sgd};

use crate::own::SQUARES;

const EXAMPLES: usize = 3;

/// Numbers from -1 to 1 that look random.
fn numbers(len: usize) -> Vec<f32> {
    let remainder = |k: usize| (k * 7919 % 1009) as f32;
    (0..len).map(|k| remainder(k + 1) / 504.5 - 1.0).collect()
}

/// Says what became of the weights.
pub fn train<M: Model>(name: &str) {
    let program = M::PROGRAM;
    let mut model = M::with_seed(1);
    let inputs: Vec<Vec<f32>> = program
        .inputs
        .iter()
        .map(|port| numbers(EXAMPLES * port.size()))
        .collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let targets: Vec<Vec<f32>> = program
        .outputs
        .iter()
        .map(|port| numbers(EXAMPLES * port.size()))
        .collect();
    let targets: Vec<TargetsView<'_>> = targets
        .iter()
        .map(|values| TargetsView::Values(values))
        .collect();
    let batch = Batch {
        inputs: &inputs,
        targets: &targets,
        examples: EXAMPLES,
    };
    let losses: Vec<&dyn OutputLoss> = program
        .outputs
        .iter()
        .map(|_| &SQUARES as &dyn OutputLoss)
        .collect();
    let optimizer = Sgd::default();
    let mut slots = OptimizerSlots::new(program, &optimizer).expect("good settings");
    let mut workspace = TrainWorkspace::new(program, EXAMPLES);
    let before = model.store().parameters().to_vec();
    let step = workspace.step(
        &mut model,
        &batch,
        &losses,
        &optimizer,
        &mut slots,
        0.01,
        Clip::None,
        1,
    );
    match step {
        Ok(report) => {
            let changed = model.store().parameters() != before;
            assert_eq!(
                changed,
                report.gradient_norm > 0.0,
                "{name}: a gradient of {} changed weights: {changed}",
                report.gradient_norm
            );
            println!(
                "{name}: loss {}, {}",
                report.loss,
                if changed { "trained" } else { "as before" }
            );
        }
        // `1e30 * x`, say.
        Err(EngineError::NotFinite { .. }) => println!("{name}: not finite"),
        Err(error) => panic!("{name}: {error}"),
    }
    let mut predictor = PredictWorkspace::new(program, EXAMPLES);
    match predictor.run(&model, &inputs, EXAMPLES) {
        Ok(()) => {}
        Err(EngineError::Prediction { .. }) => println!("{name}: predictions not finite"),
        Err(error) => panic!("{name}: {error}"),
    }
}
