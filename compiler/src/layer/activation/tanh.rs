//! `Tanh`: `tanh(x)`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Tanh", |_| Ok(pointwise("Tanh", Activation::Tanh)));
