//! The `model!` compiler.

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
mod layer;
mod parse;
mod place;
mod plan;
mod resolve;
mod shape;
mod step;
mod words;

use proc_macro2::TokenStream;

/// What became of one `model!`.
#[derive(Debug)]
pub struct Compiled {
    /// The Rust that stands in its place, with the errors in it.
    pub rust: TokenStream,
}

/// Compiles what stands between the braces of one `model!`.
pub fn compile(tokens: TokenStream) -> Compiled {
    Compiled {
        rust: expand(tokens, &mut diagnostic::Diagnostics::new()),
    }
}

/// The whole compiler: everything between the braces of one `model!` to Rust, with the errors in it.
fn expand(tokens: TokenStream, diagnostics: &mut diagnostic::Diagnostics) -> TokenStream {
    let module = parse::parse(tokens, diagnostics);
    let mut facts = editor::Facts::default();
    let models = resolve::resolve_for_editor(&module, diagnostics, &mut facts);
    // First, so that what is being typed doesn't move it: completion compares two expansions.
    let mut code = editor::mirror(&module, &facts);
    code.extend(diagnostics.to_tokens());
    if let Some(model) = models.first() {
        // A const that only the macro reads would be reported as unused.
        code.extend(model.consts.iter().map(|item| {
            let item = &item.tokens;
            quote::quote!(#[allow(dead_code)] #item)
        }));
    }
    code.extend(models.iter().map(emit::emit));
    #[cfg(test)]
    assert!(
        diagnostics.has_errors() || !models.iter().any(|model| model.broken),
        "broken without an error"
    );
    code
}
