//! `LogSoftmax` over the last axis: scores to logarithms of probabilities.

use super::Entry;
use super::softmax::Softmax;

pub const ENTRY: Entry = Entry::new("LogSoftmax", |_| Ok(Box::new(Softmax { log: true })));
