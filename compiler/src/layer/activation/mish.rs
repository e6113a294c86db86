//! `Mish`: `x * tanh(softplus(x))`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise::new("Mish", Activation::Mish)))
});

const SIGNATURE: Signature = Signature {
    aliases: &[],
    ..Signature::new("Mish")
};
