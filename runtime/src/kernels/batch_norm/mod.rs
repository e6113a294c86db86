//! Batch normalisation: each channel brought to mean 0 and variance 1 over the batch, then scaled and shifted.
//!
//! Values are `(rows, channels)`, rows being examples × positions. The batch may be cut into chunks: each chunk gives
//! partial sums, which are combined in the chunks' order before the next stage runs over the chunks again.
//! Arrays of several numbers per channel are one after the other: `[mean; C] [inverse std; C] ..`.
//! Source: Ioffe and Szegedy 2015, "Batch normalization".

mod affine;
mod backward;
mod forward;
pub mod reference;
mod share;
mod statistics;
#[cfg(test)]
mod tests;
mod vector;

pub use backward::{backward_combine, backward_input, backward_partial, backward_partial_in_place};
pub use forward::{factor, fold_bias, forward, inference};
pub use share::{
    backward_input_shared, backward_partial_in_place_shared, backward_partial_shared,
    forward_shared, partial_statistics_shared,
};
pub use statistics::{combine_statistics, partial_statistics, update_running};
