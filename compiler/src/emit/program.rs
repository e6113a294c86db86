//! The static graph and program: tables of layers, ports and memory.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::stages::Emitter;
use crate::fuse::Mode;
use crate::plan::Position;
use crate::shape::Dim;
use crate::shape::typed::{Link, Node, TypedModel};
use crate::step::tensor_const;

/// `static GRAPH`, and `static PROGRAM`.
pub fn program(model: &TypedModel, train: &Emitter<'_>, infer: &Emitter<'_>) -> TokenStream {
    let name = model.name.to_string();
    let graph = graph(model);
    let inputs = model.inputs.iter().map(|input| {
        let (name, shape) = (
            input.name.to_string(),
            model.values[input.value].shape.tokens(),
        );
        quote!(sf::Port { name: #name, shape: &#shape, element: sf::Element::F32 })
    });
    let outputs = model.outputs.iter().enumerate().map(|(index, output)| {
        let name = output.name.as_ref().map_or_else(|| "output".to_owned(), ToString::to_string);
        let (shape, link) = (output.shape.tokens(), link(output.link));
        let (train, infer) = (offset(train, index), offset(infer, index));
        quote!(sf::OutputPort { name: #name, shape: &#shape, link: #link, train_offset: #train, infer_offset: #infer })
    });
    let flops = model.nodes.iter().map(|node| flops(model, node));
    let flops = if model.broken {
        quote!(0)
    } else {
        quote!(sf::sum(&[#(#flops),*]))
    };
    let (train_memory, infer_memory) = (memory(model, train), memory(model, infer));
    let stages = train.schedule.stages.len();
    let lane_tensors = train.schedule.lane.iter().enumerate().map(|(index, &(layer, parameter))| {
        let layer = &model.layers[layer];
        let tensor = tensor_const(&layer.name, layer.parameters[parameter].name);
        quote!(sf::LaneTensor { offset: #tensor.offset, lane_offset: TRAIN_LANE.offsets[#index] / 4, len: #tensor.len })
    });
    let whole = train.schedule.whole.iter().map(|&(layer, parameter)| {
        let layer = &model.layers[layer];
        let tensor = tensor_const(&layer.name, layer.parameters[parameter].name);
        quote!(#tensor)
    });
    let weights = train
        .schedule
        .weights
        .iter()
        .map(|&((layer, parameter), _)| {
            let layer = &model.layers[layer];
            let tensor = tensor_const(&layer.name, layer.parameters[parameter].name);
            let shape = &layer.parameters[parameter].shape;
            let (rows, row_len) = (shape[0].tokens(), Dim::product(&shape[1..]).tokens());
            quote!(sf::WeightTask { offset: #tensor.offset, rows: #rows, row_len: #row_len })
        });
    quote! {
        #graph
        static PROGRAM: sf::Program = sf::Program {
            name: #name,
            graph: &GRAPH,
            tensors: &TENSORS,
            parameters_len: sf::layout_len(&TENSORS, true),
            state_len: sf::layout_len(&TENSORS, false),
            inputs: &[#(#inputs),*],
            outputs: &[#(#outputs),*],
            flops: #flops,
            train: sf::TrainProgram {
                memory: #train_memory,
                stages: #stages,
                stage: train_stage,
                between: train_between,
                lane_len: TRAIN_LANE.total / 4,
                lane_tensors: &[#(#lane_tensors),*],
                whole_tensors: &[#(#whole),*],
                weight_tasks: &[#(#weights),*],
                weights: train_weights,
            },
            infer: sf::InferProgram { memory: #infer_memory, forward: infer_forward },
        };
    }
}

/// `static GRAPH`.
fn graph(model: &TypedModel) -> TokenStream {
    let name = model.name.to_string();
    if model.broken {
        return quote!(static GRAPH: sf::Graph = sf::Graph::empty(#name););
    }
    let inputs = model.inputs.iter().map(|input| {
        let (name, value) = (input.name.to_string(), input.value);
        quote!(sf::Input { name: #name, value: #value })
    });
    let outputs = model.outputs.iter().map(|output| {
        let name = output
            .name
            .as_ref()
            .map_or_else(|| "output".to_owned(), ToString::to_string);
        let (value, link) = (output.value, link(output.link));
        quote!(sf::Output { name: #name, value: #value, link: #link })
    });
    let values = model.values.iter().map(|value| {
        let shape = value.shape.tokens();
        quote!(sf::Value { shape: &#shape, element: sf::Element::F32 })
    });
    let mut first = 0;
    let layers = model.layers.iter().map(|instance| {
        let (name, kind) = (&instance.name, instance.layer.kind());
        let (from, to) = (first, first + instance.parameters.len());
        first = to;
        quote!(sf::Layer { name: #name, kind: #kind, attributes: &[], tensors: #from..#to, block: None })
    });
    let nodes = model.nodes.iter().map(|node| {
        let (layer, inputs, output) = (node.layer, &node.inputs, node.output);
        let flops = flops(model, node);
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
            blocks: &[],
            tensors: &TENSORS,
        };
    }
}

/// The operations of a node, one example.
fn flops(model: &TypedModel, node: &Node) -> TokenStream {
    let inputs: Vec<_> = node
        .inputs
        .iter()
        .map(|&value| model.values[value].shape.clone())
        .collect();
    let flops = model.layers[node.layer]
        .layer
        .flops(&inputs, &model.values[node.output].shape)
        .tokens();
    quote!((#flops) as u64)
}

pub fn link(link: Link) -> TokenStream {
    match link {
        Link::Plain => quote!(sf::Link::Plain),
        Link::Softmax => quote!(sf::Link::Softmax),
        Link::LogSoftmax => quote!(sf::Link::LogSoftmax),
        Link::Sigmoid => quote!(sf::Link::Sigmoid),
    }
}

/// Where the value of an output lies among the kept buffers.
fn offset(emitter: &Emitter<'_>, output: usize) -> TokenStream {
    let kept = emitter.name("KEPT");
    match emitter
        .steps
        .outputs
        .get(output)
        .map(|&buffer| emitter.schedule.positions[buffer])
    {
        Some(Position::Kept(index)) => quote!(#kept.offsets[#index]),
        _ => quote!(0),
    }
}

fn memory(model: &TypedModel, emitter: &Emitter<'_>) -> TokenStream {
    let [chunk, kept, partial, shared, packed] =
        ["CHUNK", "KEPT", "PARTIAL", "SHARED", "PACKED"].map(|name| emitter.name(name));
    let scratch = emitter.scratch_lens();
    let packs = (0..emitter.steps.packs.len()).map(|index| {
        let (pack, prefix) = (&emitter.steps.packs[index], emitter.name(""));
        let name = format_ident!("{}{}", prefix, pack.name);
        quote!(sf::Pack { offset: #name.offset, len: #name.len })
    });
    let function = match emitter.mode {
        Mode::Train => quote!(train_pack),
        Mode::Infer => quote!(infer_pack),
    };
    // What every chunk reads whole: matrices (of `Dense`), as opposed to kernels that slide.
    let matrices = model
        .layers
        .iter()
        .filter(|layer| layer.layer.kind() == "Dense")
        .map(|layer| {
            let tensor = tensor_const(&layer.name, "weight");
            quote!(+ #tensor.len)
        });
    let matrices = quote!(0 #(#matrices)*);
    let lane = quote!(sf::lane_examples(#chunk.total, #matrices, TRAIN_LANE.total));
    quote! {
        sf::Memory {
            chunk_bytes: #chunk.total,
            scratch_bytes: sf::max(&[#(4 * (#scratch)),*]),
            kept_bytes: #kept.total,
            partial_bytes: #partial.total,
            shared_len: #shared.total / 4,
            packed_len: #packed.total / 4,
            packs: &[#(#packs),*],
            pack: #function,
            chunk_examples: sf::chunk_examples(#chunk.total, #matrices, #lane),
            lane_examples: #lane,
        }
    }
}
