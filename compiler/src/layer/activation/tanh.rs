//! `Tanh`: `tanh(x)`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise {
        is_mistake_twice: true,
        ..Pointwise::new("Tanh", Activation::Tanh)
    }))
});

const SIGNATURE: Signature = Signature {
    aliases: &["TanH"],
    ..Signature::new("Tanh")
};
