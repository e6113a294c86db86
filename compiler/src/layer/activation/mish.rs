//! `Mish`: `x * tanh(softplus(x))`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Mish", |_| Ok(pointwise("Mish", Activation::Mish)));
