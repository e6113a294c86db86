//! `Relu`: `max(x, 0)`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Relu", |_| Ok(pointwise("Relu", Activation::Relu)));
