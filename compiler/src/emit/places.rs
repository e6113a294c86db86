//! The consts that say where the buffers of a mode lie.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use shapeflow_terms::Element;

use super::names::{of_mode, tensor_const};
use super::naming::Consts;
use super::specs::Specs;
use crate::graph::Graph;
use crate::id::BufferId;
use crate::plan::{Layout, Plan, Position};
use crate::step::Buffer;

/// The plans of all regions, and a const for each buffer, packed weight and lane's gradient. Offsets are bytes.
pub fn places(graph: &Graph, plan: &Plan, consts: &Consts<'_>, specs: &Specs<'_>) -> TokenStream {
    let region = |name: &str| of_mode(plan.mode, name);
    let mut code = TokenStream::new();
    let own = &plan.steps.buffers;
    let cut = plan.cut.iter();
    let cut = cut.map(|(layout, buffers)| ("CUT", layout, buffers));
    let planned = [("CHUNK", &plan.chunk, own), ("KEPT", &plan.kept, own)];
    for (name, layout, buffers) in planned.into_iter().chain(cut) {
        let (name, count) = (region(name), layout.buffers.len());
        let value = with_lifetimes(layout, buffers);
        code.extend(quote!(const #name: sf::Plan<#count> = #value;));
    }
    let bytes = |buffers: &[BufferId]| -> Vec<TokenStream> {
        let buffers = buffers.iter().map(|&buffer| &plan.steps.buffers[buffer]);
        buffers.map(|buffer| buffer.bytes().tokens()).collect()
    };
    let lane = plan.lane.iter().map(|&tensor| {
        let tensor = tensor_const(graph, tensor);
        quote!(4 * #tensor.len)
    });
    let lens = plan.steps.packs.iter().map(|pack| {
        let len = specs.length(plan.mode, &pack.len);
        quote!(4 * #len)
    });
    let read = plan.packs.iter().map(|read| {
        let [first, last] = read.map(Literal::usize_unsuffixed);
        quote!([#first, #last])
    });
    let (packed, count) = (region("PACKED"), plan.packs.len());
    code.extend(quote! {
        const #packed: sf::Turns<#count> = sf::in_turns(&[#(#lens),*], &[#(#read),*], sf::TURN_BYTES);
    });
    for (name, lens) in [
        ("PARTIAL", bytes(&plan.partial)),
        ("SHARED", bytes(&plan.shared)),
        ("LANE", lane.collect()),
    ] {
        let (name, count) = (region(name), lens.len());
        code.extend(
            quote!(const #name: sf::Plan<#count> = sf::one_after_the_other(&[#(#lens),*]);),
        );
    }
    for (id, name) in consts.buffers.iter().enumerate() {
        code.extend(place(plan, id, name));
    }
    let lane = region("LANE");
    for (index, &tensor) in plan.lane.iter().enumerate() {
        let (name, field) = (consts.lane(tensor), tensor_const(graph, tensor));
        code.extend(
            quote!(const #name: sf::Slot = sf::Slot::lane(#lane.offsets[#index], #field.len);),
        );
    }
    for (index, (pack, name)) in plan.steps.packs.iter().zip(&consts.packs).enumerate() {
        let len = specs.length(plan.mode, &pack.len);
        code.extend(
            quote!(const #name: sf::Field = sf::Field::planned(#packed.offsets[#index], #len);),
        );
    }
    code
}

/// The const of one buffer.
fn place(plan: &Plan, id: BufferId, name: &Ident) -> TokenStream {
    let Buffer { len, element, .. } = &plan.steps.buffers[id];
    let len = len.tokens();
    let holding = (*element != Element::F32).then(|| {
        let element = quote::format_ident!("{}", element.variant());
        quote!(.holding(sf::Element::#element))
    });
    let (region, index, function) = match plan.positions[id] {
        Position::Chunk(index) => ("CHUNK", index, quote!(chunk)),
        Position::Kept(index) => ("KEPT", index, quote!(kept)),
        Position::Partial(index) => ("PARTIAL", index, quote!(partial)),
        Position::Shared(index) => {
            let region = of_mode(plan.mode, "SHARED");
            return quote!(const #name: sf::Field = sf::Field::planned(#region.offsets[#index], #len););
        }
        Position::Input(_) | Position::Nowhere => return TokenStream::new(),
    };
    let region = of_mode(plan.mode, region);
    // What chunks share has a number, by which it stands in the table of its region.
    let number = (!matches!(plan.positions[id], Position::Chunk(_))).then(|| {
        let number = Literal::usize_unsuffixed(index);
        quote!(#number,)
    });
    quote!(const #name: sf::Slot = sf::Slot::#function(#number #region.offsets[#index], #len) #holding;)
}

/// The offsets of buffers with lifetimes: numbers, or where a const from outside has a part in them, the call that
/// computes them.
fn with_lifetimes(layout: &Layout, buffers: &[Buffer]) -> TokenStream {
    if let Some((offsets, total)) = &layout.offsets {
        return quote!(sf::Plan { offsets: [#(#offsets),*], total: #total });
    }
    let lives = layout.buffers.iter().map(|one| {
        let (len, first, last) = (buffers[one.buffer].bytes().tokens(), one.first, one.last);
        quote!(sf::Life { len: #len, first: #first, last: #last })
    });
    quote!(sf::plan(&[#(#lives),*]))
}
