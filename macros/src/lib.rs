//! The `model!` compiler.

// The texts are read by `tests/catalogue.rs`, which writes `docs/errors.md`.
#[cfg(test)]
#[allow(dead_code)]
mod codes;
mod diagnostic;
mod editor;
mod emit;
mod fuse;
mod layer;
mod parse;
mod place;
mod plan;
mod resolve;
mod shape;
mod step;
mod words;

use proc_macro::TokenStream;

/// Declares neural networks: see the crate `shapeflow`.
#[proc_macro]
pub fn model(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = diagnostic::Diagnostics::new();
    let module = parse::parse(tokens.into(), &mut diagnostics);
    let mut facts = editor::Facts::default();
    let models = resolve::resolve_for_editor(&module, &mut diagnostics, &mut facts);
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
    code.into()
}
