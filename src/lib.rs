//! Neural networks as one checked `model!` block.
//!
//! A network is written the way one thinks of it. The macro is a small compiler: it works out every shape while
//! `cargo check` runs, derives the backward pass, plans all memory, and writes plain Rust that calls fast CPU kernels.
//! If it compiles, the shapes fit; if they don't, the error stands under the layer that is wrong and says what to write.
//!
//! ```
//! use shapeflow::prelude::*;
//!
//! model! {
//!     pub struct Net(features: [4]) -> [3] {
//!         features -> Dense(16) -> Relu -> Dense(3) -> Softmax
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Two features decide the class.
//! let features = ndarray::Array2::from_shape_fn((90, 4), |(i, j)| if i % 3 == j { 1.0 } else { 0.1 });
//! let classes = Classes((0..90).map(|i| i % 3).collect());
//! let data = Dataset::new(features, classes)?;
//!
//! let mut net = Net::new(7);
//! Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02)).epochs(40).quiet().run(&mut net, &data)?;
//! let probabilities = net.predict_one(ndarray::arr1(&[0.1, 1.0, 0.1, 0.1]).view())?;
//! assert!(probabilities[1] > 0.8);
//! # Ok(())
//! # }
//! ```
//!
//! Where to look next: [`model!`](macro@model) for the language and its layers, [`training`] for `fit`, [`data`] for
//! loading and cleaning, [`losses`], [`optimizers`], [`schedules`], [`metrics`], [`weights`] for saving, and
//! [`plots`] for pictures of how training went.

pub use shapeflow_macros::model;
pub use shapeflow_runtime::*;

/// `ndarray`, in the version that Shapeflow's arrays come from.
pub use shapeflow_runtime::__private::ndarray;

/// What most programs use: `use shapeflow::prelude::*;`.
pub mod prelude {
    pub use crate::data::augment::*;
    pub use crate::data::normalize::*;
    pub use crate::data::table::*;
    pub use crate::data::*;
    pub use crate::losses::*;
    // `MeanAbsoluteError` is a loss here; the metric of that name is `metrics::MeanAbsoluteError`.
    pub use crate::metrics::{
        self, Accuracy, ClassReport, ConfusionMatrix, F1, Metric, Precision, R2, Recall, RocAuc,
        RootMeanSquaredError, TopK,
    };
    pub use crate::model;
    pub use crate::model::Model;
    pub use crate::ndarray;
    pub use crate::optimizers::*;
    #[cfg(feature = "plots")]
    pub use crate::plots::*;
    pub use crate::schedules::*;
    pub use crate::training::*;
}

/// The README's blocks of code, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
