//! Data: loading, cleaning, splitting, augmenting.

mod targets;

pub use targets::{ClassMaps, Classes, Targets, TargetsView, Values};
