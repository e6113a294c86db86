//! Shapes and their dimensions, and the typed graph they end in.

mod broadcast;
mod dim;
mod number;
pub mod outer;
mod scalar;
#[expect(
    clippy::module_inception,
    reason = "a shape is what this room is about"
)]
mod shape;
mod solve;

pub use broadcast::broadcast;
pub use dim::{Atom, Comparison, Dim, Division};
pub use number::Number;
pub use scalar::ScalarType;
pub use shape::Shape;
pub use solve::{Solution, Unsolved, solve_axis};

/// Larger sizes don't fit any memory.
pub const LARGEST: u64 = 1 << 40;
