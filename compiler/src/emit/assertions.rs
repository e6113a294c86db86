//! What only rustc can check: const assertions under the user's words.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::shape::typed::TypedModel;

/// One assertion for each check, in the order of the graph. After the first that fails the others
/// hold their tongue: sizes that follow from a wrong one are wrong too.
pub fn assertions(model: &TypedModel) -> TokenStream {
    let assertions = model
        .assertions
        .iter()
        .enumerate()
        .map(|(index, assertion)| {
            let (condition, message) = (&assertion.condition, &assertion.message);
            let good = format_ident!("GOOD_{}", index + 1);
            let before = format_ident!("GOOD_{}", index);
            let (start, end) = (assertion.place.start, assertion.place.end);
            // rustc underlines from the name of the macro to the end of its brackets.
            let mut arguments = Group::new(
                Delimiter::Parenthesis,
                quote_spanned!(start=> !#before || #good, "{}", #message),
            );
            arguments.set_span(end);
            quote_spanned! {start=>
                const #good: bool = #before && #condition;
                const _: () = assert! #arguments;
            }
        });
    quote! {
        const GOOD_0: bool = true;
        #(#assertions)*
    }
}
