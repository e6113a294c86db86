//! What the `model!` compiler and the runtime agree on, written once: element types, initial weights, activations, links,
//! and the planner that lays buffers into memory.
//!
//! The compiler holds numbers that may be names of consts (`Init<Number>`), the runtime plain ones (`Init<f32>`): the lists are
//! the same, and code that names a variant is printed from [`Init::variant`] and [`Activation::variant`].
//! No heap, no dependency: all of it also works while a user's crate compiles.
#![no_std]
#![deny(missing_docs)]

mod activation;
pub mod convolution;
mod element;
mod init;
mod link;
pub mod plan;

pub use activation::Activation;
pub use element::Element;
pub use init::Init;
pub use link::Link;
