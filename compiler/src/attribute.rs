//! What a layer was told, by name: sizes, numbers and words, for whoever reads the graph.

use shapeflow_terms::Init;

use crate::shape::{Dim, Number};

/// The value of an attribute.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// A size, such as `units`.
    Size(Dim),
    /// Sizes by axis, such as `kernel`.
    Sizes(Vec<Dim>),
    /// A whole number that may be negative, such as `axis`.
    Integer(i64),
    /// A real number, such as `rate`.
    Number(Number),
    /// Whether something is on, such as `bias`.
    Flag(bool),
    /// One of several words, such as `mode`.
    Word(&'static str),
    /// Initial weights.
    Init(Init<Number>),
}

/// Attributes with their names, in the order of the layer's arguments.
pub type Attributes = Vec<(&'static str, Attribute)>;

impl Attribute {
    /// Sizes by axis.
    pub fn sizes<'a>(dims: impl IntoIterator<Item = &'a Dim>) -> Attribute {
        Attribute::Sizes(dims.into_iter().cloned().collect())
    }

    /// `[[top, bottom], [left, right]]` as four sizes.
    pub fn sides(sides: &[[Dim; 2]; 2]) -> Attribute {
        Attribute::sizes(sides.iter().flatten())
    }
}
