//! `HardSwish`: `x * relu6(x + 3) / 6`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise::new("HardSwish", Activation::HardSwish)))
});

const SIGNATURE: Signature = Signature {
    aliases: &["Hardswish"],
    ..Signature::new("HardSwish")
};
