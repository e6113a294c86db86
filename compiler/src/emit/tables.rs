//! The table of a model's tensors, with a const for each.

use proc_macro2::TokenStream;
use quote::quote;

use crate::shape::Dim;
use crate::shape::typed::{Rule, TypedModel};
use crate::step::tensor_const;

/// The table, a `static` so that the consts don't each copy all of it, and the place of each tensor in its flat buffer.
pub fn tables(model: &TypedModel) -> TokenStream {
    let mut entries = Vec::new();
    let mut fields = Vec::new();
    for layer in &model.layers {
        for parameter in &layer.parameters {
            let name = format!("{}.{}", layer.name, parameter.name);
            let known = parameter.shape.iter().all(|dim| dim.known().is_some());
            let shape = parameter.shape.iter().map(Dim::tokens);
            // A call between the brackets is only lent for ever by a `const` block.
            let shape = match known {
                true => quote!(&[#(#shape),*]),
                false => quote!(const { &[#(#shape),*] }),
            };
            let (init, trained) = (rule(&parameter.init.rule), parameter.trained);
            let (fan_in, fan_out) = (
                parameter.init.fan_in.tokens(),
                parameter.init.fan_out.tokens(),
            );
            let index = entries.len();
            entries.push(quote! {
                sf::TensorInfo {
                    name: #name, shape: #shape, element: sf::Element::F32, offset: 0, trained: #trained,
                    init: #init, fan_in: #fan_in, fan_out: #fan_out,
                }
            });
            let constant = tensor_const(&layer.name, parameter.name);
            fields.push(quote!(const #constant: sf::Field = TENSORS[#index].field();));
        }
    }
    let count = entries.len();
    quote! {
        static TENSORS: [sf::TensorInfo; #count] = sf::layout([#(#entries),*]);
        #(#fields)*
    }
}

fn rule(rule: &Rule) -> TokenStream {
    let name = match rule {
        Rule::Zeros => quote!(Zeros),
        Rule::Ones => quote!(Ones),
        Rule::Constant(value) => {
            let value = value.tokens();
            quote!(Constant(#value))
        }
        Rule::Uniform(low, high) => {
            let (low, high) = (low.tokens(), high.tokens());
            quote!(Uniform(#low, #high))
        }
        Rule::Normal(deviation) => {
            let deviation = deviation.tokens();
            quote!(Normal(#deviation))
        }
        Rule::GlorotUniform => quote!(GlorotUniform),
        Rule::GlorotNormal => quote!(GlorotNormal),
        Rule::HeUniform => quote!(HeUniform),
        Rule::HeNormal => quote!(HeNormal),
        Rule::LecunUniform => quote!(LecunUniform),
        Rule::LecunNormal => quote!(LecunNormal),
    };
    quote!(sf::Init::#name)
}
