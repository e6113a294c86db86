//! The consts that describe operations' sizes, shared by both modes and by all operations of the same sizes.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::names::const_name;
use crate::id::SpecId;
use crate::plan::Plan;
use crate::shape::Dim;
use crate::step::{Field, Length, Make, Mode, Spec};

/// All of them, and which is which in each mode.
pub struct Specs<'p> {
    list: Vec<&'p Spec>,
    numbers: Vec<(Mode, Vec<usize>)>,
}

impl<'p> Specs<'p> {
    pub fn new(plans: &[&'p Plan]) -> Self {
        let mut list: Vec<&Spec> = Vec::new();
        let numbers = plans.iter().map(|plan| {
            let numbers = plan.steps.specs.iter().map(|spec| {
                let known = list.iter().position(|known| known.is_same(spec));
                known.unwrap_or_else(|| {
                    list.push(spec);
                    list.len() - 1
                })
            });
            (plan.mode, numbers.collect())
        });
        let numbers = numbers.collect();
        Specs { list, numbers }
    }

    /// The name of a const.
    pub fn name(&self, mode: Mode, spec: SpecId) -> Ident {
        let numbers = self.numbers.iter().find(|(known, _)| *known == mode);
        let (_, numbers) = numbers.expect("both modes were given");
        name(self.list[numbers[spec.0]])
    }

    /// A number of floats as a const expression.
    pub fn length(&self, mode: Mode, length: &Length) -> TokenStream {
        match length {
            Length::Dim(dim) => dim.tokens(),
            Length::OfSpec(spec, method) => {
                let (spec, method) = (self.name(mode, *spec), format_ident!("{method}"));
                quote!(#spec.#method())
            }
        }
    }

    /// `const SPEC_CONV2D1: sf::conv2d::Conv2d = ..;` for each.
    pub fn consts(&self) -> TokenStream {
        let consts = self.list.iter().map(|spec| {
            let (name, value) = (name(spec), value(spec));
            let (module, kind) = (
                format_ident!("{}", spec.module),
                format_ident!("{}", spec.kind),
            );
            quote!(const #name: sf::#module::#kind = #value;)
        });
        consts.collect()
    }
}

fn name(spec: &Spec) -> Ident {
    format_ident!("SPEC_{}", const_name(&spec.name))
}

fn value(spec: &Spec) -> TokenStream {
    let (module, kind) = (
        format_ident!("{}", spec.module),
        format_ident!("{}", spec.kind),
    );
    match &spec.make {
        Make::Fields(fields) => {
            let fields = fields.iter().map(|(name, field)| {
                let (name, value) = (format_ident!("{name}"), field_value(&module, field));
                quote!(#name: #value)
            });
            quote!(sf::#module::#kind { #(#fields),* })
        }
        Make::Call(function, arguments) => {
            let function = format_ident!("{function}");
            let arguments = arguments.iter().map(|field| field_value(&module, field));
            quote!(sf::#module::#kind::#function(#(#arguments),*))
        }
    }
}

fn field_value(module: &Ident, field: &Field) -> TokenStream {
    let pair = |dims: &[Dim; 2], print: fn(&Dim) -> TokenStream| {
        let [a, b] = dims.each_ref().map(print);
        quote!([#a, #b])
    };
    match field {
        Field::Size(dim) => dim.tokens(),
        Field::Positive(dim) => dim.positive_tokens(),
        Field::Pair(dims) => pair(dims, Dim::tokens),
        Field::PositivePair(dims) => pair(dims, Dim::positive_tokens),
        Field::Sides(sides) => {
            let [a, b] = sides.each_ref().map(|side| pair(side, Dim::tokens));
            quote!([#a, #b])
        }
        Field::Shape(shape) => {
            let shape = shape.tokens();
            quote!(&#shape)
        }
        Field::Axes(axes) => quote!(&[#(#axes),*]),
        Field::Way(kind, variant) => {
            let (kind, variant) = (format_ident!("{kind}"), format_ident!("{variant}"));
            quote!(sf::#module::#kind::#variant)
        }
    }
}
