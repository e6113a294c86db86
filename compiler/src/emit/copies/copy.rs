//! What one copy of a block has of its own.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::naming::{Consts, FieldOf, Naming, Parameters, SlotOf};
use crate::id::{BufferId, PackId, TensorId};
use crate::step::{Argument, Call, Step, What, Work};

/// What one copy puts in the place of the counted things.
#[derive(Debug, Default)]
pub struct BlockCopy {
    pub buffers: Vec<BufferId>,
    tensors: Vec<TensorId>,
    packs: Vec<PackId>,
    numbers: Vec<usize>,
}

/// The position of an item, which is added if it is new.
fn count<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    let known = list.iter().position(|known| *known == item);
    known.unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

impl BlockCopy {
    fn tensor(&mut self, tensor: TensorId) -> TensorId {
        (0, count(&mut self.tensors, tensor))
    }

    /// The step with everything counted from 0, without what is told of it.
    pub fn step(&mut self, step: &Step) -> Step {
        let mut step = step.clone();
        step.block = None;
        step.purpose.clear();
        for operand in &mut step.operands {
            match &mut operand.what {
                What::Buffer(buffer, _) => *buffer = count(&mut self.buffers, *buffer),
                What::Gradient(tensor) | What::WholeGradient(tensor) | What::State(tensor) => {
                    *tensor = self.tensor(*tensor);
                }
                What::Key(number) => *number = count(&mut self.numbers, *number),
                What::Scratch(_)
                | What::Team(..)
                | What::WeightRows
                | What::WeightGradient
                | What::WeightAccumulate => {}
            }
        }
        match &mut step.work {
            Work::Calls(calls) => calls.iter_mut().for_each(|call| self.call(call)),
            Work::Watch(layer) => *layer = count(&mut self.numbers, *layer),
            Work::Loss(_) => {}
        }
        step
    }

    /// Counts what a call speaks of from 0.
    pub fn call(&mut self, call: &mut Call) {
        call.arguments
            .iter_mut()
            .for_each(|argument| self.argument(argument));
    }

    fn argument(&mut self, argument: &mut Argument) {
        match argument {
            Argument::Parameter(tensor) | Argument::State(tensor) => {
                *tensor = self.tensor(*tensor);
            }
            Argument::Packed(pack) => *pack = count(&mut self.packs, *pack),
            Argument::Optional(Some(inner)) => self.argument(inner),
            _ => {}
        }
    }

    /// The fields that the copy gives to a function.
    pub fn fields(&self, parameters: &Parameters, consts: &Consts<'_>) -> Vec<TokenStream> {
        let fields = parameters.fields.iter().map(|field| {
            consts.field(match *field {
                FieldOf::Shared(buffer) => FieldOf::Shared(self.buffers[buffer]),
                FieldOf::Tensor((_, tensor)) => FieldOf::Tensor(self.tensors[tensor]),
                FieldOf::Pack(pack) => FieldOf::Pack(self.packs[pack]),
            })
        });
        fields.collect()
    }

    /// All that the copy gives to a function: slots, fields and numbers.
    pub fn arguments(&self, parameters: &Parameters, consts: &Consts<'_>) -> TokenStream {
        let slots = parameters.slots.iter().map(|slot| {
            consts.slot(match *slot {
                SlotOf::Buffer(buffer) => SlotOf::Buffer(self.buffers[buffer]),
                SlotOf::Lane((_, tensor)) => SlotOf::Lane(self.tensors[tensor]),
            })
        });
        let fields = self.fields(parameters, consts);
        let numbers = parameters
            .numbers
            .iter()
            .map(|number| self.numbers[*number]);
        quote!(&[#(#slots),*], &[#(#fields),*], &[#(#numbers),*])
    }
}
