//! The function that packs weights: a function of its own for what is packed in the same way more than once.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::copy::BlockCopy;
use crate::emit::binding::Binding;
use crate::emit::naming::{Consts, Shared};
use crate::emit::parts::{Head, by_number};
use crate::plan::Plan;
use crate::step::Call;

/// `fn train_pack`, which packs weights by number.
pub fn packs(name: &Ident, plan: &Plan, consts: &Consts<'_>, direct: &Binding<'_>) -> TokenStream {
    let mut forms: Vec<Vec<Call>> = Vec::new();
    let copies = plan.steps.packs.iter().map(|pack| {
        let mut copy = BlockCopy::default();
        let mut calls = pack.calls.clone();
        calls.iter_mut().for_each(|call| copy.call(call));
        let known = forms.iter().position(|form| *form == calls);
        let form = known.unwrap_or_else(|| {
            forms.push(calls);
            forms.len() - 1
        });
        (form, copy)
    });
    let copies: Vec<(usize, BlockCopy)> = copies.collect();
    let mut functions = TokenStream::new();
    let parameters = forms.iter().enumerate().map(|(number, calls)| {
        let uses = copies.iter().filter(|(form, _)| *form == number).count();
        (uses > 1).then(|| {
            let naming = Shared::new(Vec::new());
            let binding = Binding {
                naming: &naming,
                ..*direct
            };
            let calls = binding.calls(calls);
            let parameters = naming.parameters();
            let (function, count) = (format_ident!("{name}_{number}"), parameters.fields.len());
            functions.extend(quote! {
                fn #function(f: &[sf::Field; #count], parameters: &[f32], state: &[f32], packed: &mut [f32]) { #calls }
            });
            (function, parameters)
        })
    });
    let parameters: Vec<_> = parameters.collect();
    let packs = plan.steps.packs.iter().zip(&copies);
    let arms = packs.map(|(pack, (form, copy))| match &parameters[*form] {
        Some((function, parameters)) => {
            let fields = copy.fields(parameters, consts);
            quote!(#function(&[#(#fields),*], parameters, state, packed);)
        }
        None => direct.calls(&pack.calls),
    });
    let arms: Vec<TokenStream> = arms.collect();
    let head = Head {
        parameters: quote!(parameters: &[f32], state: &[f32], packed: &mut [f32]),
        arguments: quote!(parameters, state, packed),
        begin: TokenStream::new(),
    };
    let by_number = by_number(name, &head, &arms);
    quote!(#by_number #functions)
}
