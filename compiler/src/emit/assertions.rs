//! What only rustc can check: const assertions under the user's words.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Literal, TokenStream};
use quote::{quote, quote_spanned};

use crate::check::{Assertion, Condition, Range};
use crate::graph::Graph;
use crate::shape::Dim;
use crate::words::{Part, Words};

/// Whether all checks hold, as a block's contents, with one assertion for each in the order of the graph. After the first that
/// fails the others hold their tongue: sizes that follow from a wrong one are wrong too. So a check that stands twice is written
/// once.
pub fn assertions(graph: &Graph) -> TokenStream {
    let mut known = BTreeSet::new();
    let assertions = graph.assertions.iter();
    let assertions = assertions.filter(|assertion| known.insert(assertion.condition.to_string()));
    let assertions: Vec<&Assertion> = assertions.collect();
    // One body for all of them: consts that each ask for the one before would nest beyond rustc's limit.
    let checks = assertions.iter().enumerate().map(|(index, assertion)| {
        let condition = condition(&assertion.condition);
        let next = index + 1;
        quote!(if held == #index && #condition { held = #next; })
    });
    let checks: TokenStream = checks.collect();
    let asserts = assertions.iter().enumerate().map(|(index, assertion)| {
        let message = message(&assertion.message, index);
        let (start, end) = (assertion.place.start, assertion.place.end);
        // rustc underlines from the name of the macro to the end of its brackets.
        let mut arguments = Group::new(
            Delimiter::Parenthesis,
            quote_spanned!(start=> HELD != #index, "{}", #message),
        );
        arguments.set_span(end);
        quote_spanned!(start=> const _: () = assert! #arguments;)
    });
    let count = assertions.len();
    quote! {
        const HELD: usize = {
            let mut held = 0usize;
            #checks
            held
        };
        #(#asserts)*
        HELD == #count
    }
}

/// A const expression of type `bool`.
fn condition(condition: &Condition) -> TokenStream {
    match condition {
        Condition::Equal(a, b) => {
            let (a, b) = a.minus(b).sides();
            quote!(#a == #b)
        }
        Condition::AtLeast(a, b) => {
            let (a, b) = a.minus(b).sides();
            quote!(#a >= #b)
        }
        Condition::AtMost(factors, most) => {
            let factors = factors.iter().map(Dim::float_tokens);
            let most = Literal::f64_suffixed(*most as f64);
            quote!(1f64 #(* #factors)* <= #most)
        }
        Condition::Divisible(dim, by) => {
            let (dim, by) = (dim.tokens(), by.tokens());
            quote!(#by != 0 && #dim % #by == 0)
        }
        Condition::Within(number, range) => within(&number.tokens(), range),
        Condition::Below(a, b) => {
            let (a, b) = (a.tokens(), b.tokens());
            quote!(#a < #b)
        }
    }
}

fn within(number: &TokenStream, range: &Range) -> TokenStream {
    let least = Literal::f32_suffixed(range.least);
    let above = match range.with_least {
        true => quote!(#number >= #least),
        false => quote!(#number > #least),
    };
    let Some(most) = range.most.map(Literal::f32_suffixed) else {
        return quote!(#above && #number <= f32::MAX);
    };
    match range.with_most {
        true => quote!(#above && #number <= #most),
        false => quote!(#above && #number < #most),
    }
}

/// A const expression of type `&'static str`, empty unless this is the check that fails: its numbers may be too large to be worked out.
fn message(words: &Words, index: usize) -> TokenStream {
    let calls = words.0.iter().map(|part| match part {
        Part::Text(text) => quote!(.text(#text)),
        Part::Dim(dim) => dim_calls(dim, true),
        Part::Shape(shape) => {
            let axes = shape.axes().iter().enumerate().map(|(index, dim)| {
                let comma = (index > 0).then(|| quote!(.text(", ")));
                let number = dim_calls(dim, false);
                quote!(#comma #number)
            });
            quote!(.text("[") #(#axes)* .text("]"))
        }
    });
    quote!({
        const TEXT: ::shapeflow::engine::text::Text = match HELD == #index {
            true => ::shapeflow::engine::text::Text::new() #(#calls)*,
            false => ::shapeflow::engine::text::Text::new(),
        };
        TEXT.as_str()
    })
}

/// Calls of the const text builder of the runtime, `.text("..").number(..)`, with a dimension that isn't known here as
/// `HIDDEN + 1 = 65`.
fn dim_calls(dim: &Dim, with_name: bool) -> TokenStream {
    if dim.known().is_some() || dim.is_anything() {
        let text = dim.to_string();
        return quote!(.text(#text));
    }
    /// Longer formulas say less than their number.
    const LONGEST_NAME: usize = 24;
    let number = dim.tokens();
    let name = format!("{dim} = ");
    if with_name && name.len() <= LONGEST_NAME {
        quote!(.text(#name).number(#number))
    } else {
        quote!(.number(#number))
    }
}
