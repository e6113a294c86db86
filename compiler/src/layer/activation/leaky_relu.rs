//! `LeakyRelu(slope)`: `x`, or `slope * x` below 0.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::attribute::Attribute;
use crate::check::Range;
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |arguments| {
    let slope = arguments.number_or("slope", 0.01, &Range::BELOW_ONE);
    Ok(Box::new(Pointwise {
        attributes: vec![("slope", Attribute::Number(slope.clone()))],
        ..Pointwise::new("LeakyRelu", Activation::LeakyRelu(slope))
    }))
});

const SIGNATURE: Signature = Signature {
    example: "LeakyRelu(0.01)",
    optional: &["slope"],
    aliases: &["LeakyReLU"],
    ..Signature::new("LeakyRelu")
};
