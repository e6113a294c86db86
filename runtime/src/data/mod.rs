//! Data: loading, cleaning, splitting, augmenting.
//!
//! What a network trains on is a [`Dataset`]: one array per input, and [`Targets`]. What the training loop takes is
//! any [`Source`] of batches, which a data set is.

pub mod augment;
mod augmented;
mod batch;
#[cfg(feature = "images")]
mod bitmap;
mod cifar;
mod class_names;
#[cfg(feature = "images")]
mod colors;
mod dataset;
#[cfg(feature = "images")]
mod decode;
mod error;
#[cfg(feature = "images")]
mod exif;
mod files;
mod finite;
#[cfg(feature = "images")]
mod folder;
mod folds;
mod idx;
mod input;
#[cfg(feature = "images")]
mod jpeg_layout;
#[cfg(feature = "images")]
mod jpeg_scan;
mod limits;
mod mnist;
mod named;
pub mod normalize;
#[cfg(feature = "images")]
mod picture_reader;
mod pictures;
mod placed;
mod places;
#[cfg(feature = "images")]
mod png_layout;
mod prefetch;
mod random;
mod source;
mod split;
#[cfg(feature = "tables")]
pub mod table;
mod targets;

pub use crate::engine::ColumnNames;
pub use augmented::Augmented;
pub use batch::BatchBuffers;
pub use cifar::{
    CIFAR10_CLASSES, CIFAR100_CLASSES, CIFAR100_SUPERCLASSES, Cifar100Labels, cifar10, cifar100,
};
#[cfg(feature = "images")]
pub use colors::Colors;
pub use dataset::{Dataset, IntoTargets};
pub use error::DataError;
pub use finite::check_finite;
#[cfg(feature = "images")]
pub use folder::{FolderPictures, PictureFolder};
pub use folds::Folds;
pub use idx::{read_idx, read_idx_images, read_idx_labels};
pub use input::Input;
pub use limits::Limits;
pub use mnist::{FASHION_MNIST_CLASSES, MNIST_CLASSES, fashion_mnist, mnist};
#[cfg(feature = "images")]
pub use picture_reader::PictureReader;
pub use pictures::{Pictures, Pixels};
pub use places::Places;
pub use random::Random;
pub use source::{BatchPool, BatchSource, Pass, Source, Visit};
pub use split::Parts;
pub use targets::{ClassMaps, Classes, Targets, TargetsView, Values};
