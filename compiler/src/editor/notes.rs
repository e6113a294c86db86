//! The items that the user's words lead to, with what was inferred as their documentation.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::facts::Facts;
use super::{elsewhere, named, own, own_arguments, own_words, value_module, words};
use crate::layer;
use crate::parse::stages::{each_stage, path_of};
use crate::parse::tree::{Definition, ExprKind, Module, Outputs, ShapeExpr};
use crate::resolve::{RECOMPUTE, snake_case};
use crate::shape::ScalarType;

/// What an editor says of the option that every block has.
const RECOMPUTE_DOC: &str = "An option of every block: training keeps its inputs only, and runs it again just before its backward.";

/// The layers, and the blocks with their signatures.
pub fn stages(module: &Module) -> TokenStream {
    let blocks = module.blocks.iter().map(|block| {
        let (name, attrs) = (&block.name, &block.attrs);
        let signature = format!("`{}`", signature(block));
        let recompute = Ident::new(RECOMPUTE, Span::call_site());
        let fields = block.parameters.iter().map(|item| {
            let (name, ty) = (&item.name, type_of(item.ty));
            quote!(pub #name: #ty)
        });
        quote! {
            #[doc = #signature]
            ///
            #(#attrs)*
            pub struct #name { #(#fields,)* #[doc = #RECOMPUTE_DOC] pub #recompute: bool }
        }
    });
    let told = module.blocks.iter().map(|block| {
        let name = &block.name;
        let kind = elsewhere(name);
        quote!(pub trait #kind { const #name: (); })
    });
    quote! {
        mod __stages {
            pub use ::shapeflow::layers::*;
            #(#blocks)*
        }
        mod __told {
            pub use ::shapeflow::layers::arguments::told::*;
            #(#told)*
        }
    }
}

/// The items of one `struct` or `block`.
pub fn definition(
    module: &Module,
    definition: &Definition,
    index: usize,
    facts: &Facts,
) -> TokenStream {
    let mut code = values(definition, index, facts);
    code.extend(dimensions(module, definition, index, facts));
    let mut called = BTreeSet::new();
    let lets = definition.lets.iter().map(|item| &item.value);
    for expr in lets.chain(&definition.result) {
        each_stage(expr, &mut |stage, text, _| {
            let known = layer::find(text).is_some() || block(module, text).is_some();
            if known && called.insert(text) {
                code.extend(arguments(module, definition, index, text));
            }
            let ident = syn::parse2::<Ident>(match &path_of(stage).kind {
                ExprKind::Path { tokens, .. } => tokens.clone(),
                _ => TokenStream::new(),
            });
            let (Some(told), Ok(word)) = (facts.told_of_stage(stage), ident) else {
                return;
            };
            // Not an item of its own, to which go-to-definition would lead, but one of a trait beside the layer's page.
            let kind = named(text, Span::call_site());
            code.extend(quote! {
                const _: () = {
                    struct Inferred;
                    impl __told::#kind for Inferred {
                        #[doc = #told]
                        const #word: () = ();
                    }
                };
            });
        });
    }
    code
}

/// The inputs and `let`s, with their shapes.
fn values(definition: &Definition, index: usize, facts: &Facts) -> TokenStream {
    let inputs = definition.inputs.iter().map(|input| {
        let declared = input.shape.as_ref().map(ToString::to_string);
        (&input.name, declared, "an input")
    });
    let lets = definition.lets.iter().flat_map(|item| {
        let declared = item.shape.as_ref().map(ToString::to_string);
        item.names
            .iter()
            .map(move |name| (name, declared.clone(), "a value"))
    });
    let mut code = TokenStream::new();
    let mut all = TokenStream::new();
    let mut listed = BTreeSet::new();
    for (place, (name, declared, what)) in inputs.chain(lets).enumerate() {
        let declared =
            declared.map_or_else(String::new, |shape| format!(", declared as `{shape}`"));
        let told = facts.told_of_name(name);
        let told = told.map_or_else(String::new, |told| format!(": {told}"));
        let doc = format!("`{name}`, {what} of `{}`{declared}{told}", definition.name);
        let module = value_module(index, place);
        code.extend(quote! {
            mod #module {
                #[doc = #doc]
                pub static #name: ::shapeflow::layers::arguments::Tensor = loop {};
            }
        });
        if listed.insert(name.to_string()) {
            let name = elsewhere(name);
            all.extend(quote! {
                #[doc = #doc]
                pub type #name = ::shapeflow::layers::arguments::Tensor;
            });
        }
    }
    let values = own("values", index);
    code.extend(quote!(mod #values { #all }));
    code
}

/// The dimension names and parameters of a block.
fn dimensions(
    module: &Module,
    definition: &Definition,
    index: usize,
    facts: &Facts,
) -> TokenStream {
    let dims = definition.dims.iter().map(|dim| {
        let doc = dimension_doc(definition, dim, facts);
        quote! {
            #[doc = #doc]
            pub const #dim: ::shapeflow::layers::arguments::Dimension = loop {};
        }
    });
    let parameters = definition.parameters.iter().map(|item| {
        let (name, ty) = (&item.name, type_of(item.ty));
        let doc = parameter_doc(definition, item);
        quote! {
            #[doc = #doc]
            pub const #name: #ty = loop {};
        }
    });
    let (dimensions, sizes) = (own("dimensions", index), own("sizes", index));
    let copies = copies(module, definition);
    quote! {
        mod #dimensions { #(#dims)* #(#parameters)* }
        mod #sizes { #copies }
    }
}

/// What completion proposes for a word among a stage's arguments: their names, and all sizes in scope.
fn arguments(module: &Module, definition: &Definition, index: usize, stage: &str) -> TokenStream {
    let name = own_arguments(index, stage);
    let copies = copies(module, definition);
    let arguments = match block(module, stage) {
        Some(block) => {
            let parameters = block.parameters.iter().map(|item| {
                let (name, ty) = (elsewhere(&item.name), type_of(item.ty));
                let doc = parameter_doc(block, item);
                quote!(#[doc = #doc] pub type #name = #ty;)
            });
            let recompute = Ident::new(RECOMPUTE, Span::call_site());
            quote!(#(#parameters)* #[doc = #RECOMPUTE_DOC] pub type #recompute = bool;)
        }
        None => {
            let layer = Ident::new(&snake_case(stage), Span::call_site());
            quote!(pub use ::shapeflow::layers::arguments::of::#layer::*;)
        }
    };
    let known = layer::find(stage)
        .into_iter()
        .flat_map(|entry| entry.signature.all());
    let words = known.map(|argument| {
        let module = own_words(index, stage, argument);
        let words = words(stage, argument).iter().map(|(word, doc)| {
            let word = Ident::new(word, Span::call_site());
            quote!(#[doc = #doc] pub type #word = ::shapeflow::layers::arguments::Word;)
        });
        quote!(mod #module { #(#words)* #copies })
    });
    let words: TokenStream = words.collect();
    quote!(mod #name { #arguments #copies } #words)
}

/// The consts, dimension names and parameters once more, away from where the user declared them.
fn copies(module: &Module, definition: &Definition) -> TokenStream {
    let consts = module.consts.iter().map(|item| {
        let doc = match &item.value {
            Some(value) => format!("A const of this `model!`: `{value}`."),
            None => "A const of this `model!`.".to_owned(),
        };
        (&item.name, doc)
    });
    let dims = definition.dims.iter().map(|dim| {
        let doc = format!("A dimension of `{}`.", definition.name);
        (dim, doc)
    });
    let parameters = definition
        .parameters
        .iter()
        .map(|item| (&item.name, parameter_doc(definition, item)));
    let mut seen = BTreeSet::new();
    let all = consts.chain(dims).chain(parameters);
    let items = all
        .filter(|(name, _)| seen.insert(name.to_string()))
        .map(|(name, doc)| {
            let name = elsewhere(name);
            quote!(#[doc = #doc] pub type #name = ::shapeflow::layers::arguments::Dimension;)
        });
    quote!(#(#items)*)
}

fn block<'a>(module: &'a Module, name: &str) -> Option<&'a Definition> {
    module.blocks.iter().find(|block| block.name == name)
}

fn dimension_doc(definition: &Definition, dim: &Ident, facts: &Facts) -> String {
    let told = facts.told_of_name(dim);
    let told = told.map_or_else(String::new, |told| {
        format!("  \nHere {}", told.replace("  \n", ", "))
    });
    format!(
        "A dimension of `{}`, worked out from what flows in.{told}",
        definition.name
    )
}

fn parameter_doc(definition: &Definition, item: &crate::parse::tree::ParameterItem) -> String {
    let default = item.default.as_ref();
    let default = default.map_or_else(String::new, |value| format!(", `{value}` if left out"));
    format!("A parameter of `{}`{default}.", definition.name)
}

fn type_of(ty: Option<ScalarType>) -> TokenStream {
    match ty {
        Some(ScalarType::F32) => quote!(f32),
        Some(ScalarType::Bool) => quote!(bool),
        _ => quote!(usize),
    }
}

/// `block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C]`
fn signature(block: &Definition) -> String {
    let shape =
        |shape: Option<&ShapeExpr>| shape.map_or_else(|| "[..]".to_owned(), ToString::to_string);
    let dims: Vec<String> = block.dims.iter().map(ToString::to_string).collect();
    let dims = match dims.is_empty() {
        true => String::new(),
        false => format!("<{}>", dims.join(", ")),
    };
    let inputs = block.inputs.iter();
    let inputs = inputs.map(|input| format!("{}: {}", input.name, shape(input.shape.as_ref())));
    let parameters = block.parameters.iter().map(|item| {
        let ty = item.ty.map_or("usize", ScalarType::name);
        match &item.default {
            Some(value) => format!("{}: {ty} = {value}", item.name),
            None => format!("{}: {ty}", item.name),
        }
    });
    let inside: Vec<String> = inputs.chain(parameters).collect();
    let outputs = match &block.outputs {
        Outputs::One(one) => format!(" -> {one}"),
        Outputs::Named(outputs) => {
            let outputs = outputs.iter();
            let outputs: Vec<String> = outputs
                .map(|(name, of)| format!("{name}: {}", shape(of.as_ref())))
                .collect();
            format!(" -> ({})", outputs.join(", "))
        }
        Outputs::Unknown => String::new(),
    };
    format!("block {}{dims}({}){outputs}", block.name, inside.join(", "))
}
