//! `HardSwish`: `x * relu6(x + 3) / 6`.

use shapeflow_terms::Activation;

use super::pointwise;
use crate::layer::Entry;

pub const ENTRY: Entry = Entry::new("HardSwish", |_| Ok(pointwise("HardSwish", Activation::HardSwish)));
