//! `Relu6`: `min(max(x, 0), 6)`.

use shapeflow_terms::Activation;

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise {
        is_mistake_twice: true,
        ..Pointwise::new("Relu6", Activation::Relu6)
    }))
});

const SIGNATURE: Signature = Signature {
    aliases: &["ReLU6"],
    ..Signature::new("Relu6")
};
