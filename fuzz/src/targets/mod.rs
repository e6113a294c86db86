//! The readers: one file for each kind of file.

mod checkpoint;
mod cifar;
mod history;
mod idx;
mod normalizer;
mod pictures;
mod table;
mod weights;

use crate::Target;

/// All targets.
pub const ALL: [Target; 9] = [
    checkpoint::TARGET,
    cifar::TARGET,
    history::TARGET,
    idx::TARGET,
    normalizer::TARGET,
    pictures::JPEG,
    pictures::PNG,
    table::TARGET,
    weights::TARGET,
];
