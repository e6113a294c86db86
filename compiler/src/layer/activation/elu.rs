//! `Elu(alpha)`: `x`, or `alpha * (exp(x) - 1)` below 0.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::attribute::Attribute;
use crate::check::Range;
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |arguments| {
    let alpha = arguments.number_or("alpha", 1.0, &Range::POSITIVE);
    Ok(Box::new(Pointwise {
        attributes: vec![("alpha", Attribute::Number(alpha.clone()))],
        ..Pointwise::new("Elu", Activation::Elu(alpha))
    }))
});

const SIGNATURE: Signature = Signature {
    example: "Elu(1.0)",
    optional: &["alpha"],
    aliases: &["ELU"],
    ..Signature::new("Elu")
};
