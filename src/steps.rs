//! Training and prediction step by step, for loops of one's own: what `Fit` and `predict` are made of.
//!
//! ```
//! use shapeflow::prelude::*;
//! use shapeflow::steps::{Batch, OptimizerSlots, TrainWorkspace};
//!
//! model! {
//!     pub struct Line(x: [1]) -> [1] { x -> Dense(1) }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (mut line, adam, loss) = (Line::new(1), Adam::new(0.1), MeanSquaredError::new());
//! let mut workspace = TrainWorkspace::new(Line::PROGRAM, 4);
//! let mut slots = OptimizerSlots::new(Line::PROGRAM, &adam)?;
//! // y = 2 x + 1; flat arrays, one example after the other.
//! let batch = Batch {
//!     inputs: &[&[0.0, 1.0, 2.0, 3.0]],
//!     targets: &[TargetsView::Values(&[1.0, 3.0, 5.0, 7.0])],
//!     examples: 4,
//! };
//! for _ in 0..300 {
//!     workspace.step(&mut line, &batch, &[&loss], &adam, &mut slots, 0.1, Clip::None, 0)?;
//! }
//! assert!((line.dense1_weight()[[0, 0]] - 2.0).abs() < 0.1);
//! # Ok(())
//! # }
//! ```

#[doc(inline)]
pub use shapeflow_runtime::engine::{
    Batch, Culprit, EngineError, InputArrays, Network, OptimizerSlots, OutputPort, Port,
    PredictWorkspace, Predictor, Program, StepReport, Store, Summary, TrainWorkspace, step_key,
};
