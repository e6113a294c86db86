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
//! let feature = |(i, j)| if i % 3 == j { 1.0 } else { 0.1 };
//! let features = ndarray::Array2::from_shape_fn((90, 4), feature);
//! let classes = Classes((0..90).map(|i| i % 3).collect());
//! let data = Dataset::new(features, classes)?;
//!
//! let mut net = Net::new(7);
//! Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
//!     .epochs(40)
//!     .quiet()
//!     .run(&mut net, &data)?;
//! let probabilities = net.predict_one(&[0.1, 1.0, 0.1, 0.1])?;
//! assert!(probabilities[1] > 0.8);
//! # Ok(())
//! # }
//! ```
//!
//! Add it to a program with `cargo add shapeflow` or, from a copy of the repository, with
//! `cargo add shapeflow --path ../shapeflow`. Nothing else is needed: `ndarray` comes as [`ndarray`]. Run programs with
//! `cargo run --release`, or let the kernels alone be optimised while you work, in `Cargo.toml`:
//!
//! ```toml
//! [profile.dev.package.shapeflow-runtime]
//! opt-level = 2
//! ```
//!
//! Where to look next: [`model!`](macro@model) for the language and its layers, [`training`] for `fit`, [`data`] for
//! loading and cleaning, [`tables`] for the way from a CSV file to a prediction, [`losses`], [`optimizers`], [`schedules`], [`metrics`], [`weights`] for saving, [`steps`] for training loops of one's own, and
//! [`plots`] for pictures of how training went.
//!
//! # Features
//!
//! All are on by default; without them nothing of theirs is compiled, nor what they depend on.
//!
//! | feature | what it adds |
//! |---|---|
//! | `images` | [`data::PictureFolder`]: folders of PNG and JPEG pictures |
//! | `plots` | [`plots`]: learning curves, confusion matrices and sheets of pictures as PNG and SVG |
//! | `tables` | [`data::table`]: tables read from CSV and cleaned; [`training::CsvLog`] and `History::save_csv` |
//! | `gzip` | gzipped files are unpacked as MNIST's are read |

/// Declares neural networks.
///
/// # The language
///
/// ```
/// use shapeflow::prelude::*;
///
/// const HIDDEN: usize = 24; // a const in scope may be a size
///
/// model! {
///     const CLASSES: usize = 5;
///
///     /// A part to be used again; its dimension names are worked out from what flows in.
///     block Residual<H, W, C>(x: [H, W, C], rate: f32 = 0.1) -> [H, W, C] {
///         let y = x -> Conv2d(C, 3x3, padding = same) -> BatchNorm -> Relu -> Dropout(rate);
///         x + y
///     }
///
///     /// Two inputs, two outputs.
///     pub struct Net(image: [16, 16, 3], facts: [4]) -> (class: [CLASSES], score: [1]) {
///         let seen = image
///             -> stem: Conv2d(8, 3x3, padding = same) -> Relu
///             -> [Residual(rate = 0.2); 2]
///             -> GlobalAvgPool;
///         let known = facts -> Dense(8) -> Relu;
///         let both: [16] = (seen, known) -> Concat(axis = -1);
///         let head = both -> Dense(HIDDEN) -> Relu;
///         (head -> Dense(CLASSES) -> Softmax, head -> Dense(1))
///     }
/// }
///
/// let net = Net::new(1);
/// let image = ndarray::Array3::zeros((16, 16, 3));
/// let facts = ndarray::arr1(&[0.1, 0.2, 0.3, 0.4]);
/// let (class, score) = net.predict_one(image.view(), facts.view()).unwrap();
/// assert_eq!((class.len(), score.len()), (CLASSES, 1));
/// assert_eq!(net.stem_weight().shape(), [3, 3, 3, 8]);
/// assert_eq!(net.tensor("residual2.conv2d1.weight").unwrap().shape(), [3, 3, 8, 8]);
/// ```
///
/// - **Shapes are those of one example**; the batch axis is always there and never written. Pictures are
///   `[height, width, channels]`.
/// - **`->` is data flow** and binds loosest. A stage is a layer, a block, a repeat, a named layer or a value.
///   `+ - *` work element by element with NumPy's broadcasting, also with a number.
/// - **Required arguments by position, options by name.** An activation is a stage of its own.
/// - **Nobody writes an input size.** The declared output is checked against what arrives.
/// - **`name: Layer(..)`** names a stage; its weights are `name.weight` and `name.bias`. Unnamed stages are named by kind and
///   order (`conv2d1`, `dense2`). A block's weights live under its own name (`residual2.conv2d1.weight`).
/// - **`[Block; 6]`** repeats with weights of its own each time; what is repeated may be a chain.
/// - **`Block(recompute)`** drops what training makes within this use of a block, and makes it again just before backward needs it:
///   less memory for a second forward of the block, with the same bits. `recompute = AGAIN` takes a `bool`, also a parameter of
///   the block around it.
/// - **`let layer = Dense(8);`** binds a layer without applying it: applied twice it shares its weights.
/// - **A trailing `Softmax`, `LogSoftmax` or `Sigmoid` is the model's link**: predictions pass through it, losses take the value
///   before it in the numerically stable form.
/// - **Dimensions** are whole-number expressions (`+ - * /`, division exact) over literals, consts in the block, consts in
///   scope outside it, and a block's dimension names. `3x3` is a kernel size.
///
/// Each layer has a page in [`layers`], which an editor also shows where the layer is written.
///
/// # What it makes
///
/// The struct, with `new(seed)`, `predict`, `predict_one`, `save`, `load` and two methods for each tensor (`stem_weight()` to
/// read, `stem_weight_mut()` to change); and [`model::Model`] with the facts as consts (`PARAMETERS`, `FLOPS`, `TRAIN_BYTES`,
/// ..), `summary`, `graph`, and `tensor` by name. The struct's own documentation has the table of its layers.
///
/// The environment variable `SHAPEFLOW_DUMP=folder` writes each model's generated Rust, graph and plan there during a build.
///
/// # Errors
///
/// A mistake is an error of the build under the word that is wrong, with what was expected, what came from where, and the fix.
/// Its last line is a short name; `docs/errors.md` explains each, with a wrong and a right model.
pub use shapeflow_macros::model;

pub use ndarray;
#[cfg(feature = "plots")]
pub use shapeflow_runtime::plots;
pub use shapeflow_runtime::{
    data, graph, link, losses, metrics, model, optimizers, schedules, training, weights,
};

// What generated code calls and kernels are tested by. Open to all, and promised to nobody.
#[doc(hidden)]
pub use shapeflow_runtime::{__private, engine, init, kernels, simd};

pub mod layers;
pub mod steps;
#[cfg(feature = "tables")]
pub mod tables;

/// What most programs use: `use shapeflow::prelude::*;`.
pub mod prelude {
    pub use crate::data::augment::*;
    pub use crate::data::normalize::*;
    #[cfg(feature = "tables")]
    pub use crate::data::table::*;
    pub use crate::data::*;
    pub use crate::engine::Network;
    pub use crate::losses::*;
    // `MeanAbsoluteError` is a loss here; the metric of that name is `metrics::MeanAbsoluteError`.
    pub use crate::metrics::{
        self, Accuracy, ClassReport, ConfusionMatrix, F1, Metric, OnOutput, Precision, R2, Recall,
        RocAuc, RootMeanSquaredError, TopK,
    };
    pub use crate::model;
    pub use crate::model::Model;
    pub use crate::ndarray;
    pub use crate::optimizers::*;
    #[cfg(feature = "plots")]
    pub use crate::plots::*;
    pub use crate::schedules::*;
    pub use crate::training::*;
    pub use crate::weights::Extras;
}

/// The README's blocks of code, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
