//! Schedules to Rust: the struct, its program and its methods. Thin: every line of arithmetic is a call.

mod api;
mod assertions;
mod docs;
mod dump;
mod program;
mod stages;
mod tables;

use proc_macro2::TokenStream;
use quote::quote;

use crate::fuse::{Mode, fuse};
use crate::plan::plan;
use crate::shape::outer;
use crate::shape::typed::TypedModel;
use crate::step::lower;
use stages::Emitter;

/// The Rust of one struct of a `model!`.
pub fn emit(model: &TypedModel) -> TokenStream {
    let code = write(model, false);
    dump::dump(model, || write(model, true));
    code
}

/// Writes the code, with comments as statements where somebody will read it.
fn write(model: &TypedModel, comments: bool) -> TokenStream {
    let emitter = |mode| {
        let fused = fuse(model, mode);
        let steps = if model.broken {
            Default::default()
        } else {
            lower(model, &fused, mode)
        };
        let schedule = plan(&steps);
        let packed_names = steps.packs.iter().map(|pack| pack.name.clone()).collect();
        Emitter {
            model,
            mode,
            steps,
            schedule,
            packed_names,
            comments,
        }
    };
    let (train, infer) = (emitter(Mode::Train), emitter(Mode::Infer));
    let definition = api::definition(model);
    let tables = tables::tables(model);
    let specs = stages::specs(&[&train.steps, &infer.steps]);
    let (train_code, infer_code) = (train.emit(), infer.emit());
    let program = program::program(model, &train, &infer);
    let methods = api::methods(model);
    let assertions = assertions::assertions(model);
    let code = quote! {
        #assertions
        #tables
        #specs
        #train_code
        #infer_code
        #program
        #methods
    };
    let outer = outer::definitions(&model.outer, &code);
    quote! {
        #definition
        #[doc(hidden)]
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, long_running_const_eval, unused, non_upper_case_globals)]
        const _: () = {
            use ::shapeflow::__private as sf;
            #outer
            #code
        };
    }
}
