//! The table of a model's tensors, with a const for each.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use shapeflow_terms::Init;

use super::names::tensor_const;
use crate::graph::Graph;
use crate::shape::{Dim, Number};

/// The table, a `static` so that the consts don't each copy all of it, and the place of each tensor in its flat buffer.
pub fn tables(graph: &Graph) -> TokenStream {
    let mut entries = Vec::new();
    let mut fields = Vec::new();
    for (id, layer) in graph.layers.iter().enumerate() {
        for (index, tensor) in layer.tensors.iter().enumerate() {
            let name = format!("{}.{}", layer.name, tensor.name);
            let shape = lent_sizes(&tensor.shape);
            let (init, trained) = (init(&tensor.init.rule), tensor.trained);
            let element = format_ident!("{}", tensor.element.variant());
            let (fan_in, fan_out) = (tensor.init.fan_in.tokens(), tensor.init.fan_out.tokens());
            let entry = entries.len();
            entries.push(quote! {
                sf::TensorInfo {
                    name: #name, shape: #shape, element: sf::Element::#element, offset: 0, trained: #trained,
                    init: #init, fan_in: #fan_in, fan_out: #fan_out,
                }
            });
            let constant = tensor_const(graph, (id, index));
            fields.push(quote!(const #constant: sf::Field = TENSORS[#entry].field();));
        }
    }
    let count = entries.len();
    quote! {
        static TENSORS: [sf::TensorInfo; #count] = sf::layout([#(#entries),*]);
        #(#fields)*
    }
}

/// `&[2, 3]`: sizes that are lent for ever. A call between the brackets is only lent so by a `const` block.
pub fn lent_sizes(sizes: &[Dim]) -> TokenStream {
    let known = sizes.iter().all(|dim| dim.known().is_some());
    let sizes = sizes.iter().map(Dim::tokens);
    match known {
        true => quote!(&[#(#sizes),*]),
        false => quote!(const { &[#(#sizes),*] }),
    }
}

/// `sf::Init::Uniform(-0.1, 0.1)`
pub fn init(rule: &Init<Number>) -> TokenStream {
    let variant = format_ident!("{}", rule.variant());
    let numbers: Vec<TokenStream> = rule.numbers().map(Number::tokens).collect();
    let numbers = (!numbers.is_empty()).then(|| quote!((#(#numbers),*)));
    quote!(sf::Init::#variant #numbers)
}
