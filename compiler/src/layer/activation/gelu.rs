//! `Gelu`: `x * Φ(x)`, or with `approximate = tanh` its approximation.

use shapeflow_terms::Activation;

use super::Pointwise;
use crate::attribute::Attribute;
use crate::diagnostic::Reported;
use crate::layer::arguments::Arguments;
use crate::layer::{Entry, Inputs, Layer};

pub const ENTRY: Entry = Entry {
    name: "Gelu",
    example: "Gelu",
    required: &[],
    optional: &[],
    options: &["approximate"],
    flags: &[],
    inputs: Inputs::One,
    build,
};

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let (word, function) = match arguments.word("approximate", &["none", "tanh"]) {
        "tanh" => ("tanh", Activation::GeluTanh),
        _ => ("none", Activation::Gelu),
    };
    Ok(Box::new(Pointwise {
        attributes: vec![("approximate", Attribute::Word(word))],
        ..Pointwise::new("Gelu", function)
    }))
}
