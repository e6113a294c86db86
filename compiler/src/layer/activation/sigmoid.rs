//! `Sigmoid`: `1 / (1 + exp(-x))`; at a model's end its link.

use shapeflow_terms::{Activation, Link};

use super::{Pointwise, entry};
use crate::layer::Entry;
use crate::layer::arguments::Signature;

pub const ENTRY: Entry = entry(SIGNATURE, |_| {
    Ok(Box::new(Pointwise {
        link: Some(Link::Sigmoid),
        is_mistake_twice: true,
        ..Pointwise::new("Sigmoid", Activation::Sigmoid)
    }))
});

const SIGNATURE: Signature = Signature {
    aliases: &["Logistic"],
    ..Signature::new("Sigmoid")
};
