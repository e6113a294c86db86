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

/// The consts for each name that stands in `code`.
pub struct Definitions {
    /// As they are written: `const GIVEN_OUTER_HIDDEN_USIZE: usize = HIDDEN;`
    pub given: TokenStream,
    /// As the checks read them: `const OUTER_HIDDEN_USIZE: usize = GIVEN_OUTER_HIDDEN_USIZE;`
    pub checked: TokenStream,
    /// As everything else does: 1 where a check has failed, so that nothing is worked out from a number that doesn't fit.
    pub good: TokenStream,
}

/// `outer` has the names with what is written for each; `good` is the const that says whether all checks hold.
pub fn definitions(
    outer: &[(String, TokenStream)],
    code: &TokenStream,
    good: &TokenStream,
) -> Definitions {
    let used = match outer.is_empty() {
        true => BTreeSet::new(),
        false => used(code),
    };
    let all = outer.iter().flat_map(|(text, tokens)| {
        let types = [
            (ScalarType::Usize, quote!(usize), quote!(1)),
            (ScalarType::F32, quote!(f32), quote!(1.0)),
        ];
        types.map(|(ty, written, one)| (ident(text, ty, Span::call_site()), written, one, tokens))
    });
    let all = all.filter(|(ident, ..)| used.contains(&ident.to_string()));
    let mut definitions = Definitions {
        given: TokenStream::new(),
        checked: TokenStream::new(),
        good: TokenStream::new(),
    };
    for (name, ty, one, tokens) in all {
        let given = quote::format_ident!("GIVEN_{name}");
        definitions
            .given
            .extend(quote!(const #given: #ty = #tokens;));
        definitions
            .checked
            .extend(quote!(const #name: #ty = #given;));
        definitions
            .good
            .extend(quote!(const #name: #ty = if #good { #given } else { #one };));
    }
    definitions
}

/// The names of such consts in `code`.
fn used(code: &TokenStream) -> BTreeSet<String> {
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
    used
}
