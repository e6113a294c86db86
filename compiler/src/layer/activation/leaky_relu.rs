//! `LeakyRelu(slope)`: `x`, or `slope * x` below 0.

use shapeflow_terms::Activation;

use super::Pointwise;
use crate::attribute::Attribute;
use crate::diagnostic::Reported;
use crate::layer::arguments::{Arguments, Range};
use crate::layer::{Entry, Inputs, Layer};

pub const ENTRY: Entry = Entry {
    name: "LeakyRelu",
    example: "LeakyRelu(0.01)",
    required: &[],
    optional: &["slope"],
    options: &[],
    flags: &[],
    inputs: Inputs::One,
    build,
};

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let slope = arguments.number_or("slope", 0.01, &Range::BELOW_ONE);
    Ok(Box::new(Pointwise {
        attributes: vec![("slope", Attribute::Number(slope.clone()))],
        ..Pointwise::new("LeakyRelu", Activation::LeakyRelu(slope))
    }))
}
