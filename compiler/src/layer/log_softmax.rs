//! `LogSoftmax` over the last axis: scores to logarithms of probabilities.

use super::Entry;
use super::arguments::Signature;
use super::softmax::Softmax;

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(SIGNATURE, |_| Ok(Box::new(Softmax { log: true })))
};

const SIGNATURE: Signature = Signature {
    aliases: &["LogSoftMax"],
    ..Signature::new("LogSoftmax")
};
