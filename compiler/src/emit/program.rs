//! The static program: tables of ports and buffers, and the functions that run them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::functions::ModeWriter;
use super::names::tensor_const;
use crate::graph::Graph;
use crate::id::BufferId;
use crate::plan::Position;
use crate::shape::Dim;
use crate::step::Mode;

/// `static PROGRAM`.
pub fn program(graph: &Graph, train: &ModeWriter<'_>, infer: &ModeWriter<'_>) -> TokenStream {
    let name = graph.name().to_string();
    let inputs = graph.inputs.iter().map(|input| {
        let value = &graph.values[input.value];
        let (name, shape) = (input.name.to_string(), value.shape.tokens());
        let element = format_ident!("{}", value.element.variant());
        quote!(sf::Port { name: #name, shape: &#shape, element: sf::Element::#element })
    });
    let outputs = graph.outputs.iter().enumerate().map(|(index, output)| {
        let (name, shape) = (output.label(), output.shape.tokens());
        let link = format_ident!("{}", output.link.variant());
        let (train, infer) = (offset(train, index), offset(infer, index));
        quote! {
            sf::OutputPort {
                name: #name, shape: &#shape, link: sf::Link::#link, train_offset: #train, infer_offset: #infer,
            }
        }
    });
    let lane = train.plan.lane.iter().enumerate().map(|(index, &tensor)| {
        let tensor = tensor_const(graph, tensor);
        quote! {
            sf::LaneTensor { offset: #tensor.offset, lane_offset: TRAIN_LANE.offsets[#index] / 4, len: #tensor.len }
        }
    });
    let whole = train
        .plan
        .whole
        .iter()
        .map(|&tensor| tensor_const(graph, tensor));
    let ends = train.plan.weights.iter().zip(&train.plan.weight_ends);
    let last = train.plan.stages.len().saturating_sub(1);
    let weights = ends.map(|(&(id, _), end)| {
        let stage = end.unwrap_or(last);
        let (tensor, shape) = (tensor_const(graph, id), &graph.tensor(id).1.shape);
        let (rows, row_len) = shape.split_at(shape.len() - 1);
        let (rows, row_len) = (Dim::product(rows).tokens(), Dim::product(row_len).tokens());
        quote!(sf::WeightTask { offset: #tensor.offset, rows: #rows, row_len: #row_len, stage: #stage })
    });
    let statistics = batch_statistics(graph);
    let (train_memory, infer_memory) = (memory(graph, train), memory(graph, infer));
    let stages = train.plan.stages.len();
    let matrices = products(graph);
    let (train_team, infer_team) = (train.team_needs(), infer.team_needs());
    quote! {
        const MATRICES: &[(usize, u64)] = &[#(#matrices),*];
        const LAYER_BY_LAYER: bool = sf::is_layer_by_layer(MATRICES, GRAPH.flops());
        const BATCH_STATISTICS: &[sf::BatchStatistics] = &[#(#statistics),*];
        static PROGRAM: sf::Program = sf::Program {
            name: #name,
            graph: &GRAPH,
            tensors: &TENSORS,
            parameters_len: sf::layout_len(&TENSORS, true),
            state_len: sf::layout_len(&TENSORS, false),
            inputs: &[#(#inputs),*],
            outputs: &[#(#outputs),*],
            flops: GRAPH.flops(),
            batch_statistics: BATCH_STATISTICS,
            least_batch: sf::least_batch(BATCH_STATISTICS),
            train: sf::TrainProgram {
                memory: #train_memory,
                stages: #stages,
                stage: train_stage,
                between: train_between,
                lane_len: TRAIN_LANE.total / 4,
                lane_tensors: &[#(#lane),*],
                whole_tensors: &[#(#whole),*],
                weight_tasks: &[#(#weights),*],
                weights: train_weights,
                team: sf::TeamNeeds::of(&[#(#train_team),*]),
            },
            infer: sf::InferProgram {
                memory: #infer_memory,
                forward: infer_forward,
                team: sf::TeamNeeds::of(&[#(#infer_team),*]),
            },
        };
    }
}

/// The products with matrices that every chunk reads whole: the numbers of one, and the operations.
fn products(graph: &Graph) -> Vec<TokenStream> {
    let nodes = graph.nodes.iter().enumerate();
    let nodes = nodes.filter(|_| !graph.broken);
    let products = nodes.flat_map(|(index, node)| {
        let matrices = graph.layer(node).layer.matrices().iter();
        matrices.map(move |&matrix| {
            let tensor = tensor_const(graph, (node.layer, matrix));
            quote!((#tensor.len, GRAPH.nodes[#index].flops))
        })
    });
    products.collect()
}

/// The applications of layers that take statistics over the batch.
fn batch_statistics(graph: &Graph) -> Vec<TokenStream> {
    let nodes = graph.nodes.iter().filter(|_| !graph.broken);
    let statistics = nodes.filter_map(|node| {
        let instance = graph.layer(node);
        let positions = instance
            .layer
            .batch_statistics(&graph.input_shapes(node))?
            .tokens();
        let layer = &instance.name;
        Some(quote!(sf::BatchStatistics { layer: #layer, positions: #positions }))
    });
    statistics.collect()
}

/// Where the value of an output lies among the kept buffers, in bytes.
fn offset(writer: &ModeWriter<'_>, output: usize) -> TokenStream {
    let buffer = writer.plan.steps.outputs.get(output);
    match buffer.map(|&buffer| writer.plan.positions[buffer]) {
        Some(Position::Kept(index)) => {
            let kept = writer.name("KEPT");
            quote!(#kept.offsets[#index])
        }
        // Of a broken model, which never runs.
        _ => quote!(0),
    }
}

/// How long each region is, and how a batch is cut.
fn memory(graph: &Graph, writer: &ModeWriter<'_>) -> TokenStream {
    let [chunk, kept, partial, shared, packed] =
        ["CHUNK", "KEPT", "PARTIAL", "SHARED", "PACKED"].map(|name| writer.name(name));
    let scratch = writer.scratch_lens();
    let packs = &writer.consts.packs;
    let pack = writer.function("pack");
    // What every chunk reads whole: matrices, as opposed to kernels that slide.
    let matrices = graph.layers.iter().enumerate().flat_map(|(id, layer)| {
        let matrices = layer.layer.matrices().iter();
        matrices.map(move |&index| tensor_const(graph, (id, index)))
    });
    let matrices = quote!(0 #(+ #matrices.len)*);
    let name = |buffer: BufferId| &writer.consts.buffers[buffer];
    let keeps = writer.plan.kept.buffers.iter().map(|placed| {
        let (name, first, last) = (name(placed.buffer), placed.first, placed.last);
        quote!(sf::Keep::new(#name, #first, #last))
    });
    let last = writer.plan.stages.len();
    let partials = writer.plan.partial.iter().map(|&buffer| {
        let name = name(buffer);
        quote!(sf::Keep::new(#name, 0, #last))
    });
    // What is recomputed doesn't change how a batch is cut.
    let cut = match writer.plan.cut {
        Some(_) => writer.name("CUT"),
        None => chunk.clone(),
    };
    let lane = quote! {
        if LAYER_BY_LAYER { sf::ONE_LANE } else { sf::lane_examples(#cut.total, #matrices, TRAIN_LANE.total) }
    };
    // Forward once and backward twice; a lane's gradients are cleared, written, and read when they are added up.
    let fewest = match writer.plan.mode {
        Mode::Train => quote!(sf::fewest_in_lane(
            GRAPH.flops().saturating_mul(3),
            4 * TRAIN_LANE.total + 2 * (#packed.sum + sf::large_bytes(MATRICES)),
        )),
        Mode::Infer => quote!(sf::fewest_in_lane(GRAPH.flops(), #packed.sum)),
    };
    quote! {
        sf::Memory {
            chunk_bytes: #chunk.total,
            scratch_bytes: 4 * sf::max(&[#(#scratch),*]),
            kept_bytes: #kept.total,
            kept: &[#(#keeps),*],
            partial_bytes: #partial.total,
            partial: &[#(#partials),*],
            shared_len: #shared.total / 4,
            packed_len: #packed.total / 4,
            packs: &sf::Pack::by_turns(&#packed, &[#(#packs),*]),
            pack: #pack,
            chunk_examples: sf::chunk_examples(#cut.total, #matrices, #lane),
            lane_examples: #lane,
            fewest_in_lane: #fewest,
        }
    }
}
