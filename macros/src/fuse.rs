//! Graph to graph: views and identities dropped, activations taken into the layer before them.

use proc_macro2::TokenStream;

use crate::layer::Lower;
use crate::shape::typed::{LayerId, TypedModel, ValueId};

/// What a graph is to be run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Train,
    Infer,
}

/// One operation that will become steps.
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
    /// The activation in its last pass.
    pub activation: Option<TokenStream>,
    /// The layers whose results it produces; the last one is what its output is.
    pub covers: Vec<LayerId>,
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
            activation: None,
            covers: vec![node.layer],
        });
    }
    fuse_activations(model, mode, &root, &mut operations);
    Fused { operations, root }
}

/// Takes an activation into the operation before it, where that one's result is used for nothing else and, in
/// training, the derivative can be had from the activation's output.
fn fuse_activations(
    model: &TypedModel,
    mode: Mode,
    root: &[ValueId],
    operations: &mut Vec<Operation>,
) {
    let mut users = vec![0usize; model.values.len()];
    for operation in operations.iter() {
        for &input in &operation.inputs {
            users[input] += 1;
        }
    }
    for output in &model.outputs {
        users[root[output.value]] += 1;
    }
    let mut producer: Vec<Option<usize>> = vec![None; model.values.len()];
    let mut fused: Vec<Operation> = Vec::with_capacity(operations.len());
    for operation in operations.drain(..) {
        let layer: &dyn Lower = model.layers[operation.layer].layer.as_ref();
        if let Some(activation) = layer.activation()
            && (mode == Mode::Infer || layer.derivative_from_output())
            && users[operation.inputs[0]] == 1
            && let Some(before) = producer[operation.inputs[0]]
            && fused[before].activation.is_none()
            && model.layers[fused[before].layer].layer.takes_activation()
        {
            let taker = &mut fused[before];
            taker.activation = Some(activation);
            taker.covers.push(operation.layer);
            taker.output = operation.output;
            producer[operation.output] = Some(before);
            continue;
        }
        producer[operation.output] = Some(fused.len());
        fused.push(operation);
    }
    *operations = fused;
}
