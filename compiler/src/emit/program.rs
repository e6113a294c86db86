//! The static program: tables of layers, ports and schedules.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::stages::Emitter;
use crate::fuse::Mode;
use crate::plan::Position;
use crate::shape::Dim;
use crate::shape::typed::{Link, TypedModel};
use crate::step::tensor_const;

/// `static PROGRAM`.
pub fn program(model: &TypedModel, train: &Emitter<'_>, infer: &Emitter<'_>) -> TokenStream {
    let name = model.name.to_string();
    let layers = layers(model);
    let inputs = model.inputs.iter().map(|input| {
        let (name, shape) = (
            input.name.to_string(),
            model.values[input.value].shape.tokens(),
        );
        quote!(sf::Port { name: #name, shape: &#shape })
    });
    let outputs = model.outputs.iter().enumerate().map(|(index, output)| {
        let name = output.name.as_ref().map_or_else(|| "output".to_owned(), ToString::to_string);
        let (shape, link) = (output.shape.tokens(), link(output.link));
        let (train, infer) = (offset(train, index), offset(infer, index));
        quote!(sf::OutputPort { name: #name, shape: &#shape, link: #link, train_offset: #train, infer_offset: #infer })
    });
    let flops = model.nodes.iter().map(|node| {
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
    });
    let flops = if model.broken {
        quote!(0)
    } else {
        quote!(sf::sum(&[#(#flops),*]))
    };
    let (train_schedule, infer_schedule) = (schedule(model, train), schedule(model, infer));
    let stages = train.schedule.stages.len();
    let lane_tensors = train.schedule.lane.iter().enumerate().map(|(index, &(layer, parameter))| {
        let layer = &model.layers[layer];
        let tensor = tensor_const(&layer.name, layer.parameters[parameter].name);
        quote!(sf::LaneTensor { offset: #tensor.offset, lane_offset: TRAIN_LANE.offsets[#index], len: #tensor.len })
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
        static PROGRAM: sf::Program = sf::Program {
            name: #name,
            layers: &[#(#layers),*],
            tensors: &TENSORS,
            parameters_len: sf::layout_len(&TENSORS, true),
            state_len: sf::layout_len(&TENSORS, false),
            inputs: &[#(#inputs),*],
            outputs: &[#(#outputs),*],
            flops: #flops,
            train: sf::TrainProgram {
                schedule: #train_schedule,
                stages: #stages,
                stage: train_stage,
                between: train_between,
                lane_len: TRAIN_LANE.total,
                lane_tensors: &[#(#lane_tensors),*],
                whole_tensors: &[#(#whole),*],
                weight_tasks: &[#(#weights),*],
                weights: train_weights,
            },
            infer: sf::InferProgram { schedule: #infer_schedule, forward: infer_forward },
        };
    }
}

/// The rows of the table of layers.
fn layers(model: &TypedModel) -> Vec<TokenStream> {
    let rows = model.layers.iter().enumerate().map(|(id, instance)| {
        let (name, kind) = (&instance.name, instance.layer.kind());
        let node = model.nodes.iter().find(|node| node.layer == id);
        let output = node.map_or_else(|| quote!([]), |node| model.values[node.output].shape.tokens());
        let flops = match node {
            Some(node) if !model.broken => {
                let inputs: Vec<_> = node.inputs.iter().map(|&value| model.values[value].shape.clone()).collect();
                instance.layer.flops(&inputs, &model.values[node.output].shape).tokens()
            }
            _ => quote!(0),
        };
        let tensors = instance.parameters.iter().filter(|parameter| parameter.trained).map(|parameter| {
            let tensor = tensor_const(&instance.name, parameter.name);
            quote!(+ #tensor.len)
        });
        quote!(sf::LayerInfo { name: #name, kind: #kind, output: &#output, parameters: 0 #(#tensors)*, flops: (#flops) as u64 })
    });
    rows.collect()
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

fn schedule(model: &TypedModel, emitter: &Emitter<'_>) -> TokenStream {
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
        sf::Schedule {
            chunk_len: #chunk.total,
            scratch_len: sf::max(&[#(#scratch),*]),
            kept_len: #kept.total,
            partial_len: #partial.total,
            shared_len: #shared.total,
            packed_len: #packed.total,
            packs: &[#(#packs),*],
            pack: #function,
            chunk_examples: sf::chunk_examples(#chunk.total, #matrices, #lane),
            lane_examples: #lane,
        }
    }
}
