//! The graph as data of the program: `static GRAPH`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::tables::{init, lent_sizes};
use crate::attribute::Attribute;
use crate::graph::{Graph, Node};
use crate::layer;

/// `static GRAPH`, which summaries, pictures and exporters read; empty for a broken model.
pub fn data(graph: &Graph) -> TokenStream {
    let name = graph.name().to_string();
    if graph.broken {
        return quote! {
            static GRAPH: sf::Graph = sf::Graph {
                name: #name, inputs: &[], outputs: &[], values: &[], layers: &[], nodes: &[], blocks: &[], tensors: &TENSORS,
            };
        };
    }
    let inputs = graph.inputs.iter().map(|input| {
        let (name, value) = (input.name.to_string(), input.value);
        quote!(sf::Input { name: #name, value: #value })
    });
    let outputs = graph.outputs.iter().map(|output| {
        let (name, value) = (output.label(), output.value);
        let link = format_ident!("{}", output.link.variant());
        quote!(sf::Output { name: #name, value: #value, link: sf::Link::#link })
    });
    let values = graph.values.iter().map(|value| {
        let shape = lent_sizes(value.shape.axes());
        let element = format_ident!("{}", value.element.variant());
        quote!(sf::Value { shape: #shape, element: sf::Element::#element })
    });
    let blocks = graph.blocks.iter().map(|block| {
        let (name, kind, parent) = (&block.name, &block.kind, option(block.parent));
        quote!(sf::Block { name: #name, kind: #kind, parent: #parent })
    });
    let layers = layers(graph);
    let nodes = graph.nodes.iter().map(|node| {
        let (layer, inputs, output) = (node.layer, &node.inputs, node.output);
        let flops = flops(graph, node);
        quote!(sf::Node { layer: #layer, inputs: &[#(#inputs),*], outputs: &[#output], flops: #flops })
    });
    quote! {
        static GRAPH: sf::Graph = sf::Graph {
            name: #name,
            inputs: &[#(#inputs),*],
            outputs: &[#(#outputs),*],
            values: &[#(#values),*],
            layers: &[#(#layers),*],
            nodes: &[#(#nodes),*],
            blocks: &[#(#blocks),*],
            tensors: &TENSORS,
        };
    }
}

fn layers(graph: &Graph) -> Vec<TokenStream> {
    let mut first = 0usize;
    let layers = graph.layers.iter().zip(graph.first_uses()).map(|(instance, node)| {
        let (name, kind) = (&instance.name, instance.layer.kind());
        let end = first + instance.tensors.len();
        let inputs = node.map(|node| graph.input_shapes(node));
        let attributes = inputs.map(|inputs| instance.layer.attributes(&inputs)).unwrap_or_default();
        let attributes = attributes.iter().map(|(name, value)| {
            let (value, in_place) = (attribute(value), layer::is_in_place(kind, name));
            quote! {
                sf::Attribute { name: #name, in_place: #in_place, value: sf::AttributeValue::#value }
            }
        });
        let block = option(node.and_then(|node| node.block));
        let code = quote! {
            sf::Layer {
                name: #name, kind: #kind, attributes: &[#(#attributes),*], tensors: #first..#end, block: #block,
            }
        };
        first = end;
        code
    });
    layers.collect()
}

fn attribute(value: &Attribute) -> TokenStream {
    match value {
        Attribute::Size(dim) => {
            let dim = dim.tokens();
            quote!(Size(#dim))
        }
        Attribute::Sizes(dims) => {
            let dims = lent_sizes(dims);
            quote!(Sizes(#dims))
        }
        Attribute::Integer(number) => quote!(Integer(#number)),
        Attribute::Number(number) => {
            let number = number.tokens();
            quote!(Number(#number))
        }
        Attribute::Flag(flag) => quote!(Flag(#flag)),
        Attribute::Word(word) => quote!(Word(#word)),
        Attribute::Init(rule) => {
            let rule = init(rule);
            quote!(Init(#rule))
        }
    }
}

fn option(number: Option<usize>) -> TokenStream {
    match number {
        Some(number) => quote!(Some(#number)),
        None => quote!(None),
    }
}

/// The operations of one application, as a const expression of type `u64`.
fn flops(graph: &Graph, node: &Node) -> TokenStream {
    let output = &graph.values[node.output].shape;
    let flops = graph
        .layer(node)
        .layer
        .flops(&graph.input_shapes(node), output);
    match flops.known() {
        Some(flops) => quote!(#flops),
        None => {
            let flops = flops.tokens();
            quote!((#flops) as u64)
        }
    }
}
