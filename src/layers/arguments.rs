//! What a layer's arguments may be.

/// A whole number: a literal, a `const`, a dimension name, or an expression of them (`2 * C`, `H / 2`).
pub type Dimension = usize;

/// A number such as `0.25`, or a parameter of the block.
pub type Number = f32;

/// `true` or `false`; some stand alone for `true`: `depthwise`.
pub type Flag = bool;

/// One number for both axes, or height and width: `3x3`.
pub type Pair = [usize; 2];

/// `valid` (none), `same` (as much as keeps `ceil(input / stride)` positions, the odd pixel at the bottom and right), a
/// number for all sides, or `[[top, bottom], [left, right]]`.
pub type Padding = [[usize; 2]; 2];

/// A list of whole numbers: `[7, 7, 64]`.
pub type List = &'static [isize];

/// An axis counted from 0 without the batch, or from the end if negative.
pub type Axis = isize;

/// One of the words that the argument names.
pub type Word = &'static str;

/// How a tensor starts: `glorot_uniform`, `glorot_normal`, `he_uniform`, `he_normal`, `lecun_uniform`, `lecun_normal`, `zeros`,
/// `ones`, `uniform(-0.05, 0.05)`, `normal(0.05)`, `truncated_normal(0.05)`, `orthogonal(1.0)`, `constant(0.5)`.
pub type Init = &'static str;

/// A value that flows through a model: the numbers of one example.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tensor;

#[doc(hidden)]
pub mod told {
    pub use super::super::{
        activations::told::*, norms::told::*, pictures::told::*, shapes::told::*, weights::told::*,
    };
}

#[doc(hidden)]
pub mod of {
    pub use super::super::{
        activations::of::*, norms::of::*, pictures::of::*, shapes::of::*, weights::of::*,
    };
}
