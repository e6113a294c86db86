//! What a layer was given besides its input: kernel sizes, rates, flags.

use crate::init::Init;

/// One attribute of a layer, under the name that it has in the language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribute {
    /// Its name, such as `kernel`.
    pub name: &'static str,
    /// Whether the language has it by its place (`Dense(64)`) or as a flag (`depthwise`), not by its name (`stride = 2`).
    pub in_place: bool,
    /// Its value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum AttributeValue {
    /// A size or a count: `filters = 32`.
    Size(usize),
    /// Several of them, one for each axis: `kernel = 3x3`.
    Sizes(&'static [usize]),
    /// A whole number that may be negative: `axis = -1`.
    Integer(i64),
    /// A number: `rate = 0.25`.
    Number(f32),
    /// Yes or no: `causal`.
    Flag(bool),
    /// One of a few words: `padding = same`.
    Word(&'static str),
    /// How a tensor begins: `init = he_normal`.
    Init(Init),
}
