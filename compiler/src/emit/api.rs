//! What users see of a model: the struct, its constructor, predictions, and a view of each tensor.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{diagram, docs};
use crate::graph::Graph;

/// The struct itself.
pub fn definition(graph: &Graph) -> TokenStream {
    let declared = &graph.declared;
    let (vis, name, attrs) = (&declared.vis, &declared.name, &declared.attrs);
    let docs = docs::table(graph);
    // For rustdoc alone: in an editor's hover it would be a wall of numbers.
    let picture = diagram::svg(graph).map(|svg| {
        let picture = format!("\n\n{svg}\n\n");
        quote!(#[cfg_attr(doc, doc = #picture)])
    });
    quote! {
        #(#attrs)*
        #picture
        #(#[doc = #docs])*
        #[derive(Clone)]
        #vis struct #name {
            #[doc(hidden)]
            values: ::shapeflow::engine::Store,
        }
    }
}

/// Its traits and methods.
pub fn methods(graph: &Graph) -> TokenStream {
    let text = graph.name().to_string();
    let name = unspanned(graph);
    let kinds = kinds(graph);
    let predictions = predictions(graph);
    let tensors = tensors(graph);
    quote! {
        #[doc(hidden)]
        impl sf::Network for #name {
            fn program(&self) -> &'static sf::Program {
                &PROGRAM
            }
            fn store(&self) -> &sf::Store {
                &self.values
            }
            fn store_mut(&mut self) -> &mut sf::Store {
                &mut self.values
            }
        }
        impl sf::Model for #name {
            type Kinds = #kinds;
            const NAME: &'static str = #text;
            const PARAMETERS: usize = PROGRAM.parameters();
            const FLOPS: u64 = PROGRAM.flops;
            const TRAIN_BYTES: usize = PROGRAM.train_bytes(1, 1);
            const INFERENCE_BYTES: usize = PROGRAM.inference_bytes(1, 1);
            const PROGRAM: &'static sf::Program = &PROGRAM;
            fn from_store(store: sf::Store) -> Self {
                Self { values: store }
            }
        }
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{}({} parameters)", #text, PROGRAM.parameters())
            }
        }
        impl #name {
            /// A new model, its weights drawn from `seed`: the same seed gives the same weights.
            pub fn new(seed: u64) -> Self {
                <Self as sf::Model>::with_seed(seed)
            }
            #predictions
            /// Writes all weights and state to a safetensors file, through a temporary file beside it.
            ///
            /// # Errors
            ///
            /// If the file can't be written; what stood there before is then still there.
            pub fn save(&self, path: impl ::core::convert::AsRef<::std::path::Path>) -> ::core::result::Result<(), ::shapeflow::weights::WeightsError> {
                <Self as sf::Model>::save(self, path)
            }
            /// The model with the weights in a safetensors file.
            ///
            /// # Errors
            ///
            /// If the file can't be read, is damaged or differs from the model, with a list of all differences.
            pub fn load(path: impl ::core::convert::AsRef<::std::path::Path>) -> ::core::result::Result<Self, ::shapeflow::weights::WeightsError> {
                <Self as sf::Model>::load(path)
            }
        }
        #tensors
    }
}

fn kinds(graph: &Graph) -> TokenStream {
    let kinds: Vec<TokenStream> = graph
        .outputs
        .iter()
        .map(|output| {
            let link = format_ident!("{}", output.link.variant());
            quote!(sf::output::#link)
        })
        .collect();
    match kinds.as_slice() {
        [kind] => quote!(#kind),
        kinds => quote!((#(#kinds),*)),
    }
}

/// `Ix3` for three axes.
fn axes(rank: usize) -> TokenStream {
    let name = if rank <= 6 {
        format_ident!("Ix{}", rank)
    } else {
        format_ident!("IxDyn")
    };
    quote!(sf::ndarray::#name)
}

fn predictions(graph: &Graph) -> TokenStream {
    let names: Vec<&Ident> = graph.inputs.iter().map(|input| &input.name).collect();
    let ranks: Vec<usize> = graph
        .inputs
        .iter()
        .map(|input| graph.values[input.value].shape.rank())
        .collect();
    let batch: Vec<TokenStream> = ranks.iter().map(|&rank| axes(rank + 1)).collect();
    let one: Vec<TokenStream> = ranks.iter().map(|&rank| axes(rank)).collect();
    let outputs: Vec<usize> = graph
        .outputs
        .iter()
        .map(|output| output.shape.rank())
        .collect();
    let tuple = |parts: Vec<TokenStream>| match parts.as_slice() {
        [part] => quote!(#part),
        parts => quote!((#(#parts),*)),
    };
    let array = |rank: usize| {
        let axes = axes(rank);
        quote!(sf::ndarray::Array<f32, #axes>)
    };
    let (batch_types, one_types) = (
        tuple(outputs.iter().map(|&rank| array(rank + 1)).collect()),
        tuple(outputs.iter().map(|&rank| array(rank)).collect()),
    );
    let take = |rank: usize, first: bool| {
        let axes = axes(rank);
        let one = first.then(|| quote!(.index_axis_move(sf::ndarray::Axis(0), 0)));
        quote! {
            outputs.next().expect("one array for each output") #one
                .into_dimensionality::<#axes>().expect("the declared number of axes")
        }
    };
    let batch_values = tuple(outputs.iter().map(|&rank| take(rank + 1, false)).collect());
    let one_values = tuple(outputs.iter().map(|&rank| take(rank, true)).collect());
    quote! {
        /// Predictions for a batch: `(examples, ..)` in, `(examples, ..)` out, after the model's link. Takes views and references
        /// to arrays.
        ///
        /// # Errors
        ///
        /// If an array's shape isn't the one the model declares, with the examples as first axis.
        pub fn predict<'a>(&self, #(#names: impl sf::IntoInput<'a, #batch>),*) -> ::core::result::Result<#batch_types, sf::EngineError> {
            let outputs = sf::predict(self, &[#(sf::IntoInput::<'a, #batch>::into_input(#names)),*])?;
            let mut outputs = outputs.into_iter();
            ::core::result::Result::Ok(#batch_values)
        }
        /// The prediction for one example, without a batch axis. It takes the memory for it every time; a
        /// [`predictor`](::shapeflow::model::Model::predictor) keeps it, which on a small model is two to three times as fast.
        ///
        /// # Errors
        ///
        /// If an array's shape isn't the one the model declares.
        pub fn predict_one<'a>(&self, #(#names: impl sf::IntoInput<'a, #one>),*) -> ::core::result::Result<#one_types, sf::EngineError> {
            let outputs = sf::predict_one(self, &[#(sf::IntoInput::<'a, #one>::into_input(#names)),*])?;
            let mut outputs = outputs.into_iter();
            ::core::result::Result::Ok(#one_values)
        }
    }
}

/// A view of each tensor, to read and to write.
fn tensors(graph: &Graph) -> Option<TokenStream> {
    let mut code = TokenStream::new();
    let mut index = 0usize;
    for layer in &graph.layers {
        for tensor in &layer.tensors {
            let stem = format!("{}_{}", layer.name.replace('.', "_"), tensor.name);
            let (read, write) = (format_ident!("{}", stem), format_ident!("{}_mut", stem));
            let rank = tensor.shape.len();
            let axes = axes(rank);
            let name = format!("`{}.{}`", layer.name, tensor.name);
            let shape = tensor
                .shape
                .iter()
                .map(|dim| dim.to_string())
                .collect::<Vec<_>>()
                .join(", ");
            let docs = format!("{name}: `[{shape}]`.");
            let changed = format!("{name}: `[{shape}]`, to be changed.");
            let (view, view_mut) = (
                format_ident!("view{}", rank),
                format_ident!("view{}_mut", rank),
            );
            // Without the layer's span: an editor would show these words there.
            code.extend(quote! {
                #[doc = #docs]
                pub fn #read(&self) -> sf::ndarray::ArrayView<'_, f32, #axes> {
                    sf::#view(&self.values, &TENSORS[#index])
                }
                #[doc = #changed]
                pub fn #write(&mut self) -> sf::ndarray::ArrayViewMut<'_, f32, #axes> {
                    sf::#view_mut(&mut self.values, &TENSORS[#index])
                }
            });
            index += 1;
        }
    }
    let name = unspanned(graph);
    (index > 0).then(|| {
        quote! {
            /// The tensors, to read and to change; [`Model::tensor`](::shapeflow::model::Model::tensor) finds them by name.
            impl #name { #code }
        }
    })
}

/// The struct's name without the user's span: an editor shows the struct once.
fn unspanned(graph: &Graph) -> Ident {
    let mut name = graph.name().clone();
    name.set_span(proc_macro2::Span::call_site());
    name
}
