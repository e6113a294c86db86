//! One kernel call as Rust.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use shapeflow_terms::Activation;

use super::naming::{FieldOf, Naming};
use super::specs::Specs;
use crate::shape::{Dim, Number};
use crate::step::{Argument, Call, Mode};

/// `sf::conv2d::forward(&SPEC_CONV2D1, n, x, ..);`
pub fn call(call: &Call, mode: Mode, specs: &Specs<'_>, naming: &dyn Naming) -> TokenStream {
    let module = format_ident!("{}", call.kernel.module);
    let function = format_ident!("{}", call.kernel.function);
    let arguments = call
        .arguments
        .iter()
        .map(|one| argument(one, call.kernel.module, mode, specs, naming));
    quote!(sf::#module::#function(#(#arguments),*);)
}

fn argument(
    argument: &Argument,
    module: &str,
    mode: Mode,
    specs: &Specs<'_>,
    naming: &dyn Naming,
) -> TokenStream {
    let field = |field: FieldOf, buffer: &str| {
        let (field, buffer) = (naming.field(field), format_ident!("{buffer}"));
        quote!(#field.of(#buffer))
    };
    match argument {
        Argument::Operand(name) => {
            let name = format_ident!("{name}");
            quote!(#name)
        }
        Argument::Spec(spec) => {
            let spec = specs.name(mode, *spec);
            quote!(&#spec)
        }
        Argument::Parameter(tensor) => field(FieldOf::Tensor(*tensor), "parameters"),
        Argument::State(tensor) => field(FieldOf::Tensor(*tensor), "state"),
        Argument::Packed(pack) => field(FieldOf::Pack(*pack), "packed"),
        Argument::Size(dim) => dim.tokens(),
        Argument::Examples => quote!(n),
        Argument::Rows(dim) => times(quote!(n), dim),
        Argument::Before(dim) => {
            let elements = times(quote!(first), dim);
            quote!((#elements) as u64)
        }
        Argument::ChunkExamples => quote!(chunks),
        Argument::Number(number) => number.tokens(),
        Argument::Flag(flag) => quote!(#flag),
        Argument::Activation(function) => activation(function),
        Argument::Way(kind, variant) => {
            let (kind, variant) = (format_ident!("{kind}"), format_ident!("{variant}"));
            let module = format_ident!("{module}");
            quote!(sf::#module::#kind::#variant)
        }
        Argument::Optional(None) => quote!(None),
        Argument::Optional(Some(inner)) => {
            let inner = self::argument(inner, module, mode, specs, naming);
            quote!(Some(#inner))
        }
    }
}

fn times(count: TokenStream, dim: &Dim) -> TokenStream {
    if dim.is_one() {
        return count;
    }
    let dim = dim.tokens();
    quote!(#count * #dim)
}

fn activation(activation: &Activation<Number>) -> TokenStream {
    let variant = format_ident!("{}", activation.variant());
    let number = activation.number().map(|number| {
        let number = number.tokens();
        quote!((#number))
    });
    quote!(sf::Activation::#variant #number)
}
