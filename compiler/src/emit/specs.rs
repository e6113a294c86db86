//! The consts that describe operations' sizes, shared by both modes and by all operations of the same sizes.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::names::const_name;
use crate::id::SpecId;
use crate::plan::Plan;
use crate::shape::Dim;
use crate::step::{Field, Length, Mode, Spec};

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

    /// `const SPEC_CONV2D1: sf::conv2d::Conv2d = sf::conv2d::Conv2d::new(..);` for each. Where only rustc can check the
    /// model, `GOOD` says whether all is well: if not, no sizes are made of what another error has told.
    pub fn consts(&self, checked_by_rustc: bool) -> TokenStream {
        let consts = self.list.iter().map(|spec| {
            let (name, value) = (name(spec), value(spec));
            let (module, kind) = (
                format_ident!("{}", spec.module),
                format_ident!("{}", spec.kind),
            );
            let kind = quote!(sf::#module::#kind);
            match checked_by_rustc {
                false => quote!(const #name: #kind = #value;),
                true => quote!(const #name: #kind = if GOOD { #value } else { #kind::ONE };),
            }
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
    let arguments = spec
        .arguments
        .iter()
        .map(|field| field_value(&module, field));
    quote!(sf::#module::#kind::new(#(#arguments),*))
}

fn field_value(module: &Ident, field: &Field) -> TokenStream {
    let sizes = |dims: &[Dim]| {
        let dims = dims.iter().map(Dim::tokens);
        quote!([#(#dims),*])
    };
    match field {
        Field::Size(dim) => dim.tokens(),
        Field::Pair(dims) => sizes(dims),
        Field::Picture(dims) => sizes(dims),
        Field::Sides(sides) => {
            let [a, b] = sides.each_ref().map(|side| sizes(side));
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
