//! The readers: one file for each kind of file.

mod checkpoint;
mod cifar;
mod extras;
mod fitted;
mod folder;
mod history;
mod idx;
mod kernels;
mod mnist;
mod network;
mod normalizer;
mod pictures;
mod preprocessor;
mod pytorch;
mod table;
mod weights;

use crate::Target;

/// All targets.
pub const ALL: [Target; 17] = [
    checkpoint::TARGET,
    cifar::TARGET,
    extras::TARGET,
    fitted::TARGET,
    folder::TARGET,
    history::TARGET,
    idx::TARGET,
    kernels::TARGET,
    mnist::TARGET,
    network::TARGET,
    normalizer::TARGET,
    pictures::JPEG,
    pictures::PNG,
    preprocessor::TARGET,
    pytorch::TARGET,
    table::TARGET,
    weights::TARGET,
];
