//! What the registry holds of a layer before any is built.

use super::Layer;
use super::arguments::{Arguments, Signature};
use crate::diagnostic::Reported;

/// A layer of the language.
#[derive(Debug)]
pub struct Entry {
    pub signature: Signature,
    /// How many values it takes.
    pub inputs: Inputs,
    /// Whether the shape that comes out is always the one that goes in.
    pub keeps_shape: bool,
    pub build: Build,
}

/// Reads the arguments of one use.
pub type Build = fn(&mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported>;

/// How many values a layer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    One,
    /// A tuple.
    Several,
}

impl Entry {
    /// A layer of one value.
    pub const fn new(signature: Signature, build: Build) -> Entry {
        Entry {
            signature,
            inputs: Inputs::One,
            keeps_shape: false,
            build,
        }
    }
}
