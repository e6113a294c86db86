//! `HardSigmoid`: `relu6(x + 3) / 6`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise::new(
        "HardSigmoid",
        Activation::HardSigmoid,
    )))
});

const SIGNATURE: Signature = Signature {
    aliases: &["Hardsigmoid"],
    ..Signature::new("HardSigmoid")
};
