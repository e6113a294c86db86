//! Consts from outside the block, under names of their own: what rustc says of a wrong one is said once, not wherever its
//! number is used.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use super::ScalarType;

const PREFIX: &str = "OUTER_";

/// The name under which the generated code knows a const, as a number of this kind.
pub fn name(text: &str, ty: ScalarType, tokens: &TokenStream) -> TokenStream {
    let span = tokens.clone().into_iter().last().map(|tree| tree.span());
    let ident = ident(text, ty, span.unwrap_or_else(Span::call_site));
    quote!(#ident)
}

fn ident(text: &str, ty: ScalarType, span: Span) -> Ident {
    let word = text.replace("r#", "").replace("::", "__");
    let name = format!("{PREFIX}{word}_{}", ty.name().to_uppercase());
    Ident::new(&name, span.resolved_at(Span::call_site()))
}

/// `const OUTER_HIDDEN_USIZE: usize = HIDDEN;` for each name that stands in the code.
pub fn definitions(outer: &[(String, TokenStream)], code: &TokenStream) -> TokenStream {
    if outer.is_empty() {
        return TokenStream::new();
    }
    let mut used = BTreeSet::new();
    let mut waiting = vec![code.clone()];
    while let Some(tokens) = waiting.pop() {
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => waiting.push(group.stream()),
                TokenTree::Ident(ident) => {
                    let text = ident.to_string();
                    if text.starts_with(PREFIX) {
                        used.insert(text);
                    }
                }
                _ => {}
            }
        }
    }
    let all = outer.iter().flat_map(|(text, tokens)| {
        let types = [
            (ScalarType::Usize, quote!(usize)),
            (ScalarType::F32, quote!(f32)),
        ];
        types.map(|(ty, written)| (ident(text, ty, Span::call_site()), written, tokens))
    });
    let items = all
        .filter(|(ident, _, _)| used.contains(&ident.to_string()))
        .map(|(ident, ty, tokens)| quote!(const #ident: #ty = #tokens;));
    quote!(#(#items)*)
}
