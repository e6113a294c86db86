//! `Silu`: `x * sigmoid(x)`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("Silu", |_| Ok(pointwise("Silu", Activation::Silu)));
