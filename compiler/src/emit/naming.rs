//! How the things that a step speaks of are written: as consts, or as parameters of a function that copies of a block share.

use std::cell::RefCell;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use shapeflow_terms::Element;

use super::names::{self, tensor_const};
use crate::graph::Graph;
use crate::id::{BufferId, PackId, TensorId};
use crate::plan::{Plan, Position};

/// A buffer that a chunk is lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotOf {
    Buffer(BufferId),
    /// The lane's gradient of a tensor.
    Lane(TensorId),
}

/// A part of a flat buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldOf {
    /// The result of a reduction.
    Shared(BufferId),
    Tensor(TensorId),
    Pack(PackId),
}

/// What steps are printed with.
pub trait Naming {
    /// Where a buffer lies, and what it holds.
    fn place(&self, buffer: BufferId) -> (Position, Element);
    /// An expression of type `Slot`.
    fn slot(&self, slot: SlotOf) -> TokenStream;
    /// An expression of type `Field`.
    fn field(&self, field: FieldOf) -> TokenStream;
    /// The number of a layer or an operation.
    fn number(&self, number: usize) -> TokenStream;
}

/// The consts of one mode.
pub struct Consts<'p> {
    graph: &'p Graph,
    plan: &'p Plan,
    pub buffers: Vec<Ident>,
    pub packs: Vec<Ident>,
}

impl<'p> Consts<'p> {
    pub fn new(graph: &'p Graph, plan: &'p Plan) -> Self {
        Consts {
            graph,
            plan,
            buffers: names::buffers(plan),
            packs: names::packs(plan),
        }
    }

    /// The slot of a lane's gradient.
    pub fn lane(&self, tensor: TensorId) -> Ident {
        quote::format_ident!("GRADIENT_{}", tensor_const(self.graph, tensor))
    }
}

impl Naming for Consts<'_> {
    fn place(&self, buffer: BufferId) -> (Position, Element) {
        (
            self.plan.positions[buffer],
            self.plan.steps.buffers[buffer].element,
        )
    }

    fn slot(&self, slot: SlotOf) -> TokenStream {
        let name = match slot {
            SlotOf::Buffer(buffer) => self.buffers[buffer].clone(),
            SlotOf::Lane(tensor) => self.lane(tensor),
        };
        quote!(#name)
    }

    fn field(&self, field: FieldOf) -> TokenStream {
        let name = match field {
            FieldOf::Shared(buffer) => self.buffers[buffer].clone(),
            FieldOf::Tensor(tensor) => tensor_const(self.graph, tensor),
            FieldOf::Pack(pack) => self.packs[pack].clone(),
        };
        quote!(#name)
    }

    fn number(&self, number: usize) -> TokenStream {
        quote!(#number)
    }
}

/// Parameters by position, in the order in which they are first asked for.
#[derive(Debug, Default)]
pub struct Parameters {
    pub slots: Vec<SlotOf>,
    pub fields: Vec<FieldOf>,
    pub numbers: Vec<usize>,
}

/// Writes `s[0]`, `f[2]` and `k[1]`, and remembers what they stand for.
pub struct Shared {
    places: Vec<(Position, Element)>,
    asked: RefCell<Parameters>,
}

impl Shared {
    /// For steps whose buffers are numbered as `places`.
    pub fn new(places: Vec<(Position, Element)>) -> Self {
        Shared {
            places,
            asked: RefCell::default(),
        }
    }

    /// What was asked for.
    pub fn parameters(self) -> Parameters {
        self.asked.into_inner()
    }
}

/// The position of an item, which is added if it is new.
fn index<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    let known = list.iter().position(|known| *known == item);
    known.unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

impl Naming for Shared {
    fn place(&self, buffer: BufferId) -> (Position, Element) {
        self.places[buffer]
    }

    fn slot(&self, slot: SlotOf) -> TokenStream {
        let index = index(&mut self.asked.borrow_mut().slots, slot);
        quote!(s[#index])
    }

    fn field(&self, field: FieldOf) -> TokenStream {
        let index = index(&mut self.asked.borrow_mut().fields, field);
        quote!(f[#index])
    }

    fn number(&self, number: usize) -> TokenStream {
        let index = index(&mut self.asked.borrow_mut().numbers, number);
        quote!(k[#index])
    }
}
