//! Long functions in parts: what rustc and LLVM spend on a function grows faster than its length. Parts stay apart, for LLVM
//! likes to put a function that is called once back where it was cut off.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The most steps, or arms of a `match`, in one function. Of a chain of 1,000 layers a release build takes least time with
/// 16 to 64.
const MOST: usize = 32;

/// What the parts of a function have in common.
pub struct Head {
    /// `c: &mut sf::Chunk<'_>`
    pub parameters: TokenStream,
    /// How one part is called with the same: `c`.
    pub arguments: TokenStream,
    /// What stands before the first step of each.
    pub begin: TokenStream,
}

/// A function that runs all `steps`, itself or by its parts `NAME_part0`, ..
pub fn in_order(name: &Ident, head: &Head, steps: &[TokenStream]) -> TokenStream {
    let Head {
        parameters,
        arguments,
        begin,
    } = head;
    let function =
        |name: &Ident, steps: &[TokenStream]| quote!(fn #name(#parameters) { #begin #(#steps)* });
    if steps.len() <= MOST {
        return function(name, steps);
    }
    let (mut parts, mut calls) = (TokenStream::new(), Vec::new());
    for (number, steps) in steps.chunks(MOST).enumerate() {
        let part = format_ident!("{name}_part{number}");
        let function = function(&part, steps);
        parts.extend(quote!(#[inline(never)] #function));
        calls.push(quote!(#part(#arguments);));
    }
    quote! {
        #parts
        fn #name(#parameters) { #(#calls)* }
    }
}

/// A function that runs the one of `arms` whose number it gets first, itself or by its parts.
pub fn by_number(name: &Ident, head: &Head, arms: &[TokenStream]) -> TokenStream {
    let Head {
        parameters,
        arguments,
        begin,
    } = head;
    let function = |name: &Ident, first: usize, arms: &[TokenStream]| {
        let numbers = first..;
        let arms = arms.iter().zip(numbers);
        let arms = arms.map(|(arm, number)| quote!(#number => { #arm }));
        quote! {
            fn #name(index: usize, #parameters) {
                #begin
                match index { #(#arms)* _ => {} }
            }
        }
    };
    if arms.len() <= MOST {
        return function(name, 0, arms);
    }
    let (mut parts, mut calls) = (TokenStream::new(), Vec::new());
    for (number, arms) in arms.chunks(MOST).enumerate() {
        let part = format_ident!("{name}_part{number}");
        let function = function(&part, number * MOST, arms);
        parts.extend(quote!(#[inline(never)] #function));
        calls.push(quote!(#number => #part(index, #arguments),));
    }
    quote! {
        #parts
        fn #name(index: usize, #parameters) {
            match index / #MOST { #(#calls)* _ => {} }
        }
    }
}
