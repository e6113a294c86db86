//! Graph to graph: views and identities dropped; normalisations, sums and activations taken into the layer before them.

use proc_macro2::TokenStream;

use crate::layer::Lower;
use crate::shape::Comparison;
use crate::shape::typed::{LayerId, TypedModel, ValueId};

/// What a graph is to be run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Train,
    Infer,
}

/// One operation that will become steps: a layer, and what its last pass does besides.
#[derive(Clone, Debug)]
pub struct Operation {
    pub layer: LayerId,
    /// Its name, with a number behind it from the second use of a shared layer on.
    pub name: String,
    /// The values whose numbers it reads.
    pub inputs: Vec<ValueId>,
    /// The same values under the shapes in which it reads them: views of `inputs`.
    pub seen: Vec<ValueId>,
    pub output: ValueId,
    /// The normalisation that is folded into its weights.
    pub norm: Option<LayerId>,
    /// The value that is added to its result, before the activation.
    pub residual: Option<ValueId>,
    /// The activation in its last pass.
    pub activation: Option<TokenStream>,
    /// The layers whose results it produces; the last one is what its output is.
    pub covers: Vec<LayerId>,
}

impl Operation {
    /// All values that it reads.
    pub fn reads(&self) -> impl Iterator<Item = ValueId> {
        self.inputs.iter().copied().chain(self.residual)
    }
}

/// The operations of one mode, in topological order.
#[derive(Debug)]
pub struct Fused {
    pub operations: Vec<Operation>,
    /// For each value, the one that holds its numbers: a view holds those of what it views.
    pub root: Vec<ValueId>,
}

/// Fuses the graph of `model` for `mode`.
pub fn fuse(model: &TypedModel, mode: Mode) -> Fused {
    let mut root: Vec<ValueId> = (0..model.values.len()).collect();
    let mut operations: Vec<Operation> = Vec::new();
    let mut uses = vec![0usize; model.layers.len()];
    for node in &model.nodes {
        let instance = &model.layers[node.layer];
        let layer = instance.layer.as_ref();
        if layer.is_view() || mode == Mode::Infer && layer.is_identity_in_inference() {
            root[node.output] = root[node.inputs[0]];
            continue;
        }
        uses[node.layer] += 1;
        let name = match uses[node.layer] {
            1 => instance.name.clone(),
            time => format!("{}#{time}", instance.name),
        };
        operations.push(Operation {
            layer: node.layer,
            name,
            inputs: node.inputs.iter().map(|&value| root[value]).collect(),
            seen: node.inputs.clone(),
            output: node.output,
            norm: None,
            residual: None,
            activation: None,
            covers: vec![node.layer],
        });
    }
    let mut fusion = Fusion::new(model, mode, &root, &operations);
    for operation in operations {
        fusion.take(operation);
    }
    let operations = fusion.operations;
    Fused { operations, root }
}

/// Operations are taken in order; each goes into the one before it where that can do its work in its last pass and
/// nobody else reads what lies between them.
struct Fusion<'m> {
    model: &'m TypedModel,
    mode: Mode,
    /// How often each value is read.
    users: Vec<usize>,
    /// The operation that makes each value.
    producer: Vec<Option<usize>>,
    operations: Vec<Operation>,
}

impl<'m> Fusion<'m> {
    fn new(model: &'m TypedModel, mode: Mode, root: &[ValueId], operations: &[Operation]) -> Self {
        let mut users = vec![0usize; model.values.len()];
        for value in operations.iter().flat_map(Operation::reads) {
            users[value] += 1;
        }
        for output in &model.outputs {
            users[root[output.value]] += 1;
        }
        Fusion {
            model,
            mode,
            users,
            producer: vec![None; model.values.len()],
            operations: Vec::with_capacity(operations.len()),
        }
    }

    fn layer(&self, operation: &Operation) -> &'m dyn Lower {
        self.model.layers[operation.layer].layer.as_ref()
    }

    fn take(&mut self, operation: Operation) {
        let taken = self
            .norm(&operation)
            .or_else(|| self.residual(&operation))
            .or_else(|| self.activation(&operation));
        if let Some(taker) = taken {
            self.operations[taker].covers.push(operation.layer);
            self.operations[taker].output = operation.output;
            self.producer[operation.output] = Some(taker);
        } else {
            self.producer[operation.output] = Some(self.operations.len());
            self.operations.push(operation);
        }
    }

    /// The operation that makes a value which nobody else reads, as long as it ends in its own layer.
    fn sole_producer(&self, value: ValueId) -> Option<usize> {
        let before = self.producer[value].filter(|_| self.users[value] == 1)?;
        self.operations[before]
            .activation
            .is_none()
            .then_some(before)
    }

    /// Folds a normalisation whose statistics are fixed into the weights of the layer before it.
    fn norm(&mut self, operation: &Operation) -> Option<usize> {
        if self.mode == Mode::Train || self.layer(operation).folding().is_none() {
            return None;
        }
        let before = self.sole_producer(operation.inputs[0])?;
        let taker = &self.operations[before];
        // Seen under another shape, the channels would be others.
        let same = operation.seen[0] == taker.output;
        if !same
            || taker.norm.is_some()
            || taker.residual.is_some()
            || !self.layer(taker).takes_norm()
        {
            return None;
        }
        self.operations[before].norm = Some(operation.layer);
        Some(before)
    }

    /// Adds the other operand of a sum in the last pass of the operation that makes the one, if the other is there by
    /// then.
    fn residual(&mut self, operation: &Operation) -> Option<usize> {
        if !self.layer(operation).is_sum() {
            return None;
        }
        let [a, b] = [operation.inputs[0], operation.inputs[1]];
        let shape = |value: ValueId| &self.model.values[value].shape;
        if a == b || shape(operation.seen[0]).equals(shape(operation.seen[1])) != Comparison::Holds
        {
            return None;
        }
        let (before, residual) = [(a, b), (b, a)].into_iter().find_map(|(made, other)| {
            let before = self.sole_producer(made)?;
            let taker = &self.operations[before];
            let there = self.producer[other].is_none_or(|producer| producer < before);
            let takes = self.layer(taker).takes_residual(self.mode);
            (there && takes && taker.residual.is_none()).then_some((before, other))
        })?;
        self.operations[before].residual = Some(residual);
        Some(before)
    }

    /// Applies an activation in the last pass of the operation before it, in training only if the derivative can be had
    /// from the activation's output.
    fn activation(&mut self, operation: &Operation) -> Option<usize> {
        let layer = self.layer(operation);
        let activation = layer.activation()?;
        if self.mode == Mode::Train && !layer.derivative_from_output() {
            return None;
        }
        let before = self.sole_producer(operation.inputs[0])?;
        if !self.layer(&self.operations[before]).takes_activation() {
            return None;
        }
        self.operations[before].activation = Some(activation);
        Some(before)
    }
}
