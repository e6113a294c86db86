//! Data: loading, cleaning, splitting, augmenting.
//!
//! What a network trains on is a [`Dataset`]: one array per input, and [`Targets`]. What the training loop takes is
//! any [`Source`] of batches, which a data set is.

mod batch;
mod dataset;
mod error;
mod finite;
mod random;
mod source;
mod split;
mod targets;

pub use batch::BatchBuffers;
pub use dataset::Dataset;
pub use error::DataError;
pub use finite::check_finite;
pub use random::Random;
pub use source::{BatchPool, BatchSource, Pass, Source, Visit};
pub use split::Parts;
pub use targets::{ClassMaps, Classes, Targets, TargetsView, Values};
