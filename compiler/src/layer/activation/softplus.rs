//! `Softplus`: `ln(1 + exp(x))`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise::new("Softplus", Activation::Softplus)))
});

const SIGNATURE: Signature = Signature {
    aliases: &["SoftPlus"],
    ..Signature::new("Softplus")
};
