//! A graph and its plans to Rust: the struct, its program and its methods. Thin: every line of arithmetic is a call.

mod api;
mod arguments;
mod assertions;
mod binding;
mod copies;
mod diagram;
mod docs;
mod dump;
mod functions;
mod graph;
mod names;
mod naming;
mod parts;
mod places;
mod program;
mod specs;
mod tables;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostic::Diagnostics;
use crate::graph::Graph;
use crate::plan::Plan;
use crate::shape::outer::{self, Definitions};
use functions::ModeWriter;
use specs::Specs;

/// What stands before the structs: errors, warnings, and the consts of the `model!`.
pub fn head(graphs: &[Graph], diagnostics: &Diagnostics) -> TokenStream {
    let messages = diagnostics.to_tokens();
    let consts = graphs.first().map(|graph| &graph.declared.consts);
    let consts = consts.into_iter().flatten();
    // A const that only the macro reads would be reported as unused.
    quote!(#messages #(#[allow(dead_code)] #consts)*)
}

/// The Rust of one struct of a `model!`.
pub fn emit(graph: &Graph, train: &Plan, infer: &Plan) -> TokenStream {
    let code = write(graph, train, infer, false);
    dump::dump(graph, &[train, infer], || write(graph, train, infer, true));
    code
}

/// Writes the code, with comments as statements where somebody will read it.
fn write(graph: &Graph, train: &Plan, infer: &Plan, comments: bool) -> TokenStream {
    let specs = Specs::new(&[train, infer]);
    let train = ModeWriter::new(graph, train, &specs, comments);
    let infer = ModeWriter::new(graph, infer, &specs, comments);
    let definition = api::definition(graph);
    let tables = tables::tables(graph);
    let graph_data = graph::data(graph);
    let specs = specs.consts(!graph.assertions.is_empty() || !graph.outer.is_empty());
    let (train_code, infer_code) = (train.code(), infer.code());
    let program = program::program(graph, &train, &infer);
    let methods = api::methods(graph);
    let assertions = assertions::assertions(graph);
    let code = quote! {
        #tables
        #graph_data
        #specs
        #train_code
        #infer_code
        #program
        #methods
    };
    let outer = outer::definitions(&graph.outer, &quote!(#assertions #code), &quote!(GOOD));
    let Definitions {
        given,
        checked,
        good,
    } = outer;
    quote! {
        #definition
        #[doc(hidden)]
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, long_running_const_eval, unused, non_upper_case_globals)]
        const _: () = {
            use ::shapeflow::__private as sf;
            #given
            const GOOD: bool = {
                #checked
                #assertions
            };
            #good
            #code
        };
    }
}
