//! The `model!` compiler as a library: a network in text or tokens to a checked [`Graph`], the errors in it, and Rust.
//!
//! `shapeflow-macros` calls it for rustc; tools, importers and other targets may call it too:
//!
//! ```
//! let source = "pub struct Digits(image: [28, 28, 1]) -> [10] { image -> Flatten -> Dense(10) -> Softmax }";
//! let compiled = shapeflow_compiler::compile_text(source)?;
//! let graph = &compiled.graphs[0];
//! assert_eq!(graph.layers[1].name, "dense1");
//! assert_eq!(graph.values[graph.outputs[0].value].shape.to_string(), "[10]");
//!
//! let wrong = shapeflow_compiler::compile_text("struct Digits(image: [28, 28, 1]) -> [10] { image -> Dense(10) }")?;
//! let error = wrong.diagnostics.errors().next().expect("a picture isn't one axis");
//! assert_eq!(error.code, "wants-one-axis");
//! # Ok::<(), proc_macro2::LexError>(())
//! ```
//!
//! The stages stand in [`compile`], one after the other; each is a module that reads only those before it:
//!
//! | stage | from what to what |
//! |---|---|
//! | `parse` | tokens to a syntax tree |
//! | `resolve` | the tree to a [`graph`]: names, blocks, repeats and sharing worked out, every shape checked |
//! | [`fuse`] | graph to graph, for training or for inference |
//! | [`lower`](mod@lower) | graph to [`step`]s: kernel calls as data |
//! | [`plan`](mod@plan) | steps to stages and to places in memory |
//! | `emit` | a plan to Rust |
//!
//! Below them stands what things are: [`shape`]s, what is [`check`]ed of them, [`layer`]s. Another target prints the plans of
//! [`compile_for`] in its own way.

pub mod attribute;
pub mod check;
// The texts are read by `tests/catalogue.rs`, which writes `docs/errors.md`.
#[doc(hidden)]
pub mod codes;
pub mod diagnostic;
mod editor;
mod emit;
pub mod fuse;
#[cfg(test)]
mod fuzz;
pub mod graph;
pub mod id;
pub mod layer;
pub mod lower;
mod parse;
pub mod plan;
mod recompute;
mod resolve;
pub mod shape;
pub mod step;
pub mod tensor;
pub mod words;

use proc_macro2::{LexError, TokenStream};

use diagnostic::Diagnostics;
use editor::Facts;
use graph::Graph;
use plan::Plan;
use step::Mode;

/// What became of one `model!`.
#[derive(Debug)]
pub struct Compiled {
    /// One for each struct, in the order in which they are written; a struct with mistakes is there too, marked as broken.
    pub graphs: Vec<Graph>,
    /// What was found wrong.
    pub diagnostics: Diagnostics,
    /// The Rust that stands in the place of the `model!`: the structs with their code, and the errors as `compile_error!`.
    pub rust: TokenStream,
}

/// Compiles what stands between the braces of one `model!`: all stages in order.
///
/// Never fails: mistakes are in [`Compiled::diagnostics`].
pub fn compile(tokens: TokenStream) -> Compiled {
    let mut diagnostics = Diagnostics::new();
    let mut facts = Facts::default();
    let tree = parse::parse(tokens, &mut diagnostics);
    let mut graphs = resolve::resolve(&tree, &mut diagnostics, &mut facts);
    let mut plans = Vec::with_capacity(graphs.len());
    for graph in &mut graphs {
        let mut train = compile_for(Mode::Train, graph);
        if recompute::refuse_useless(graph, &train, &mut diagnostics) {
            graph.broken = true;
            train = compile_for(Mode::Train, graph);
        }
        plans.push((train, compile_for(Mode::Infer, graph)));
    }
    let mut rust = editor::mirror(&tree, &facts);
    rust.extend(emit::head(&graphs, &diagnostics));
    for (graph, (train, infer)) in graphs.iter().zip(&plans) {
        rust.extend(emit::emit(graph, train, infer));
    }
    Compiled {
        graphs,
        diagnostics,
        rust,
    }
}

/// The stages behind the graph, up to where targets begin: what is to be done for `mode`, in which memory.
pub fn compile_for(mode: Mode, graph: &Graph) -> Plan {
    let fused = fuse::fuse(graph, mode);
    let steps = lower::lower(graph, &fused);
    let mut plan = plan::plan(steps, mode);
    if !plan.steps.reruns.is_empty() {
        let steps = lower::lower(graph, &fused.keeping_all());
        let all = plan::plan(steps, mode);
        plan.cut = Some((all.chunk, all.steps.buffers));
    }
    plan
}

/// [`compile`] for the text between the braces.
///
/// # Errors
///
/// If the text isn't made of Rust's tokens, or its brackets don't match.
pub fn compile_text(text: &str) -> Result<Compiled, LexError> {
    Ok(compile(text.parse()?))
}
