//! Layered diagrams of neural networks, drawn from top to bottom: [`Diagram`] in, SVG or Graphviz text out.
//!
//! A diagram holds plain strings, so that shapes may be numbers (`28×28×32`) or symbols (`T×C`). The drawing is the same for the
//! same diagram, whatever the machine.
//!
//! [`network`] makes the diagram of a network in words, by rules that all its users share.
//!
//! The stages, each reading only what the one before made: `fold` joins small layers to the box before them, `layout` finds
//! rows, the order within them, and places, `svg` writes the result.
//!
//! ```
//! use shapeflow_diagram::{Diagram, Edge, Node, Style};
//!
//! let diagram = Diagram {
//!     title: "Digits".to_owned(),
//!     nodes: vec![
//!         Node::new("image", Style::Input),
//!         Node::layer("dense1", "Dense(10)", Some("7,850 parameters")),
//!         Node::new("output", Style::Output),
//!     ],
//!     edges: vec![Edge::new(0, 1, "784"), Edge::new(1, 2, "10")],
//!     blocks: vec![],
//! };
//! assert!(diagram.to_svg().starts_with("<svg "));
//! assert!(diagram.to_dot().starts_with("digraph "));
//! ```
#![deny(missing_docs)]

mod call;
mod diagram;
mod dot;
mod draw;
mod fold;
mod layout;
pub mod network;
mod simplex;
mod svg;
mod text;

pub use call::{Argument, Written, call, grouped};
pub use diagram::{Block, Diagram, Edge, Node, Style};
