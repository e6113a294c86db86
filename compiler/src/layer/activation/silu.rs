//! `Silu`: `x * sigmoid(x)`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise::new("Silu", Activation::Silu)))
});

const SIGNATURE: Signature = Signature {
    aliases: &["SiLU", "Swish"],
    ..Signature::new("Silu")
};
