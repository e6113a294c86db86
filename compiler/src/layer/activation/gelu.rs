//! `Gelu`: `x * Φ(x)`, or with `approximate = tanh` its approximation.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::attribute::Attribute;
use crate::layer::Entry;
use crate::layer::arguments::{Meanings, Signature};

pub const ENTRY: Entry = entry(SIGNATURE, |arguments| {
    let (word, function) = match arguments.word("approximate") {
        "tanh" => ("tanh", Activation::GeluTanh),
        _ => ("none", Activation::Gelu),
    };
    Ok(Box::new(Pointwise {
        attributes: vec![("approximate", Attribute::Word(word))],
        ..Pointwise::new("Gelu", function)
    }))
});

const SIGNATURE: Signature = Signature {
    options: &["approximate"],
    aliases: &["GELU"],
    words: &[("approximate", APPROXIMATIONS)],
    ..Signature::new("Gelu")
};

/// The words of `approximate`.
const APPROXIMATIONS: Meanings = &[
    ("none", "GELU itself."),
    ("tanh", "GELU by its approximation with `tanh`."),
];
