//! `Relu6`: `min(max(x, 0), 6)`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Relu6", |_| Ok(pointwise("Relu6", Activation::Relu6)));
