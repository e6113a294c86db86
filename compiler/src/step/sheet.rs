//! The sheet on which steps are written: what there is so far, and which buffer holds which value.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use shapeflow_terms::Element;

use super::{Access, Buffer, Call, Extent, Length, Operand, Spec, Steps, What, Work};
use super::{Site, Step};
use crate::id::{BlockId, BufferId, PackId, SpecId, ValueId};
use crate::shape::Dim;

/// A weight arranged for its kernel once in a step.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The operation, and what the weight is packed for: `conv2d1 forward`.
    pub name: String,
    pub len: Length,
    /// Calls that write to `packed`.
    pub calls: Vec<Call>,
}

/// A value, as far as steps care.
#[derive(Clone, Debug)]
pub struct Held {
    pub len: Dim,
    pub element: Element,
    /// The buffer that holds it, once it is made.
    pub buffer: Option<BufferId>,
    /// The number of the last operation that reads it; one more than all where it is an output.
    pub last_use: usize,
    /// Whether an operation that ends in `Relu` made it and it is read once.
    pub is_relu_for_one: bool,
}

/// Everything that is written while steps are made.
#[derive(Debug)]
pub struct Sheet {
    pub steps: Steps,
    pub values: Vec<Held>,
    /// What operations keep from forward for backward, by operation and role.
    pub kept: Vec<Vec<(&'static str, BufferId)>>,
    /// The packed weights by name.
    packs: HashMap<String, PackId>,
}

impl Sheet {
    pub fn new(values: Vec<Held>, operations: usize) -> Self {
        Sheet {
            steps: Steps::default(),
            values,
            kept: vec![Vec::new(); operations],
            packs: HashMap::new(),
        }
    }

    pub fn add(&mut self, buffer: Buffer) -> BufferId {
        self.steps.buffers.push(buffer);
        self.steps.buffers.len() - 1
    }

    /// A buffer with a row for each example, as long as a value.
    pub fn rows_like(&mut self, label: String, value: ValueId) -> BufferId {
        let Held { len, element, .. } = self.values[value].clone();
        self.add(Buffer {
            label,
            element,
            len,
            extent: Extent::Rows,
            lasting: false,
        })
    }

    /// The buffer that holds a value.
    pub fn value(&self, value: ValueId) -> BufferId {
        // Operations come in topological order, so what one reads has been made.
        self.values[value]
            .buffer
            .expect("a value is made before it is used")
    }

    /// Whether operation `number` may write over a value that it reads: nobody reads it later, and it isn't an input of
    /// the model.
    pub fn is_last_use(&self, value: ValueId, number: usize) -> bool {
        let extent = self.steps.buffers[self.value(value)].extent;
        self.values[value].last_use <= number && !matches!(extent, Extent::Input(_))
    }

    /// The description of sizes, or the same one if there is one.
    pub fn spec(&mut self, spec: Spec) -> SpecId {
        let specs = &mut self.steps.specs;
        let known = specs.iter().position(|known| known.is_same(&spec));
        SpecId(known.unwrap_or_else(|| {
            specs.push(spec);
            specs.len() - 1
        }))
    }

    /// The packed weight of this name, packed as told at the first call.
    pub fn pack(&mut self, pack: Pack) -> PackId {
        let next = self.steps.packs.len();
        match self.packs.entry(pack.name.clone()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                new.insert(next);
                self.steps.packs.push(pack);
                next
            }
        }
    }

    /// A step over a chunk.
    pub fn push(
        &mut self,
        purpose: &str,
        block: Option<BlockId>,
        operands: &[(&'static str, BufferId, Access)],
        work: Work,
    ) {
        let operands = operands.iter().map(|&(name, buffer, access)| Operand {
            name,
            what: What::Buffer(buffer, access),
        });
        let step = Step {
            site: Site::Chunk,
            purpose: purpose.to_owned(),
            operands: operands.collect(),
            work,
            block,
            again: false,
        };
        step.check();
        self.steps.steps.push(step);
    }
}
