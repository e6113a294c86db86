//! `Sigmoid`: `1 / (1 + exp(-x))`; at a model's end its link.

use shapeflow_terms::{Activation, Link};

use super::Pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Sigmoid", |_| {
    Ok(Box::new(Pointwise {
        link: Some(Link::Sigmoid),
        ..Pointwise::new("Sigmoid", Activation::Sigmoid)
    }))
});
