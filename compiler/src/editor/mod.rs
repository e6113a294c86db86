//! What an editor is told: a mirror of the user's text, in which each word is a path to what it means.
//!
//! rust-analyzer looks up a word of a macro's input where the expansion has a token with its span. The expansion for rustc
//! has none for most words (a layer becomes calls of kernels), so this mirror stands beside it under `cfg(rust_analyzer)`,
//! which only rust-analyzer sets:
//!
//! - a layer is a path to its documented item in `shapeflow::layers`, an argument a field of that item;
//! - a named value, a dimension and a block are paths to items that stand where the user declared them;
//! - what was inferred about a stage is the documentation of an item under the layer's own span: hovers of several tokens
//!   of one word are shown together.
//!
//! For completion rust-analyzer expands the macro a second time with a made-up word at the cursor, and looks into both
//! expansions at the same offset. Therefore the mirror is the first thing in the expansion, the [`text`] that the user writes
//! comes before the [`notes`] (which depend on inferred shapes), and the text has no strings.

mod facts;
mod notes;
mod text;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::layer::arguments::Meanings;
use crate::parse::tree::Module;
pub use facts::Facts;

/// The word that rust-analyzer puts where a completion is asked for.
const MARKER: &str = "raCompletionMarker";

/// The mirror of one `model!`. rustc parses it and throws it away.
pub fn mirror(module: &Module, facts: &Facts) -> TokenStream {
    if !nameable(module) {
        return TokenStream::new();
    }
    let definitions = || module.blocks.iter().chain(&module.models).enumerate();
    let text: TokenStream = definitions()
        .map(|(index, definition)| text::text(module, definition, index))
        .collect();
    let mut notes = notes::stages(module);
    notes.extend(
        definitions()
            .map(|(index, definition)| notes::definition(module, definition, index, facts)),
    );
    quote! {
        #[doc(hidden)]
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            #[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
            const _: () = {
                const fn __any<T>() -> T {
                    loop {}
                }
                #text
                #notes
            };
        };
    }
}

/// Whether all names can be those of Rust items; if not, which is reported, there is no mirror.
fn nameable(module: &Module) -> bool {
    let definitions = module.blocks.iter().chain(&module.models);
    let mut names = definitions.flat_map(|definition| {
        let inputs = definition.inputs.iter().map(|input| &input.name);
        let parameters = definition.parameters.iter().map(|item| &item.name);
        let lets = definition.lets.iter().flat_map(|item| &item.names);
        let names = inputs.chain(parameters).chain(lets);
        names.chain(&definition.dims).chain([&definition.name])
    });
    names.all(plain) && module.consts.iter().all(|item| plain(&item.name))
}

/// Not a keyword.
fn plain(name: &Ident) -> bool {
    text::word(&quote!(#name)).is_some()
}

/// A name away from where the user wrote it.
fn elsewhere(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::call_site());
    name
}

/// A word of the user as a name.
fn named(word: &str, span: Span) -> Ident {
    match word.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(word, span),
    }
}

/// A name of the mirror's own.
fn own(kind: &str, index: usize) -> Ident {
    format_ident!("__{}_{}", kind, index, span = Span::call_site())
}

/// The module of a named value: the inputs, then the `let`s, counted through.
pub fn value_module(definition: usize, place: usize) -> Ident {
    format_ident!("__value_{}_{}", definition, place, span = Span::call_site())
}

/// The items that can stand for a word in a layer's arguments, for completion.
fn own_arguments(index: usize, layer: &str) -> Ident {
    let layer = layer.trim_start_matches("r#");
    format_ident!("__arguments_{}_{}", index, layer, span = Span::call_site())
}

/// The items that can stand behind `padding = `.
fn own_words(index: usize, layer: &str, argument: &str) -> Ident {
    let layer = layer.trim_start_matches("r#");
    format_ident!(
        "__words_{}_{}_{}",
        index,
        layer,
        argument,
        span = Span::call_site()
    )
}

/// The words that an option of a layer takes, and what they mean.
fn words(layer: &str, argument: &str) -> Meanings {
    crate::layer::find(layer).map_or(&[], |entry| entry.signature.words(argument))
}

#[cfg(test)]
mod tests;
