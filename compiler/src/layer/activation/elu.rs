//! `Elu(alpha)`: `x`, or `alpha * (exp(x) - 1)` below 0.

use shapeflow_terms::Activation;

use super::Pointwise;
use crate::attribute::Attribute;
use crate::diagnostic::Reported;
use crate::layer::arguments::{Arguments, Range};
use crate::layer::{Entry, Inputs, Layer};

pub const ENTRY: Entry = Entry {
    name: "Elu",
    example: "Elu(1.0)",
    required: &[],
    optional: &["alpha"],
    options: &[],
    flags: &[],
    inputs: Inputs::One,
    build,
};

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let alpha = arguments.number_or("alpha", 1.0, &Range::POSITIVE);
    Ok(Box::new(Pointwise {
        attributes: vec![("alpha", Attribute::Number(alpha.clone()))],
        ..Pointwise::new("Elu", Activation::Elu(alpha))
    }))
}
