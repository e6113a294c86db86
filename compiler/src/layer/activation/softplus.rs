//! `Softplus`: `ln(1 + exp(x))`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Softplus", |_| Ok(pointwise("Softplus", Activation::Softplus)));
