//! The `model!` compiler.

mod attribute;
mod check;
// The texts are read by `tests/catalogue.rs`, which writes `docs/errors.md`.
#[cfg(test)]
#[allow(dead_code)]
mod codes;
mod diagnostic;
mod editor;
mod emit;
mod fuse;
#[cfg(test)]
mod fuzz;
mod graph;
mod id;
mod layer;
mod lower;
mod parse;
mod plan;
mod resolve;
mod shape;
mod step;
mod tensor;
mod words;

use proc_macro2::TokenStream;
use quote::quote;

use diagnostic::Diagnostics;
use step::Mode;

/// What became of one `model!`.
#[derive(Debug)]
pub struct Compiled {
    /// The Rust that stands in its place, with the errors in it.
    pub rust: TokenStream,
}

/// Compiles what stands between the braces of one `model!`.
pub fn compile(tokens: TokenStream) -> Compiled {
    Compiled {
        rust: expand(tokens, &mut Diagnostics::new()),
    }
}

/// All stages in order: everything between the braces of one `model!` to Rust, with the errors in it.
fn expand(tokens: TokenStream, diagnostics: &mut Diagnostics) -> TokenStream {
    let tree = parse::parse(tokens, diagnostics);
    let mut facts = editor::Facts::default();
    let graphs = resolve::resolve_for_editor(&tree, diagnostics, &mut facts);
    // First, so that what is being typed doesn't move it: completion compares two expansions.
    let mut code = editor::mirror(&tree, &facts);
    code.extend(diagnostics.to_tokens());
    if let Some(graph) = graphs.first() {
        // A const that only the macro reads would be reported as unused.
        let consts = &graph.declared.consts;
        code.extend(quote!(#(#[allow(dead_code)] #consts)*));
    }
    for graph in &graphs {
        let [train, infer] = [Mode::Train, Mode::Infer].map(|mode| {
            let fused = fuse::fuse(graph, mode);
            let steps = lower::lower(graph, &fused);
            plan::plan(steps, mode)
        });
        code.extend(emit::emit(graph, &train, &infer));
    }
    #[cfg(test)]
    assert!(
        diagnostics.has_errors() || !graphs.iter().any(|graph| graph.broken),
        "broken without an error"
    );
    code
}
